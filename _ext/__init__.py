"""What turns the chapters into the site, in wings. `build/order.py` lists all steps in their order.

| folder | what it makes |
|:--|:--|
| `build/` | the order of steps, what they share, and how chapters are run |
| `page/` | a page: its mathematics, pictures, folds, tables, its look, and the search |
| `notebooks/` | each chapter as a notebook: to download, to open elsewhere, in JupyterLite |
| `paper/` | the PDFs of the book, of its chapters and of worksheets |
| `live/` | cells that run in the reader's browser |
| `offline/` | the book without a network: its service worker, and all of it as one file |

Nothing here needs a path of its own: every module is called by its whole name, `_ext.page.folds`.
"""
