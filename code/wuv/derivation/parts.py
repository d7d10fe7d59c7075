r"""Letters for parts: what a gradient says several times is written once.

>>> from wuv import derive
>>> print(derive("np.sum((A @ np.tanh(B @ x) - y)**2)", "B", "A:m,k; B:k,n; x:n,1; y:m,1").numpy)
h = np.tanh(B @ x)
2 * ((1 - h**2) * (A.T @ (A @ h - y))) @ x.T

A part gets a letter if a formula is shorter for it, or if the author gave it one.
"""

from collections import Counter
from functools import reduce

from wuv.algebra import walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.tree import name, replace_all

SPELLED_OUT = {"sigmoid": 5}  # nodes of 1 / (1 + exp(−x)) in NumPy beyond those of σ(x)
TWICE = {"softmax": 2}  # softmax(z) is exp(z − log sum exp z) in NumPy
# These have no letter of their own: what is in them may have one.
SHORT = ("norm", "inner", "trace", "neg", "transpose", "inv", "ones", "sum", "mean", "sqrt")
NUMBERS = ("alpha", "beta", "gamma", "delta", "rho", "tau")
# What a letter is for: the operation, and whether 𝟏 stands in it, as in x − mean(x)𝟏.
LETTERS = {
    ("sub", True): "c", ("sub", False): "r", ("tanh", False): "h", ("sigmoid", False): "p",
    ("exp", False): "e",
}  # fmt: skip
OTHERS = "zhqsabcprwy"


def parts(gradients, lines, known, taken):
    """Return {letter: part}, inner ones first: of what stands several times in the gradients, of
    what is long and does so in a line, and of what is ``known`` by a letter already. ``taken``
    letters stand for others."""
    letters = _letters(known)
    taken = {*taken, *known}
    last, any_line = _again(gradients, Counter.__add__), _again(lines)
    for tree in sorted(last | any_line, key=lambda x: x.depth):
        inside = replace_all(tree, letters)
        least = _least(inside) if tree in last else 2 * _least(inside)
        if tree not in letters and _length(inside, spelled_out=tree in last) >= least:
            letter = letter_for(tree, taken)
            if letter is not None:
                letters |= _letters({letter: tree})
                taken |= {letter, f"d{letter}"}
    return {x.data: tree for tree, x in sorted(letters.items(), key=lambda x: x[0].depth)}


def named(formula, known):
    """Return a formula with letters in the place of parts, the largest first."""
    return replace_all(formula, _letters(known))


def defined(letter, known):
    """Return what a letter stands for, with the letters of smaller parts in it."""
    return replace_all(known[letter], _letters(known), whole=False)


def _letters(known):
    return {tree: name(letter).with_(shape=tree.shape) for letter, tree in known.items()}


def _without_changes(tree):
    """Yield the different nodes of a formula that stand outside of changes."""
    met, stack = set(), [tree]
    while stack:
        node = stack.pop()
        if node not in met and node.op != "differential":
            met.add(node)
            yield node
            stack.extend(node.args)


def _uses(formula):
    """Return {part: in how many other parts it stands}, a transpose counting as what is in it."""
    some = sorted(_without_changes(formula), key=lambda x: -x.depth)
    uses = Counter()
    for node in some:
        for x in node.args:
            uses[x] += uses[node] if node.op in SHORT else TWICE.get(node.op, 1)
    return uses


def _is_free(tree):
    """Return whether a part has an array in it, no sum's index stands there and nothing moves."""
    if any(x.op in ("differential", "basis", "sigma", "entry") for x in walk(tree)):
        return False
    if tree.op in ("product", "div") and any(x.op == "ones" or not x.shape for x in tree.args):
        return False  # copies, which NumPy makes by itself, a sum, or a number in front
    return any(x.shape and x.op in ("name", "matrix") for x in walk(tree))


def _again(formulas, together=Counter.__or__):
    """Return {part: how often} of those that stand several times in one of the formulas, or in all
    of them ``together``, and may have a letter."""
    uses = reduce(together, map(_uses, formulas), Counter()).items()
    return {x: k for x, k in uses if k > 1 and x.args and x.op not in SHORT and _is_free(x)}


def _length(tree, spelled_out):
    if tree.op in ("ones", "eye"):
        return 1
    more = SPELLED_OUT.get(tree.op, 0) if spelled_out else 0
    return 1 + more + sum(_length(x, spelled_out) for x in tree.args)


def _least(inside):
    """Return how long a part must be, with letters in it already, for a letter of its own."""
    if not inside.shape:
        return 5 if inside.op in ("add", "sub") else 8
    return 4 if inside.op in ELEMENTWISE else 5


def letter_for(tree, taken):
    """Return a letter that nothing has: a capital for a matrix, a Greek one for a number."""
    if not tree.shape:
        return next((x for x in NUMBERS if x not in taken), None)
    ones = any(x.op == "ones" for x in tree.args[-1].args)
    matrix = 1 not in tree.shape
    square = matrix and tree.shape[0] == tree.shape[1]
    some = "s" if square and tree.op == "add" else LETTERS.get((tree.op, ones), "")
    some += OTHERS
    some = some.upper() if matrix else some
    return next((x for x in some if x not in taken and f"d{x}" not in taken), None)
