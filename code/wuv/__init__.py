"""wuv: the three gradients of L = ‖Wu − v‖², and ways to check them.

Importing it loads nothing yet: a module is loaded when one of its names is first asked for. All but
`wuv.figures`, `wuv.mathtext` and `wuv.worksheet` need NumPy alone.

>>> from wuv import case_a, grad_u
>>> grad_u(*case_a())
array([[20],
       [16]])
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wuv.check import Report, check_direction, check_gradient
    from wuv.counting import count_multiplications
    from wuv.derivation import Derivation, Derivations, derive, derive_all
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
    from wuv.diagnosis import Diagnosis, FirstWrongLine, diagnose, first_wrong_line
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
    from wuv.handwriting import Digits, digits
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

__version__ = "0.1.0"

_WHERE = {
    "check": ("Report", "check_direction", "check_gradient"),
    "counting": ("count_multiplications",),
    "descent": (
        "History",
        "Point",
        "contraction_factor",
        "descend",
        "exact_step",
        "inverse_time",
        "iterates",
        "largest_learning_rate",
        "sgd",
    ),
    "difference": (
        "central_difference",
        "complex_step",
        "directional_derivative",
        "forward_difference",
    ),
    "handwriting": ("Digits", "digits"),
    "embedding": ("TableGradients", "Trained", "table_gradients", "tail_ranks", "train_embedding"),
    "model": (
        "Gradients",
        "grad_u",
        "grad_v",
        "grad_W",
        "gradients",
        "hessian_u",
        "hessian_v",
        "hessian_W",
        "loss",
        "residual",
    ),
    "problems": ("Problem", "case_a", "case_b", "integer_problem"),
    "shapes": ("ShapeError", "column"),
    "tape": ("Node", "Tape", "value_and_gradients"),
    "derivation": ("Derivation", "Derivations", "derive", "derive_all"),
    "diagnosis": ("Diagnosis", "FirstWrongLine", "diagnose", "first_wrong_line"),
}
_MODULES = {name: f"wuv.{module}" for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'wuv' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_MODULES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__all__ = [
    "Derivation",
    "Derivations",
    "Diagnosis",
    "Digits",
    "FirstWrongLine",
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
    "derive_all",
    "descend",
    "diagnose",
    "digits",
    "directional_derivative",
    "exact_step",
    "first_wrong_line",
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
