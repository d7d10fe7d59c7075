"""wuv: the three gradients of L = ‖Wu − v‖², and ways to check them.

Importing it loads NumPy alone; pictures are in `wuv.figures`, which needs Matplotlib. `derive` and
`diagnose` come from `wuv.derivation` and `wuv.diagnosis`, loaded when they are first asked for.

>>> from wuv import case_a, grad_u
>>> grad_u(*case_a())
array([[20],
       [16]])
"""

import importlib
from typing import TYPE_CHECKING, Any

from wuv.check import Report, check_direction, check_gradient
from wuv.counting import count_multiplications
from wuv.descent import (
    History,
    Point,
    contraction_factor,
    descend,
    exact_step,
    inverse_time,
    iterates,
    largest_learning_rate,
    sgd,
)
from wuv.difference import (
    central_difference,
    complex_step,
    directional_derivative,
    forward_difference,
)
from wuv.embedding import (
    TableGradients,
    Trained,
    table_gradients,
    tail_ranks,
    train_embedding,
)
from wuv.model import (
    Gradients,
    grad_u,
    grad_v,
    grad_W,
    gradients,
    hessian_u,
    hessian_v,
    hessian_W,
    loss,
    residual,
)
from wuv.problems import Problem, case_a, case_b, integer_problem
from wuv.shapes import ShapeError, column
from wuv.tape import Node, Tape, value_and_gradients

if TYPE_CHECKING:
    from wuv.derivation import Derivation, derive
    from wuv.diagnosis import Diagnosis, diagnose

__version__ = "0.1.0"

_LATER = {
    "Derivation": "wuv.derivation",
    "Diagnosis": "wuv.diagnosis",
    "derive": "wuv.derivation",
    "diagnose": "wuv.diagnosis",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'wuv' has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "Derivation",
    "Diagnosis",
    "Gradients",
    "History",
    "Node",
    "Point",
    "Problem",
    "Report",
    "ShapeError",
    "TableGradients",
    "Tape",
    "Trained",
    "case_a",
    "case_b",
    "central_difference",
    "check_direction",
    "check_gradient",
    "column",
    "complex_step",
    "contraction_factor",
    "count_multiplications",
    "derive",
    "descend",
    "diagnose",
    "directional_derivative",
    "exact_step",
    "forward_difference",
    "grad_W",
    "grad_u",
    "grad_v",
    "gradients",
    "hessian_W",
    "hessian_u",
    "hessian_v",
    "integer_problem",
    "inverse_time",
    "iterates",
    "largest_learning_rate",
    "loss",
    "residual",
    "sgd",
    "table_gradients",
    "tail_ranks",
    "train_embedding",
    "value_and_gradients",
]
