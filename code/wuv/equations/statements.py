r"""What the equations of a page state, one `Statement` for each relation between two sides.

A `Page` goes through the displays from top to bottom and remembers what was defined. A definition
is a row whose left side is a name, or a function such as f(x), that nothing has defined yet, and
that the book's table (`wuv.equations.conventions`) does not say is free. Sizes under a brace, as in
\underbrace{W}_{m \times n}, are a statement too.

>>> page = Page()
>>> [str(s) for s in page.read(r"r = Wu - v = -(v - Wu)").statements]
['r = Wu - v', 'Wu - v = -(v - Wu)']
>>> page.read(r"s = 2r").statements
()
>>> [str(s) for s in page.read(r"s^{\mathsf T} s = 4 L").statements]
['s^{\\mathsf T} s = 4 L']
"""

import re
from itertools import islice
from typing import NamedTuple

from wuv.algebra import (
    Expr,
    Row,
    Sizes,
    Unreadable,
    declare,
    free_names,
    read_display,
    rebuild,
    replace,
    walk,
)
from wuv.algebra.names import Shapes
from wuv.algebra.size import Shape, Size, letters_of
from wuv.algebra.tree import spelled
from wuv.equations import conventions
from wuv.equations.notes import Notes

MAX_PARTS = 1000  # of a formula in which definitions were written out
SIZED = re.compile(  # what stands over a brace, with braces of its own inside, and its sizes
    r"\\underbrace\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\s*_\{(\w+\s*\\times\s*\w+)\}"
)
COMPARED = {"=", ":=", "≠", "≈", "<", "≤", ">", "≥"}


class Definition(NamedTuple):
    """What a name stands for; with parameters, what f(x) does, f alone being its value."""

    body: Expr
    parameters: tuple[str, ...] = ()


class Condition(NamedTuple):
    """What the numbers that are tried must fulfil."""

    left: Expr
    relation: str
    right: Expr


class Statement(NamedTuple):
    """Two sides and the relation between them, with all that is needed to evaluate them.

    ``shapes`` gives each letter its sizes and ``indices`` each free index the size it runs over;
    ``sizes`` has the letters among these sizes, and the number that one must be, or itself.
    ``definitions`` are those that the sides use, ``vary`` the letters that change in d….
    """

    left: Expr
    relation: str
    right: Expr
    shapes: dict[str, Shape]
    indices: dict[str, Size]
    sizes: dict[str, str | int]
    definitions: dict[str, Definition]
    vary: tuple[str, ...]
    layout: str
    conditions: tuple[Condition, ...] = ()
    imaginary: str = ""
    text: str = ""

    def __str__(self):
        return self.text


class Content(NamedTuple):
    """What one display holds: statements, and the names it defines."""

    statements: tuple[Statement, ...]
    defined: tuple[str, ...] = ()


class Page:
    """What is defined so far on a page."""

    def __init__(self):
        self.shapes = declare(conventions.SHAPES)
        self.free = set(self.shapes)
        self.definitions = {}
        self.notes = Notes()
        for name, text in conventions.DEFINITIONS.items():
            self.definitions[name] = Definition(self.formula(text, self.shapes))

    @staticmethod
    def about(shapes: dict[str, Shape], definitions: dict[str, Expr]) -> "Page":
        """Return a page with letters of its own in place of the book's."""
        page = Page()
        page.shapes, page.free = dict(shapes), set(shapes)
        page.definitions = {k: Definition(tree) for k, tree in definitions.items()}
        return page

    def formula(self, text: str, shapes: Shapes) -> Expr:
        rows = self.rows(text, shapes)
        if len(rows) != 1 or len(rows[0].sides) != 1:
            raise Unreadable("one formula is wanted here, without a relation")
        return rows[0].sides[0]

    def rows(self, text: str, shapes: Shapes) -> tuple[Row, ...]:
        return read_display(text, shapes)

    def read(self, text: str, notes: Notes | None = None) -> Content:
        """Return the `Content` of a display.

        Raises `wuv.algebra.Unreadable` and, where sizes clash, `wuv.algebra.Misfit`.
        """
        notes = notes or Notes()
        self.notes = (notes.page or Notes()).over(self.notes)
        return _Reading(self, notes.over(self.notes)).read(text)

    def equation(self, left: Expr, right: Expr, notes: Notes) -> Statement:
        """Return the `Statement` that two formulas, read elsewhere, are equal.

        Raises `wuv.algebra.Unreadable` and, where sizes clash, `wuv.algebra.Misfit`.
        """
        reading = _Reading(self, notes)
        reading.state(left, "=", right)
        return reading.statements[0]


class _Reading:
    """One display, read on a page."""

    def __init__(self, page, notes):
        self.page, self.notes = page, notes
        self.shapes = {**page.shapes, **dict(notes.shapes)}
        self.definitions = dict(page.definitions)
        self.conditions, self.imaginary = [], ""
        for name in dict(notes.shapes):
            self.definitions.pop(name, None)
        for name in notes.define:
            self.definitions.pop(name, None)
        for text in notes.where:
            self.where(text)
        self.statements, self.defined = [], {}

    def where(self, text):
        for row in self.page.rows(text, self.shapes):
            if len(row.sides) != 2:
                raise Unreadable("after “where”, one relation is wanted", row.place)
            (left, right), relation = row.sides, row.relations[0]
            square = left.op == "power" and left.args[0].op == "name"
            if relation != "=":
                self.conditions.append(Condition(left, relation, right))
            elif left.op in ("name", "call") and left.data not in free_names(right):
                self.define(left, right)
            elif square and spelled(right) == "-1":
                self.imaginary = left.args[0].data
            else:
                raise Unreadable("after “where”, a name is to stand left of =", row.place)

    def read(self, text):
        rows = self.page.rows(text, self.shapes)
        sides = [side for row in rows for side in row.sides]
        self.descends = any(conventions.LEARNING_RATE in free_names(x) for x in sides)
        for row in rows:
            self.row(row)
        for part, size in SIZED.findall(text):
            (row,) = self.page.rows(rf"{part} \in \mathbb{{R}}^{{{size}}}", self.shapes)
            self.state(row.sides[0], "∈", row.sides[1])
        for also in self.notes.also:
            if also.startswith("="):
                if len(rows) != 1 or rows[0].relations:
                    raise Unreadable("“also =” is for a display without a relation")
                (right,) = self.page.rows(also[1:], self.shapes)
                self.state(rows[0].sides[0], "=", right.sides[0])
            else:
                for row in self.page.rows(also, self.shapes):
                    self.row(row)
        self.page.definitions.update(self.defined)
        for name in self.notes.define:
            if name not in self.defined:
                raise Unreadable(f"this does not define {name}")
        if not self.statements and not self.defined:
            raise Unreadable("there is nothing to compare: no relation stands here")
        return Content(tuple(self.statements), tuple(self.defined))

    def row(self, row):
        if set(row.relations) & {"⇒", "⇔"}:
            raise Unreadable("what follows from what cannot be executed", row.place)
        for k, relation in enumerate(row.relations):
            left, right = row.sides[k : k + 2]
            first = k == 0 and not row.continues and relation in ("=", ":=")
            if relation == "∈":
                self.belongs(left, right)
            elif relation == "←":
                self.update(left, right)
            elif relation not in COMPARED:
                raise Unreadable(f"the relation {relation} cannot be executed", row.place)
            elif first and self.definable(left) and left.data not in free_names(right):
                self.define(left, right)
                self.defined[left.data] = self.definitions[left.data]
            else:
                self.state(left, "=" if relation == ":=" else relation, right)

    # Definitions

    def definable(self, left):
        """Return whether this is a name, or a function of names, that nothing defines."""
        if left.op == "call" and not all(x.op == "name" for x in left.args):
            return False
        if left.op not in ("name", "call") or left.data in self.definitions:
            return False
        return left.data not in self.shapes or left.data in self.notes.define

    def define(self, left, right):
        parameters = tuple(x.data for x in left.args)
        self.definitions[left.data] = Definition(self.inlined(right), parameters)
        self.sizes(*[self.inlined(right)] * 2)  # a definition has to fit, too

    def inlined(self, tree):
        """Return the tree with every f(x) replaced by what it stands for."""
        return rebuild(tree, lambda node: self.applied(node) if node.op == "call" else node)

    def applied(self, call):
        known = self.definitions.get(call.data)
        if known is None:
            raise Unreadable(f"nothing says what {call.data} is", call.place)
        body = self.expanded(known.body)
        parameters = known.parameters or self.argument(call, body)
        if len(parameters) != len(call.args):
            raise Unreadable(f"{call.data} takes {', '.join(parameters)}", call.place)
        marks = [Expr("name", data=f"{x}\0") for x in parameters]  # all at once: f(y, x) may be
        for old, mark in zip(parameters, marks, strict=True):
            body = replace(body, Expr("name", data=old), mark)
        for mark, new in zip(marks, call.args, strict=True):
            body = replace(body, mark, new)
        return rebuild(body, lambda node: node.with_(place=call.place))

    def argument(self, call, body):
        """Return what L(u + hd) varies: what the page says, or L's one letter in it."""
        if self.notes.vary:
            return self.notes.vary
        inside = set(free_names(call))
        found = tuple(x for x in free_names(body) if x in inside)
        if len(found) != 1:
            raise Unreadable(
                f"of what {call.data} is a function here, “check: vary …” must say", call.place
            )
        return found

    def expanded(self, tree):
        """Return the tree in free letters alone."""
        for name in free_names(tree):
            if name in self.definitions:
                body = self.expanded(self.definitions[name].body)
                tree = replace(tree, Expr("name", data=name), body)
                if len([*islice(walk(tree), MAX_PARTS)]) == MAX_PARTS:
                    raise Unreadable(f"written out, {name} is too long to be read")
        return tree

    # Statements

    def belongs(self, left, space):
        """W ∈ ℝ^{m×n}: what the letter's sizes are, or that the formula has these."""
        shape = tuple(Sizes(self.shapes).of(space))
        if self.definable(left):
            self.shapes[left.data] = self.page.shapes[left.data] = shape
        self.state(left, "∈", space)

    def update(self, left, right):
        """x ← …: the new value has to fit; and where L is a function of x and the display has a
        learning rate, it has to be x − η ∇ₓL."""
        text = f"{spelled(left)} ← {spelled(right)}"
        if left.op != "name" or left.data in self.definitions:
            raise Unreadable(f"{spelled(left)} is no letter whose value could be set", left.place)
        if left.data not in self.shapes and left.data not in free_names(right):
            raise Unreadable(
                f"{spelled(left)} is set here, and nothing says what it is", left.place
            )
        rate, loss = conventions.LEARNING_RATE, self.used(Expr("name", data="L"))
        if self.descends and any(left.data in free_names(body) for body in loss.values()):
            slope = Expr("gradient", (Expr("name", data="L"), left), place=right.place)
            change = Expr("product", (Expr("name", data=rate), slope), place=right.place)
            self.state(Expr("sub", (left, change), place=right.place), "←", right, text)
        else:
            self.state(left, "fits", right, text)

    def state(self, left, relation, right, text=""):
        text = text or f"{spelled(left)} {relation} {spelled(right)}"
        left, right = self.inlined(left), self.inlined(right)
        for name in self.notes.vary:
            if name in self.definitions:
                raise Unreadable(f"{name} is defined by a formula; it cannot vary by itself")
        sizes, left, right, used = self.sizes(left, right)
        trees = [left, right, *used.values()]
        trees += [x for condition in self.conditions for x in (condition.left, condition.right)]
        wanted = {x for tree in trees for x in free_names(tree)} | {*self.notes.vary}
        indices = sizes.index_sizes()
        shapes = {k: v for k, v in sizes.names().items() if k in wanted and k not in used}
        met = [*shapes.values(), *indices.values(), *sorted(wanted & sizes.letters)]
        met += [node.shape or () for tree in trees for node in walk(tree)]
        fixed = {x: sizes.letter(x) for x in letters_of(*met)}
        self.statements.append(
            Statement(
                left,
                relation,
                right,
                shapes,
                indices,
                fixed,
                used,
                self.notes.vary or tuple(shapes),
                self.notes.layout or "gradient",
                tuple(self.conditions),
                self.imaginary,
                text,
            )
        )

    def used(self, *trees):
        """Return {name: formula} for the definitions that the trees and the conditions need."""
        found, left = {}, [*trees]
        left += [x for condition in self.conditions for x in (condition.left, condition.right)]
        while left:
            for name in free_names(left.pop()):
                if name in self.definitions and name not in found:
                    found[name] = self.definitions[name].body
                    left.append(found[name])
        return found

    def sizes(self, left, right):
        """Return the `Sizes` of all letters, the two sides, and the definitions they use, with
        the shape of every part."""
        used = self.used(left, right)
        shapes = {k: v for k, v in self.shapes.items() if k not in used}
        sizes, bodies = Sizes(shapes, layout=self.notes.layout or "gradient"), {}
        for name in used:
            self.settle(sizes, name, used, bodies)
        for name in self.notes.vary:
            sizes.infer(Expr("name", data=name))
        for condition in self.conditions:
            sizes.same(condition.left, condition.right)
        sides = sizes.same(left, right)
        left, right, *found = sizes.settle(*sides, *bodies.values())
        return sizes, left, right, dict(zip(bodies, found, strict=True))

    def settle(self, sizes, name, used, bodies):
        """Give a defined name the sizes of its formula, those that it uses before it."""
        if name in bodies:
            return
        bodies[name] = used[name]  # a definition by itself goes no deeper
        for inner in free_names(used[name]):
            if inner in used:
                self.settle(sizes, inner, used, bodies)
        bodies[name] = sizes.define(name, used[name])
