"""Cells run one after another in one namespace, each saying what it shows: Jupyter in small.

It runs in the reader's browser, under Pyodide, where `worker.js` has loaded it.
"""

import contextlib
import io
import sys
import traceback

import numpy
from numpy._core import arrayprint
from pyodide.code import eval_code

# A browser's NumPy counts with 32 bits where a computer's counts with 64, so it would add
# "dtype=int64" to what the book prints without. NumPy 2.0 has no public way to say so.
arrayprint._typelessdata.append(numpy.int64)

REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "text/latex": "_repr_latex_",
}


class Session:
    """A namespace that cells share; ``show`` is called with each output, a dict, as it comes.

    ``kind`` is "stream" (with ``name`` and ``text``), "result" (with ``data``, by MIME type) or
    "error" (with ``name``, ``message`` and ``line``, the line of the cell where it arose).
    """

    def __init__(self, show):
        self.show = show
        self.count = 0
        self.names = {"__name__": "__main__", "display": self.display}

    def run(self, source):
        """Run one cell and return whether it ended without an error."""
        self.count += 1
        place = f"<cell {self.count}>"
        streams = (Stream("stdout", self.show), Stream("stderr", self.show))
        try:
            with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
                value = eval_code(source, self.names, filename=place)
                if value is not None:
                    self.names["_"] = value
                    self.display(value)
                self.display_plots()
        except BaseException as error:  # an interrupt or an exit ends the cell, not the session
            for stream in streams:
                stream.flush()
            self.show(described(error, place, source.splitlines()))
            return False
        for stream in streams:
            stream.flush()
        return True

    def ask(self, answer, wrt, loss):
        """Judge an answer and show the derivation; whether both were possible. Nothing is run."""
        from wuv import derive, diagnose
        from wuv.algebra import AlgebraError
        from wuv.diagnosis.question import BOOK

        try:
            self.display(diagnose(answer, wrt, loss or BOOK), derive(loss or BOOK, wrt))
        except AlgebraError as error:
            self.show({"kind": "error", "name": "", "message": str(error), "line": ""})
            return False
        return True

    def display(self, *values):
        """Show values as a notebook does."""
        sys.stdout.flush()
        for value in values:
            self.show({"kind": "result", "data": representations(value)})

    def display_plots(self):
        """Show and close what was drawn through ``matplotlib.pyplot``."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            text = io.StringIO()
            pyplot.figure(number).savefig(text, format="svg")
            svg = text.getvalue()
            self.show({"kind": "result", "data": {"image/svg+xml": svg[svg.index("<svg") :]}})
            pyplot.close(number)


class Stream(io.TextIOBase):
    """What is written is shown in whole lines, or when it is flushed."""

    def __init__(self, name, show):
        self.name, self.show, self.text = name, show, ""

    def write(self, text):
        self.text += text
        end = self.text.rfind("\n") + 1
        if end:
            self.show({"kind": "stream", "name": self.name, "text": self.text[:end]})
            self.text = self.text[end:]
        return len(text)

    def flush(self):
        if self.text:
            self.show({"kind": "stream", "name": self.name, "text": self.text})
            self.text = ""


def representations(value):
    """What a value looks like, by MIME type; there is always plain text."""
    found = {}
    for mime, method in REPRESENTATIONS.items():
        text = getattr(value, method, lambda: None)() if not isinstance(value, type) else None
        if text:
            found[mime] = text
    return found | {"text/plain": repr(value)}


def described(error, place, lines):
    """An error as a reader needs it: its name, its message, and the line of the cell."""
    number = None
    if isinstance(error, SyntaxError) and error.filename == place:
        number, message = error.lineno, error.msg
    else:
        message = str(error)
        frames = traceback.extract_tb(error.__traceback__)
        number = next((frame.lineno for frame in frames if frame.filename == place), None)
    line = lines[number - 1].strip() if number and number <= len(lines) else ""
    return {"kind": "error", "name": type(error).__name__, "message": message, "line": line}
