"""All notebooks in one file, with the package and what says how to install it.

The same contents make the branch that `tools/notebooks_branch.py` writes: Binder reads
`requirements.txt` and `runtime.txt` there.
"""

from pathlib import Path

from _ext.build import files, state
from _ext.notebooks.notebook import FOLDER

NAME = "transpose-notebooks"
REQUIREMENTS = "./{wheel}[figures,symbols]\nautograd\n"
RUNTIME = "python-3.12\n"  # for Binder, whose own is older than the package allows
README = """\
“{title}”: every chapter as a notebook. Text under CC BY 4.0, code under the BSD 3-Clause licence.
With Python 3.11 or newer, run in this folder:  python -m pip install -r requirements.txt jupyterlab
Then:  python -m jupyterlab index.ipynb
"""


def contents(app):
    """The files of the zip: their names and their bytes."""
    folder, wheel = Path(app.outdir, FOLDER), state.of(app).wheel
    packed = {path.name: path.read_bytes() for path in [*folder.glob("*.ipynb"), folder / wheel]}
    for name, text in (
        ("requirements.txt", REQUIREMENTS.format(wheel=wheel)),
        ("runtime.txt", RUNTIME),
        ("README.txt", README.format(title=app.config.html_title)),
    ):
        packed[name] = text.encode()
    return packed


def write(app):
    files.pack(Path(app.outdir, FOLDER, f"{NAME}.zip"), NAME, contents(app))


def offer(app, pagename, templatename, context, doctree):
    if "notebook" in context:
        context["notebooks_zip"] = f"{FOLDER}/{NAME}.zip"
