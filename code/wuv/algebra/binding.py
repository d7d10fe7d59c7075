"""What all writers of formulas share: how tightly things bind, and where brackets go.

>>> from wuv.algebra.tree import name
>>> class Sums(Writer):
...     infix, calls = {"add": ("+", SUM), "times": ("*", PRODUCT)}, {}
...     def _name(self, node, last):
...         return node.data, ATOM
>>> a, b = name("a"), name("b")
>>> Sums().write(Expr("times", (Expr("add", (a, b)), Expr("times", (a, b)))))
'(a + b) * (a * b)'

`wuv.algebra.write_numpy` writes Python, `write_latex` and `write_text` the book's two spellings,
on what these two have in common (`write_book`).
"""

from collections.abc import Mapping
from functools import cached_property

from wuv.algebra.tree import Expr, Unwritable, number, spelled

# How tightly, from loose to tight. Python alone has comparisons, and no LOOSE products and none
# without a sign; a QUOTIENT has a slash, and what stands beside it would seem to be below.
COMPARISON, SUM, LOOSE, QUOTIENT, PRODUCT, PREFIX, POWER, ATOM = range(8)


class Writer:
    """A language: its signs, and a method ``_op`` for each operation that needs one.

    A method takes the node, and whether no factor follows it, which a sum over an index would
    swallow; it returns the text and how tightly it binds.
    """

    language = ""
    minus = "-"
    infix: Mapping  # an operation's sign, and how tightly it binds; all group from the left
    calls: Mapping  # the name of an operation that is written as a function
    called = ATOM  # how tightly these bind
    negative = SUM  # and what begins with a minus

    def write(self, node, needed=SUM, last=False):
        """Return the text of a node, in brackets if it binds less tightly than is needed."""
        text, binds = self.once(node, last or needed <= SUM)
        return text if binds >= needed else f"({self.once(node, True)[0]})"

    @cached_property
    def made(self):
        return {}

    def once(self, node, last):
        """Return the text of a node, made once: brackets in brackets would double the work."""
        key = id(node), last
        if key not in self.made:
            self.made[key] = self.text(node, last), node  # which keeps the node, and its id, alive
        return self.made[key][0]

    def text(self, node, last=True):
        """Return the text of a node and how tightly it binds.

        Raises `Unwritable` for what the language has no spelling for.
        """
        if node.op in self.infix:
            sign, binds = self.infix[node.op]
            left, right = node.args
            return f"{self.write(left, binds)} {sign} {self.write(right, binds + 1, last)}", binds
        if node.op in self.calls:
            return f"{self.calls[node.op]}({self.listed(node.args)})", self.called
        write = getattr(self, f"_{node.op}", None)
        if write is None:
            raise self.refusal(node)
        return write(node, last)

    def refusal(self, node):
        """Return the error for what the language has no spelling for."""
        return Unwritable(f"{spelled(node)} has no spelling in {self.language}", node.place)

    def listed(self, nodes, separator=", "):
        """Return the texts of several nodes."""
        return separator.join(self.write(x, COMPARISON) for x in nodes)

    def rows(self, node):
        """Return the texts of a matrix's entries, row by row."""
        width = node.data[-1]
        return [node.args[i : i + width] for i in range(0, len(node.args), width)]

    def _number(self, node, last):
        value = node.data
        if value < 0:
            return f"{self.minus}{self._number(number(-value), last)[0]}", self.negative
        if isinstance(value, int):
            return str(value), ATOM
        text = decimal(value)
        if text is not None:
            return text, ATOM
        return self.text(Expr("div", (number(value.numerator), number(value.denominator))), last)

    def _neg(self, node, last):
        inner = self.write(node.args[0], max(self.negative, LOOSE), last)
        return f"{self.minus}{inner}", self.negative


def decimal(value):
    """Return a Fraction as a decimal number, or None where it has no short one."""
    for digits in range(1, 30):
        if (value * 10**digits).denominator == 1:
            text = str(int(value * 10**digits)).rjust(digits + 1, "0")
            return f"{text[:-digits]}.{text[-digits:]}"
    return None
