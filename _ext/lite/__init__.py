"""Chapters as notebooks in the reader's browser: JupyterLite, beside the pages and their Python.

`app.py` makes the application once, `site.py` puts it and the notebooks into the site's folder
`lite/`, and `notebook.html` (a template) with `notebook.js` (in `static/`) is the door: it opens
the book's version and keeps what a reader saved apart from it. `tree.html` leads to that door where
JupyterLite expects its list of files. Only where cells run in the page.
"""

from lite import site


def setup(app):
    app.connect("builder-inited", site.prepare, priority=850)
    app.connect("doctree-resolved", site.write_notebook, priority=900)
    app.connect("html-collect-pages", site.door)
    app.connect("html-page-context", site.offer, priority=600)
    app.connect("build-finished", site.write, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
