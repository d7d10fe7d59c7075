"""Cells run one after another in one namespace, each saying what it shows: Jupyter in small.

It runs in the reader's browser, under Pyodide, where `worker.js` has loaded it.
"""

import builtins
import contextlib
import io
import re
import sys
import time
import traceback
import types
from importlib.util import spec_from_loader

import numpy
from numpy._core import arrayprint
from pyodide.code import eval_code_async

# A browser's NumPy counts with 32 bits where a computer's counts with 64, so it would add
# "dtype=int64" to what the book prints without. NumPy 2.0 has no public way to say so.
arrayprint._typelessdata.append(numpy.int64)

REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "text/latex": "_repr_latex_",
}

LINES, CHARACTERS = 2_000, 200_000  # what one cell may show
RESULT = 10  # the lines that a result counts for at least: it may be a picture
AT_ONCE = 50  # so many messages go as they come, and the later ones …
PAUSE = 0.1  # … together, after so many seconds

# Pyodide lives on the browser's own stack, which ends before a larger limit is reached.
DEEPEST = sys.getrecursionlimit()

# Lines that a notebook takes, and Python doesn't.
IGNORED = re.compile(r"^[ \t]*%matplotlib\b.*$", re.MULTILINE)
COMMAND = re.compile(r"[!%]|(pip|conda) |\?+[\w.]+$|[\w.]+\?+$")
NOT_PYTHON = "this is a command of the notebook program, not Python: leave it out"
NOT_INSTALLED = "nothing can be installed here, and this is not Python: leave it out"
NO_INPUT = "a cell in the page cannot ask: write the value into the code in place of input()"


class Session:
    """A namespace that cells share; ``show`` is called with each output, a dict, as it comes.

    ``kind`` is "stream" (with ``name`` and ``text``), "result" (with ``data``, by MIME type, and
    with ``fold``, a title, if it is to fold), "error" (with ``name``, ``message`` and ``line``, the
    line of the cell where it arose) or "more" (with ``lines`` and ``characters``, how much has been
    left out so far).
    """

    def __init__(self, show):
        self.show = show
        self.outlet = Outlet(show)
        self.count = 0
        self.names = {"__name__": "__main__", "display": self.display}
        builtins.input = refuse_input
        sys.setrecursionlimit = set_recursion_limit
        sys.meta_path.append(Plots(self.display_plots))
        sys.modules |= notebook_display(self.display)

    async def run(self, source):
        """Run one cell and return whether it ended without an error."""
        self.count += 1
        self.outlet = Outlet(self.show)
        place = f"<cell {self.count}>"
        streams = (Stream("stdout", self.outlet), Stream("stderr", self.outlet))
        error = None
        try:
            with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
                code = IGNORED.sub("", source)
                value = await eval_code_async(code, self.names, filename=place)
                if value is not None:
                    self.names["_"] = value
                    self.display(value)
                self.display_plots()
        except BaseException as raised:  # an interrupt or an exit ends the cell, not the session
            error = described(raised, place, source.splitlines())
        self.outlet.end()
        if error:
            self.show(error)
        return not error

    def ask(self, answer, wrt, loss):
        """Judge an answer and show the derivation, folded if it would tell what is right; whether
        both were possible. Nothing is run."""
        from wuv import derive, diagnose
        from wuv.algebra import AlgebraError
        from wuv.diagnosis.question import BOOK

        self.outlet = Outlet(self.show)
        try:
            diagnosis = diagnose(answer, wrt, loss or BOOK)
            self.display(diagnosis)
            if diagnosis.verdict not in ("unreadable", "empty"):
                derivation = representations(derive(loss or BOOK, wrt))
                self.outlet.result(derivation, fold="" if diagnosis else "Step by step")
        except AlgebraError as error:
            self.show({"kind": "error", "name": "", "message": str(error), "line": ""})
            return False
        return True

    def display(self, *values):
        """Show values as a notebook does."""
        for value in values:
            if is_figure(value):
                self.display_figure(value)
            else:
                self.outlet.result(representations(value))

    def display_figure(self, figure):
        """Show a figure of Matplotlib, once: `pyplot` forgets it."""
        text = io.StringIO()
        figure.savefig(text, format="svg")
        svg = text.getvalue()
        self.outlet.result({"image/svg+xml": svg[svg.index("<svg") :], "text/plain": ""})
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close(figure)

    def display_plots(self):
        """Show what was drawn through ``matplotlib.pyplot``."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            self.display_figure(pyplot.figure(number))


class Outlet:
    """What one cell shows, on its way to the page: gathered for a moment, and up to a limit.

    A page that is handed each line of an endless loop does nothing else, not even stop it.
    """

    def __init__(self, show):
        self.show = show
        self.name, self.parts = "", []
        self.lines, self.characters = LINES, CHARACTERS  # there is room for
        self.more = {"kind": "more", "lines": 0, "characters": 0}  # for these there was none
        self.messages, self.sent, self.told = 0, 0.0, 0.0

    def write(self, name, text):
        if name != self.name:
            self.flush()
            self.name = name
        self.parts.append(text)
        due = self.messages < AT_ONCE and "\n" in text
        if due or time.monotonic() - self.sent > PAUSE:
            self.flush()

    def flush(self):
        text = self.fitting("".join(self.parts))
        self.parts.clear()
        self.sent = time.monotonic()
        if text:
            self.messages += 1
            self.show({"kind": "stream", "name": self.name, "text": text})
        if self.sent - self.told > PAUSE:
            self.tell()

    def result(self, data, fold=""):
        self.flush()
        if self.lines <= 0 or self.characters <= 0:
            self.fitting(data["text/plain"] + "\n")
            return
        data = data | {"text/plain": self.fitting(data["text/plain"])}
        self.show({"kind": "result", "data": data} | ({"fold": fold} if fold else {}))
        self.lines -= RESULT

    def end(self):
        self.flush()
        self.tell()

    def fitting(self, text):
        """The beginning of a text for which there is room; the rest is counted."""
        lines = max(self.lines, 0)
        kept = text[: self.characters]
        if kept.count("\n") >= lines:
            kept = "".join(f"{line}\n" for line in kept.split("\n", lines)[:lines])
        self.lines -= kept.count("\n")
        self.characters -= len(kept)
        self.more["lines"] += text.count("\n", len(kept))
        self.more["characters"] += len(text) - len(kept)
        return kept

    def tell(self):
        if self.more["characters"]:
            self.told = time.monotonic()
            self.show(dict(self.more))


class Stream(io.TextIOBase):
    """What a cell prints to."""

    def __init__(self, name, outlet):
        self.name, self.outlet = name, outlet

    def write(self, text):
        self.outlet.write(self.name, text)
        return len(text)

    def flush(self):
        self.outlet.flush()


class Plots:
    """How Matplotlib finds its backend `page_plots`, which shows a figure at `plt.show()`."""

    def __init__(self, show):
        self.show = show

    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name == "page_plots" else None

    def create_module(self, spec):
        return None  # the usual one

    def exec_module(self, module):
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        module.FigureCanvas = FigureCanvasSVG
        module.show = lambda *args, **options: self.show()


def notebook_display(display):
    """A stand-in for IPython, which cells of notebooks import `display` and its kinds from."""

    def kind(name, method, form="{}"):
        def keep(self, data=""):
            self.data = data

        body = {"__init__": keep, "__repr__": lambda self: str(self.data)}
        return type(name, (), body | {method: lambda self: form.format(self.data)})

    package, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    package.display = module
    package.get_ipython = lambda: None
    module.display = display
    module.Math = kind("Math", "_repr_latex_", r"$\displaystyle {}$")
    module.Latex = kind("Latex", "_repr_latex_")
    module.HTML = kind("HTML", "_repr_html_")
    module.SVG = kind("SVG", "_repr_svg_")
    module.Markdown = kind("Markdown", "__str__")
    return {"IPython": package, "IPython.display": module}


def refuse_input(prompt=""):
    raise RuntimeError(NO_INPUT)


def set_recursion_limit(limit, set_limit=sys.setrecursionlimit):
    set_limit(min(limit, DEEPEST))


def is_figure(value):
    module = sys.modules.get("matplotlib.figure")
    return bool(module) and isinstance(value, module.Figure)


def representations(value):
    """What a value looks like, by MIME type; there is always plain text."""
    shown = {}
    for mime, method in REPRESENTATIONS.items():
        text = getattr(value, method, lambda: None)() if not isinstance(value, type) else None
        if text:
            shown[mime] = text
    return shown | {"text/plain": repr(value)}


def described(error, place, lines):
    """An error as a reader needs it: its name, its message, and the line of the cell."""
    number = None
    if isinstance(error, SyntaxError) and error.filename == place:
        number, message = error.lineno, error.msg
    else:
        message = str(error)[:CHARACTERS]
        frames = traceback.extract_tb(error.__traceback__)
        number = next((frame.lineno for frame in frames if frame.filename == place), None)
    line = lines[number - 1].strip() if number and number <= len(lines) else ""
    if isinstance(error, SyntaxError) and COMMAND.match(line):
        message = NOT_INSTALLED if re.search(r"\b(pip|conda) ", line) else NOT_PYTHON
    return {"kind": "error", "name": type(error).__name__, "message": message, "line": line}
