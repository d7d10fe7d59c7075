"""wuv: the three gradients of L = ‖Wu − v‖², and ways to check them.

Importing it loads NumPy alone; pictures are in `wuv.figures`, which needs Matplotlib.

>>> from wuv import case_a, grad_u
>>> grad_u(*case_a())
array([[20],
       [16]])
"""

from wuv.check import Report, check_direction, check_gradient
from wuv.descent import (
    History,
    Point,
    descend,
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

__version__ = "0.1.0"

__all__ = [
    "Gradients",
    "History",
    "Point",
    "Problem",
    "Report",
    "ShapeError",
    "case_a",
    "case_b",
    "central_difference",
    "check_direction",
    "check_gradient",
    "column",
    "complex_step",
    "descend",
    "directional_derivative",
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
]
