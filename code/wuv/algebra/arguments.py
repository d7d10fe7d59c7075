"""What a function is given, by its place and by its name, and what may stand where no formula can.

>>> from wuv.algebra.tree import name
>>> by_name(["a", "axis", "*", "keepdims"], [name("x")], [("axis", number(0))])
{'a': name(x), 'axis': number(0), 'keepdims': None}
>>> PARAMETERS["axis"](number(0)), PARAMETERS["ord"](number(Fraction(3, 2)))
(0, Fraction(3, 2))

An argument is a formula, or what stands where no formula can: ``value`` (None, True, a text) and
``list`` (brackets with several formulas in them).
"""

from fractions import Fraction

from wuv.algebra.elementwise import COMPARISONS
from wuv.algebra.tree import Expr, Unreadable, number, words

LIMIT = 10**6


def by_name(names, args, keywords):
    """Return {name: argument}, in the table's order; an optional one that is missing is None."""
    by_place = names[: names.index("*")] if "*" in names else names
    names = [x for x in names if x != "*"]
    if len(args) > len(by_place):
        refuse(f"takes {', '.join(by_place)} here, and no more", args[len(by_place)])
    given = dict.fromkeys(names) | dict(zip(by_place, args, strict=False))
    for key, value in keywords:
        if key not in names:
            refuse(f"has no {key} in the language", value)
        if given[key] is not None:
            refuse(f"gets {key} twice", value)
        given[key] = value
    for key in names:
        if given[key] is None and key not in OPTIONAL:
            refuse(f"needs {key}")
    return given


class Refused(Exception):
    """What is wrong, and the argument that it is wrong with, or None."""


def refuse(message, node=None):
    """Refuse an argument, or the whole call."""
    raise Refused(message, node)


def formula(node):
    """Return an argument that must be a formula."""
    if node is None:
        return None
    if node.op == "list":
        refuse("takes no list; write np.array([…])", node)
    if node.op == "value":
        refuse(f"takes no {node.data!r} here", node)
    return node


# What stands where no formula can


def whole_number(node):
    """Return a whole number that was written out. Raises `Unreadable`, with the place."""
    try:
        return integer(node)
    except Refused:
        raise Unreadable("a whole number is wanted here", node.place) from None


def integer(node):
    """Return a whole number that was written out, with its sign."""
    sign, inside = 1, node
    if node.op == "neg":
        sign, inside = -1, node.args[0]
    if inside.op != "number" or not isinstance(inside.data, int):
        refuse("takes a whole number here", node)
    if inside.data > LIMIT:
        refuse("takes no number so large", node)
    return sign * inside.data


def is_none(node):
    """Return whether an argument is missing, or is None."""
    return node is None or (node.op == "value" and node.data is None)


def _axis(node):
    return None if is_none(node) else integer(node)


def _flag(node):
    if node is not None and not (node.op == "value" and isinstance(node.data, bool)):
        refuse("takes True or False here", node)
    return node is not None and node.data


def _order(node):
    if node is not None and not (node.op == "value" and node.data in ("C", "F")):
        refuse("takes the order 'C' (row by row) or 'F' (column by column)", node)
    return "C" if node is None else node.data


def _norm_order(node):
    """Return the order of a norm: None, "fro", "nuc", "inf", "-inf", or a number above 0."""
    if is_none(node):
        return None
    sign, inside = ("-", node.args[0]) if node.op == "neg" else ("", node)
    if inside.op == "value" and inside.data in (("inf",) if sign else ("inf", "fro", "nuc")):
        return sign + inside.data
    order = _constant(node)
    if order is None or order <= 0:
        refuse("has the orders None, 'fro', 'nuc', ±np.inf, numbers above 0", node)
    return order


def _constant(node):
    """Return a number such as 3, 1.5 or 1/2, or None."""
    if node.op == "div":
        above, below = map(_constant, node.args)
        return Fraction(above) / below if above is not None and below else None
    return node.data if node.op == "number" else None


def _kind_of_number(node):
    """Let dtype be said where it changes no value."""
    if node is not None and not (node.op == "name" and node.data in ("int", "float", "object")):
        refuse("takes the dtype int, float or object here", node)


def _columns(node):
    return () if is_none(node) else (formula(node),)


def _sizes(node):
    sizes = node.args if node.op == "list" else (node,)
    if not 1 <= len(sizes) <= 2:
        refuse("takes one or two sizes here", node)
    return tuple(map(formula, sizes))


def is_mask(node):
    """Return whether NumPy has truth values here: a comparison, or a product of such."""
    both = node.op == "times" and all(map(is_mask, node.args))
    return both or node.op in COMPARISONS


def _condition(node):
    return node if is_mask(node) else Expr("not_equal", (formula(node), number(0)))


OPTIONAL = {
    *words("other reduction weights at_zero ddof axis keepdims order ord dtype M"),
    *words("min max a_min a_max"),
}
PARAMETERS = {  # the others are formulas
    "axis": _axis,
    "first_axis": lambda node: 0 if node is None else _axis(node),
    "last_axis": lambda node: -1 if node is None else integer(node),
    "keepdims": _flag,
    "order": _order,
    "ord": _norm_order,
    "dtype": _kind_of_number,
    "M": _columns,
    "shape": _sizes,
    "condition": _condition,
    "a_min": lambda node: None if is_none(node) else formula(node),
    "a_max": lambda node: None if is_none(node) else formula(node),
    "newshape": lambda node: tuple(map(integer, node.args if node.op == "list" else (node,))),
    "object": lambda node: node,
    "arrays": lambda node: node,
    "reduction": lambda node: node,
}
