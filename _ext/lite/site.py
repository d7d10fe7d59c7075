"""The folder `lite/` of the site: the application, the notebooks, and the list of them."""

import hashlib
import json
import shutil
from pathlib import Path

import notebooks
from live.site import bring
from plain_markdown import Links

from lite.app import application

FOLDER = "lite"
DOOR = "notebook"
SCRIPT = "_static/notebook.js"
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
    app.lite = application() if app.runtime else None


def door(app):
    """The page through which a notebook opens."""
    if app.lite:
        yield DOOR, {"title": "Open as notebook"}, "notebook.html"


def offer(app, pagename, templatename, context, doctree):
    if not app.lite:
        return
    if pagename == DOOR:
        script = Path(app.srcdir, "_ext/static/notebook.js").read_bytes()
        context["notebook_js"] = f"{SCRIPT}?v={hashlib.sha256(script).hexdigest()[:8]}"
    if "notebook" in context:
        context["lite"] = f"{DOOR}.html?chapter={Path(context['notebook']).stem}"


def prepared(app):
    """Where notebooks wait for the end of the build, also those of pages that did not change."""
    return Path(app.doctreedir, FOLDER)


def write_notebook(app, doctree, docname):
    if app.lite and notebooks.is_chapter(app, docname):
        found = notebooks.made(app, doctree, docname, LINKS) | {"metadata": KERNEL}
        notebooks.save(prepared(app) / f"{Path(docname).name}.ipynb", found)


def write(app, exception):
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, FOLDER)
    if not app.lite:
        shutil.rmtree(target, ignore_errors=True)
        Path(app.outdir, f"{DOOR}.html").unlink(missing_ok=True)
        return
    bring(app.lite, target)
    files = target / "files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    for path in sorted(Path(app.outdir, "notebooks").glob("*.ipynb")):
        shutil.copyfile(prepared(app) / path.name, files / path.name)
    write_listing(target / "api/contents", "", sorted(files.iterdir()))
    write_listing(target / "api/contents/mine", "mine", [])  # a reader's own are in the browser


def write_listing(folder, name, paths):
    """What Jupyter's contents service says of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    content = [
        entry(path.name, "notebook", path.name) | {"size": path.stat().st_size} for path in paths
    ]
    listing = entry(name, "directory", name) | {"format": "json", "content": content}
    (folder / "all.json").write_text(json.dumps(listing, indent=1) + "\n", "utf-8")


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
