r"""Letters for parts: what a gradient says several times is written once.

>>> from wuv import derive
>>> print(derive("np.sum((X - U @ U.T)**2)", "U", "X:n,n; U:n,k").numpy)
R = X - U @ U.T
-2 * (R + R.T) @ U

A part gets a letter if a formula is shorter for it, or if the author gave it one.
"""

from collections import Counter
from functools import reduce

from wuv.algebra import walk
from wuv.algebra.elementwise import ELEMENTWISE
from wuv.algebra.tree import name

SPELLED_OUT = {"sigmoid": 5}  # nodes of 1 / (1 + exp(−x)) in NumPy beyond those of σ(x)
# These have no letter of their own: what is in them may have one.
SHORT = ("norm", "inner", "trace", "neg", "transpose", "inv", "ones", "sum", "mean", "sqrt")
NUMBERS = ("alpha", "beta", "gamma", "delta", "rho", "tau")
# What a letter is for: the operation, and whether 𝟏 stands in it, as in x − mean(x)𝟏.
LETTERS = {
    ("sub", True): "c", ("sub", False): "r", ("tanh", False): "h", ("sigmoid", False): "p",
    ("exp", False): "e",
}  # fmt: skip
OTHERS = "zhqsabcprwy"


def parts(formulas, known, taken):
    """Return {letter: part}, inner ones first: of what stands in one of the formulas again and
    again, and of what is ``known`` by a letter already. ``taken`` letters stand for others."""
    letters = {tree: letter for letter, tree in known.items()}
    taken = {*taken, *known}
    uses = reduce(Counter.__or__, map(_uses, formulas), Counter())
    again = [x for x, k in uses.items() if k > 1 and x.args and x.op not in SHORT and _is_free(x)]
    for tree in sorted(again, key=lambda x: x.depth):
        if tree not in letters and _is_worth_it(_named(tree, letters)):
            letter = _letter(tree, taken)
            if letter is not None:
                letters[tree] = letter
                taken |= {letter, f"d{letter}"}
    return {letter: tree for tree, letter in sorted(letters.items(), key=lambda x: x[0].depth)}


def named(formula, known):
    """Return a formula with letters in the place of parts, the largest first."""
    return _named(formula, {tree: letter for letter, tree in known.items()})


def defined(letter, known):
    """Return what a letter stands for, with the letters of smaller parts in it."""
    return _named(known[letter], {tree: k for k, tree in known.items()}, whole=False)


def _named(tree, letters, whole=True):
    if whole and tree in letters:
        return name(letters[tree]).with_(shape=tree.shape)
    args = tuple(_named(x, letters) for x in tree.args)
    return (
        tree.with_(args=args)
        if any(a is not b for a, b in zip(args, tree.args, strict=True))
        else tree
    )


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
            uses[x] += uses[node] if node.op in SHORT else 1
    return uses


def _is_free(tree):
    """Return whether a part has an array in it, no sum's index stands there and nothing moves."""
    if any(x.op in ("differential", "basis", "sigma", "entry") for x in walk(tree)):
        return False
    if tree.op == "product" and any(x.op == "ones" for x in tree.args):
        return False  # copies, which NumPy makes by itself, or a sum
    return any(x.shape and x.op in ("name", "matrix") for x in walk(tree))


def _length(tree):
    inside = 0 if tree.op in ("ones", "eye") else sum(map(_length, tree.args))
    return 1 + SPELLED_OUT.get(tree.op, 0) + inside


def _is_worth_it(inside):
    """Return whether a part, with letters in it already, is long enough for a letter of its own."""
    length = _length(inside)
    if not inside.shape:
        return length >= (5 if inside.op in ("add", "sub") else 8)
    return length >= (4 if inside.op in ELEMENTWISE else 5)


def _letter(tree, taken):
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
