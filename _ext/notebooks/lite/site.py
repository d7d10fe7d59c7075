"""The folder `lite/` of the site: the application, the notebooks, and the list of them."""

import json
import shutil
from pathlib import Path

from _ext.build import state
from _ext.build.files import put
from _ext.live.site import bring
from _ext.notebooks import notebook
from _ext.notebooks.lite.app import application
from _ext.notebooks.markdown import Links
from _ext.page.dress import address, read_static

FOLDER = "lite"
DOOR = "notebook"
# As seen from JupyterLite's page, `lite/notebooks/`, which shows the book's notebooks and a
# reader's own in "mine/" alike: JupyterLite leaves links that begin so alone (`MENDED` in app.py).
SITE = "../../"
LINKS = Links(notebook=f"{SITE}{DOOR}.html?chapter={{}}", site=SITE)
# What JupyterLite's kernel says of itself: a notebook that says the same is not changed by opening.
KERNEL = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}


def prepare(app):
    state.of(app).lite = application() if state.of(app).runtime else None


def door(app):
    """The page through which a notebook opens."""
    if state.of(app).lite:
        yield DOOR, {"title": "Open as notebook"}, "notebook.html"


def offer(app, pagename, templatename, context, doctree):
    if not state.of(app).lite:
        return
    if pagename == DOOR:
        context["notebook_js"] = address("notebook.js", read_static("notebook.js"))
    if "notebook" in context:
        context["lite"] = f"{DOOR}.html?chapter={Path(context['notebook']).stem}"


def prepared(app):
    """Where notebooks wait for the end of the build, also those of pages that did not change."""
    return Path(app.doctreedir, FOLDER)


def write_notebook(app, doctree, docname):
    if state.of(app).lite and notebook.is_chapter(app, docname):
        made = notebook.made(app, doctree, docname, LINKS) | {"metadata": KERNEL}
        put(prepared(app) / f"{Path(docname).name}.ipynb", notebook.text_of(made))


def write(app):
    target = Path(app.outdir, FOLDER)
    if not bring(state.of(app).lite, target):
        Path(app.outdir, f"{DOOR}.html").unlink(missing_ok=True)
        return
    files = target / "files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    for path in sorted(Path(app.outdir, "notebooks").glob("*.ipynb")):
        shutil.copyfile(prepared(app) / path.name, files / path.name)
    write_listing(target / "api/contents", "", sorted(files.iterdir()))
    write_listing(target / "api/contents/mine", "mine", [])  # a reader's own are in the browser


def write_listing(folder, name, paths):
    """What Jupyter's contents service says of a folder."""
    content = [
        entry(path.name, "notebook", path.name) | {"size": path.stat().st_size} for path in paths
    ]
    listing = entry(name, "directory", name) | {"format": "json", "content": content}
    put(folder / "all.json", json.dumps(listing, indent=1) + "\n")


def entry(name, kind, path):
    made = "2026-01-01T00:00:00Z"  # the same at every build; readers see what they saved, and when
    return {
        "name": name,
        "path": path,
        "type": kind,
        "format": None,
        "mimetype": None,
        "content": None,
        "writable": True,
        "created": made,
        "last_modified": made,
    }
