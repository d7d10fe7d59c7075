r"""wuv.algebra: formulas as they are written, and what they mean.

Read one, from NumPy text or from LaTeX; nothing is ever executed:

>>> loss = read_numpy("np.linalg.norm(W @ u - v)**2")
>>> claim = read_latex(r"2 W^{\mathsf T} (Wu - v)")

Write it in either language, as it was written:

>>> to_latex(loss)
'\\lVert Wu - v\\rVert^2'
>>> to_numpy(claim)
'2 * W.T @ (W @ u - v)'

or as a line of text:

>>> to_text(claim)
'2Wᵀ(Wu − v)'

Ask what shapes it needs, and what it comes to, exactly:

>>> sizes = Sizes()
>>> sizes.of(claim), sizes.names()
(('n', 1), {'W': ('m', 'n'), 'u': ('n', 1), 'v': ('m', 1)})
>>> from wuv import case_a
>>> values = case_a()._asdict()
>>> evaluate(claim, values).tolist()
[[20], [16]]

Compare it with the exact derivative, for which no rule of matrix calculus was used:

>>> gradient(loss, values, "u").tolist()
[[20], [16]]

`read_display` reads a displayed formula, row by row and side by side. The modules: `tree` (the
record), `names` (what letters stand for), `functions` (what each takes, on `arguments`,
`compositions` and `einsum`), `elementwise`, `along` and `matrices` (a row for each of them),
`from_numpy` and `from_latex` (on `latex_tokens` and `latex_formula`), `typed` (formulas as people
type them, on `typed_tokens`), `meant` (what their signs mean by their sizes), `language` (which one
was typed, and its statements), `sizes` and `size_rules`, `evaluation` (on `exact` and
`operations`), `arrays` (the book's formula in NumPy's operations), `textbook` (the other way),
`binding` (brackets, for all writers), `write_numpy` and on it `write_code` (other languages),
`write_book` and on it `write_latex` and `write_text`.
"""

from wuv.algebra.arrays import to_arrays
from wuv.algebra.evaluation import Function, Work, differential, evaluate, gradient
from wuv.algebra.from_latex import read_display, read_latex
from wuv.algebra.from_numpy import read_numpy, read_statement
from wuv.algebra.names import declare, kind
from wuv.algebra.size import shape_text
from wuv.algebra.sizes import Sizes
from wuv.algebra.textbook import to_book
from wuv.algebra.tree import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Misfit,
    Place,
    Row,
    TooMuchWork,
    Unreadable,
    Unwritable,
    factors,
    free_names,
    places,
    product,
    put,
    rebuild,
    replace,
    terms,
    walk,
)
from wuv.algebra.write_latex import to_latex
from wuv.algebra.write_numpy import to_numpy
from wuv.algebra.write_text import to_text

__all__ = [
    "AlgebraError",
    "CannotEvaluate",
    "Expr",
    "Function",
    "Misfit",
    "Place",
    "Row",
    "Sizes",
    "TooMuchWork",
    "Unreadable",
    "Unwritable",
    "Work",
    "declare",
    "differential",
    "evaluate",
    "factors",
    "free_names",
    "gradient",
    "kind",
    "places",
    "product",
    "put",
    "read_display",
    "read_latex",
    "read_numpy",
    "read_statement",
    "rebuild",
    "replace",
    "shape_text",
    "terms",
    "to_arrays",
    "to_book",
    "to_latex",
    "to_numpy",
    "to_text",
    "walk",
]
