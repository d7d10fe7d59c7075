"""Figures: the pictures of the book, each from the numbers it shows. Needs Matplotlib.

Every function returns a `Picture`, which displays itself in a notebook, turns with the page to
dark, and says in words what it shows (``picture.alt``), computed from the same numbers.

>>> from wuv.descent import descend
>>> from wuv.figures import loss_curve
>>> from wuv.problems import case_a
>>> loss_curve({"right": descend(*case_a(), learning_rate=0.05, steps=20)}).alt
'Loss against step, logarithmic: right falls from 24 to 0.271 in 20 steps.'

W, u, v and r have one colour each, here as in the formulas of the book.
"""

import importlib
from typing import Any

_WHERE = {
    "arrows": ("residual_arrow",),
    "bands": ("loss_bands",),
    "batches": ("sum_of_outer_products",),
    "blindness": ("blind_tests",),
    "blocks": ("kronecker",),
    "chains": ("chain",),
    "copies": ("branching",),
    "crossing": ("crossings",),
    "graphs": ("curves",),
    "curvature": ("contraction_factors", "saddle"),
    "errors": ("step_errors",),
    "formulas": ("formula_tree",),
    "geometry": ("pulled_back",),
    "grids": ("pixels",),
    "linear": ("linear_part",),
    "losses": ("learning_rates", "loss_curve", "loss_surface"),
    "noise": ("noise_floor",),
    "passes": ("fitted_curves", "operation_counts", "two_passes"),
    "picture": ("DARK", "LIGHT", "Picture"),
    "products": ("adjoint", "broadcast", "outer_product", "shape_blocks"),
    "projections": ("projection",),
    "relations": ("relation",),
    "rows": ("row_as_lines",),
    "tables": ("fooled", "layouts"),
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a picture's module, and Matplotlib with it, when the picture is first asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module 'wuv.figures' has no attribute {name!r}")
    return getattr(importlib.import_module(f"wuv.figures.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__all__ = sorted(_MODULES)
