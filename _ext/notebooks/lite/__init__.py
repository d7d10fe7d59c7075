"""Chapters as notebooks in the reader's browser: JupyterLite, beside the pages and their Python.

`app.py` makes the application once, `site.py` puts it and the notebooks into the site's folder
`lite/`. The door is `notebook.html` (a template) with `notebook.js` (in `page/static`): it opens
the book's version and keeps what a reader saved apart from it. `leads_on.html` leads to that door
from where JupyterLite expects its list of files. Only where cells run in the page.
"""
