"""Cells run in the reader's browser: no server, no other host, nothing installed.

A page gets buttons under each of its code cells (`cells.py`), the site gets the folder `live/`
(`site.py`): the runtime (`runtime.py`), our package in it, and the scripts that bring both
together. Nothing of it is loaded before a reader presses Run. `WUV_LIVE=0` builds without.
"""

import os

from docutils import nodes

from live import ask, cells, site


def tag(app, config):
    """Let a chapter say `{only} live`."""
    if config.live:
        app.tags.add("live")


def setup(app):
    app.add_config_value("live", os.environ.get("WUV_LIVE") != "0", "html", [bool])
    app.add_node(nodes.container, override=True, html=(cells.visit, cells.depart))
    ask.connect(app)
    app.connect("config-inited", tag)
    app.connect("builder-inited", site.prepare, priority=800)
    app.connect("html-page-context", site.offer)
    app.connect("build-finished", site.write, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
