"""Figures: the pictures of the book, each from the numbers it shows. Needs Matplotlib.

Every function returns a `Picture`, which displays itself in a notebook, turns with the page to
dark, and says in words what it shows (``picture.alt``), computed from the same numbers.

>>> from wuv.descent import descend
>>> from wuv.problems import case_a
>>> loss_curve({"right": descend(*case_a(), learning_rate=0.05, steps=20)}).alt
'Loss against step, logarithmic: right falls from 24 to 0.271 in 20 steps.'

W, u, v and r have one colour each, here as in the formulas of the book.
"""

from wuv.figures.arrows import residual_arrow
from wuv.figures.bands import loss_bands
from wuv.figures.batches import sum_of_outer_products
from wuv.figures.blindness import blind_tests
from wuv.figures.chains import chain
from wuv.figures.crossings import crossings
from wuv.figures.curvature import contraction_factors, saddle
from wuv.figures.errors import step_errors
from wuv.figures.formulas import formula_tree
from wuv.figures.linear import linear_part
from wuv.figures.losses import learning_rates, loss_curve, loss_surface
from wuv.figures.passes import fitted_curves, operation_counts, two_passes
from wuv.figures.picture import DARK, LIGHT, Picture
from wuv.figures.products import adjoint, broadcast, outer_product, shape_blocks
from wuv.figures.relation import relation
from wuv.figures.tables import fooled, layouts

__all__ = [
    "DARK",
    "LIGHT",
    "Picture",
    "adjoint",
    "blind_tests",
    "broadcast",
    "chain",
    "contraction_factors",
    "crossings",
    "fitted_curves",
    "fooled",
    "formula_tree",
    "layouts",
    "learning_rates",
    "linear_part",
    "loss_bands",
    "loss_curve",
    "loss_surface",
    "operation_counts",
    "outer_product",
    "relation",
    "residual_arrow",
    "saddle",
    "shape_blocks",
    "step_errors",
    "sum_of_outer_products",
    "two_passes",
]
