"""Cells run in the reader's browser: no server, no other host, nothing installed.

A page gets buttons under each of its code cells (`cells.py`) and, where it asks, a box for a
gradient (`ask.py`); the site gets the folder `live/` (`site.py`): the runtime (`runtime.py`), our
package in it, and the scripts that bring both together. Nothing of it is loaded before a reader
presses Run. `WUV_LIVE=0` builds without.
"""
