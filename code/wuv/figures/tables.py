"""Tables: the same partial derivatives in two layouts, and which tests each slip passes."""

from collections.abc import Mapping

from numpy.typing import ArrayLike

from wuv.figures.picture import LIGHT, Picture, block, drawn, frame, write
from wuv.model import grad_u, grad_W
from wuv.shapes import problem
from wuv.written import number_text

SHADES = (0.1, 0.3, 0.5)  # one for each entry of u, over and over


def layouts(W: ArrayLike, u: ArrayLike, v: ArrayLike) -> Picture:
    """Draw ∂r/∂u, ∂L/∂u and ∂L/∂W in numerator and in denominator layout; `Picture`.

    Equal shades are the same column of W, or entry of u. A thick frame marks the layouts of this
    book: the derivative of a column as it acts on columns, a gradient in the shape of its variable.
    u is one column.
    """
    slope, in_W = grad_u(W, u, v), grad_W(W, u, v)
    W = problem(W, u, v)[0]
    # name, colour, the table as numerator layout has it, which of the two is this book's
    tables = [
        (("r", "u"), "W", W, 0),
        (("L", "u"), "u", slope.T, 1),
        (("L", "W"), "W", in_W.T, 1),
    ]
    wide = max(W.shape)
    columns = 1.5 + wide / 2, 1.5 + wide * 1.5 + 1.1

    def draw(axes):
        for x, title in zip(columns, ("numerator layout", "denominator layout"), strict=True):
            write(axes, x, 0.55, title, size=15)
        y = 0
        for (above, below), colour, table, ours in tables:
            height = max(table.shape)
            name = rf"$\frac{{\partial {above}}}{{\partial {below}}}$"
            write(axes, 0.4, y - height / 2, name, size=30)
            for place, entries in enumerate((table, table.T)):
                # the entry of u runs down the table that is laid out by its denominator
                across = place == (1 if below == "W" else 0)
                _numbers(axes, columns[place], y, height, entries, colour, across, place == ours)
            y -= height + 0.75
        right = columns[1] + wide / 2 + 0.4
        frame(axes, (-0.2, right), (y + 0.6, 0.9), aspect="equal")

    parts = []
    for (above, below), _, table, ours in tables:
        numerator, denominator = _rows(table), _rows(table.T)
        both = [f"in numerator layout {numerator}", f"in denominator layout {denominator}"]
        both[ours] += " (this book)"
        parts.append(f"∂{above}/∂{below} is {', '.join(both)}")
    alt = f"Blocks of numbers, each the other one transposed: {'; '.join(parts)}."
    height = 2 * max(W.shape) + max(slope.shape) + 3 * 0.75 + 0.4
    unit = 5.2 / (columns[1] + wide / 2 + 0.6)
    return drawn(draw, alt, 5.2, unit * height)


def fooled(passes: Mapping[str, Mapping[str, bool]]) -> Picture:
    """Draw which tests each slip passes, from ``{slip: {test: whether it passes}}``; `Picture`.

    The slips and the tests stand in the order in which they are given; a long name of a test is
    broken at its spaces. A box with "passes" is a test that cannot see the slip, a dot one that
    does. Chapter `diagnose`.

    Raises ``ValueError`` where the slips were not all put to the same tests.
    """
    tests = list(next(iter(passes.values()), ()))
    if not tests or any(list(row) != tests for row in passes.values()):
        raise ValueError("each slip needs the same tests, one at least")
    left, tall = 1.8, 0.62

    def draw(axes):
        for j, test in enumerate(tests):
            head = test.replace(" ", "\n") if len(test) > 6 else test
            write(axes, left + j + 0.5, 0.12, head, va="bottom", size=11.5)
        for i, (slip, row) in enumerate(passes.items()):
            middle = -tall * (i + 0.5)
            write(axes, 0, middle, slip, ha="left", size=15)
            axes.plot([0, left + len(tests)], [-tall * i] * 2, color=LIGHT["rule"], linewidth=0.8)
            for j, test in enumerate(tests):
                _mark(axes, left + j + 0.5, middle, row[test])
        frame(axes, (-0.05, left + len(tests) + 0.02), (-tall * len(passes) - 0.05, 0.95))

    parts = []
    for slip, row in passes.items():
        blind = [test for test in tests if row[test]]
        parts.append(f"{slip} passes {_listed(blind) if blind else 'none'}")
    caught = [test for test in tests if not any(row[test] for row in passes.values())]
    alt = f"Which tests each slip passes. Of {_listed(tests)}, {'; '.join(parts)}."
    if caught:
        alt += f" Every slip is caught by {_listed(caught)}."
    return drawn(draw, alt, 5.2, 0.75 + 0.46 * len(passes))


def _mark(axes, x, y, passes):
    """Draw one cell of the table: a box with a word, or a dot."""
    if not passes:
        axes.plot(x, y, ".", color=LIGHT["faint"], markersize=5)
        return
    for look in ({"face": "r", "alpha": 0.18, "linewidth": 0}, {"edge": "r", "linewidth": 1.4}):
        block(axes, x - 0.44, y - 0.2, 0.88, 0.4, rounded="pad=0,rounding_size=0.1", **look)
    write(axes, x, y - 0.01, "passes", size=12.5)


def _listed(words):
    """Return words as a sentence has them: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _numbers(axes, x, top, height, entries, colour, across, ours):
    """Draw the numbers of one table in cells; ``across`` says where the entry of u runs."""
    rows, columns = entries.shape
    left, top = x - columns / 2, top - (height - rows) / 2
    for i in range(rows):
        for j in range(columns):
            shade = SHADES[(j if across else i) % len(SHADES)]
            x, y = left + j, top - i - 1
            block(axes, x, y, 1, 1, colour, alpha=shade, linewidth=0)
            block(axes, x, y, 1, 1, edge="faint", linewidth=0.8)
            write(axes, x + 0.5, y + 0.5, number_text(entries[i, j]), size=15)
    if ours:
        block(axes, left, top - rows, columns, rows, edge="ink", linewidth=2.6)


def _rows(table):
    return "[" + "; ".join(" ".join(f"{x:.6g}" for x in row) for row in table) + "]"
