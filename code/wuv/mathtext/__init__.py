r"""wuv.mathtext: the LaTeX that people wrote, for paper, for the ear and for a line of text.

>>> to_typst(r"2W^{\mathsf T}(Wu - v)")
'2 attach(W, t: 𝖳) \\( W u \\− v \\)'
>>> to_words(r"\nabla_u L = \tfrac12 W^{\mathsf T} r")
'nabla sub u L = 1 over 2 W transposed r'
>>> to_line(r"\nabla_u L = \tfrac12 W^{\mathsf T} r")
'∇_u L = ½Wᵀr'

math-core reads the LaTeX, as it does for the site; what is here goes on from its MathML, a small,
closed language without macros. What has no place there is a `Strange` error, never a hole. Any
LaTeX will do: a formula that `wuv.algebra` can read is better written by `wuv.algebra.to_text`.
"""

from wuv.mathtext.line import to_line
from wuv.mathtext.mathml import Strange, mathml, normalised
from wuv.mathtext.typst import quoted, to_typst
from wuv.mathtext.words import to_words

__all__ = ["Strange", "mathml", "normalised", "quoted", "to_line", "to_typst", "to_words"]
