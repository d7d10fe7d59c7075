r"""wuv.equations: the displayed equations of a page are executed.

>>> page = check_text(r"$$ \nabla_v L = 2r $$", "page.md")
>>> print(page.equations[0].message)
\nabla_v L = 2r: left 2, right -2, with W = 0, u = 0, v = 1

Its modules, from a file to a verdict: `pages` finds the displays, `notes` reads what a page says to
the checker and not to its readers (all of it is listed there), `conventions` is the book's table of
letters, `statements` turns rows into statements, `judge` evaluates, at as many `wuv.points` as it
takes, `book` puts it together, `command` is ``python -m wuv check``.
"""

from wuv.equations.book import Checked, Equation, check_display, check_file, check_text
from wuv.equations.judge import Counterexample, Verdict, judge
from wuv.equations.pages import Display, displays
from wuv.equations.statements import Page, Statement

__all__ = [
    "Checked",
    "Counterexample",
    "Display",
    "Equation",
    "Page",
    "Statement",
    "Verdict",
    "check_display",
    "check_file",
    "check_text",
    "displays",
    "judge",
]
