r"""A program written out: a function for NumPy, JAX, PyTorch, Julia, MATLAB and Octave, or LaTeX.

>>> from wuv import derive
>>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
>>> print(found.code("julia"), end="")
using LinearAlgebra, Statistics
<BLANKLINE>
# L = ‖Wu − v‖² and its gradient in u; W m×n, u n×1, v m×1. Columns are vectors.
function value_and_gradient(W, u, v)
    r = W * u - v
    L = norm(r)^2
    grad_u = 2 * (W' * r)
    return L, grad_u
end
"""

import keyword
from collections.abc import Callable, Mapping
from typing import NamedTuple

from wuv.algebra import Unwritable, to_latex
from wuv.algebra.binding import Writer
from wuv.algebra.size import Shape
from wuv.algebra.tree import name
from wuv.algebra.write_code import Jax, Julia, Matlab, PyTorch
from wuv.algebra.write_numpy import NumPy
from wuv.derivation.numeric import in_arrays
from wuv.derivation.program import Program

PYTHON = '''{head}


def {called}({arguments}):
    """Return {doc}"""
{lines}
    return {results}
'''
JULIA = """{head}

# {doc} Columns are vectors.
function {called}({arguments})
{lines}
    return {results}
end
"""
MATLAB = """function [{results}] = {called}({arguments})
    % {doc}
{lines}
end
"""


class Target(NamedTuple):
    """A language that programs are written in: who writes its formulas, given the shapes of the
    arguments, and what stands around the lines, each of which ends in ``end``."""

    writer: Callable[[Mapping[str, Shape]], Writer]
    layout: str
    head: str = ""
    end: str = ""
    arrays: bool = True  # written from NumPy's operations, not from the book's
    heads: tuple[tuple[str, str], ...] = ()  # what else stands first where a text occurs


SCIPY = tuple((f"scipy.{x}.", f"import scipy.{x}") for x in ("linalg", "special"))
SPECIAL = tuple((f"{x}.(", "using SpecialFunctions") for x in ("erf", "loggamma", "digamma"))
JAX = (("jax.", "import jax"),)
TARGETS = {
    "numpy": Target(lambda shapes: NumPy(), PYTHON, "import numpy as np", heads=SCIPY),
    "jax": Target(lambda shapes: Jax(), PYTHON, "import jax.numpy as jnp", heads=JAX),
    "pytorch": Target(lambda shapes: PyTorch(next(iter(shapes))), PYTHON, "import torch"),
    "julia": Target(Julia, JULIA, "using LinearAlgebra, Statistics", arrays=False, heads=SPECIAL),
    "matlab": Target(Matlab, MATLAB, end=";", arrays=False),
}
LANGUAGES = (*TARGETS, "latex")
# Words that no variable can be, beside Python's.
RESERVED = {
    "julia": {"function", "end", "begin", "let", "do", "local", "global", "const", "struct", "I"},
    "matlab": {"function", "end", "otherwise", "switch", "case", "parfor", "i", "j"},
}


def listing(found: Program, called: str, doc: str, language: str) -> str:
    """Return the text of a program in one of `LANGUAGES`, a function that is ``called`` so.

    Raises ``ValueError`` for another language, `wuv.algebra.Unwritable` for what it cannot say.
    """
    if language == "latex":
        return _latex(found)
    if language not in TARGETS:
        raise ValueError(f"language is {language!r}; there are {', '.join(LANGUAGES)}")
    target = TARGETS[language]
    lines = in_arrays(found) if target.arrays else found.lines
    for key in (*found.arguments, *(letter for letter, _ in lines)):
        if keyword.iskeyword(key) or key in RESERVED.get(language, ()):
            raise Unwritable(f"{key} cannot be a variable's name in {language}; name it otherwise")
    writer = target.writer(found.arguments)
    rows = [f"    {key} = {writer.write(tree)}{target.end}" for key, tree in lines]
    more = dict.fromkeys(x for sign, x in target.heads if any(sign in row for row in rows))
    return target.layout.format(
        head="\n".join([*more, target.head]),
        called=called,
        arguments=", ".join(found.arguments),
        doc=doc,
        lines="\n".join(rows),
        results=", ".join(x.name for x in found.results),
    )


def _latex(found):
    """Return the lines as an aligned display."""
    rows = [(name(key), tree) for key, tree in found.parts]
    rows += [(x.left, x.formula) for x in found.results]

    def written(tree):
        return to_latex(tree, found.arguments, fits=False, book=True)

    inside = " \\\\\n".join(f"{written(left)} &= {written(tree)}" for left, tree in rows)
    return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}\n"
