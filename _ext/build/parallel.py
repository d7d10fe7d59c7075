"""Chapters are read, and so executed, side by side: as many at once as the machine has cores."""

import os

from jupyter_cache import get_cache


def widen(app, env, docnames):
    # Jupyter Book loads it and it keeps nothing while pages are read, but it does not say so.
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    cache = get_cache(env.mystnb_config.execution_cache_path)
    cache.list_cache_records()  # which makes its database once, before many open it
    app.parallel = max(app.parallel, os.cpu_count() or 1)


def narrow(app, env):
    """Writing is quick, and some of it is gathered from page to page."""
    app.parallel = 1
