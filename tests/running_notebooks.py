"""Runs notebooks each in a new process, forked from one that has the large packages loaded.

`wuv` itself is not among them: a notebook that forgets to import a part of it fails here.
"""

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

LARGE = ["IPython.core.interactiveshell", "matplotlib.pyplot", "numpy", "sympy"]


class Cell(NamedTuple):
    """What came of a code cell: its error, its text, and its outputs by type."""

    source: str
    error: str
    text: str
    outputs: tuple[dict, ...]


def processes():
    """An executor whose processes begin with the large packages and end after one task."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LARGE)
    return ProcessPoolExecutor(1, context, max_tasks_per_child=1)


def run(path, folder):
    """The code cells of a notebook, run in a folder; an error that a cell expects is none."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    os.chdir(folder)
    shell, found = InteractiveShell.instance(), []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        with capture_output() as caught:
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        expected = "raises-exception" in cell["metadata"].get("tags", ())
        words = repr(error) if error and not expected else ""
        outputs = tuple(output.data for output in caught.outputs)
        found.append(Cell(source, words, caught.stdout + caught.stderr, outputs))
        if words:
            break
    return found
