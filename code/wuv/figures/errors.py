"""Errors: how wrong a difference is, against its step."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from wuv.difference import central_difference, complex_step, forward_difference
from wuv.figures.picture import Picture, drawn, told_apart
from wuv.shapes import Array, Number


def step_errors(
    f: Callable[[Array], Number],
    gradient: ArrayLike,
    x: ArrayLike,
    *,
    exponents: Iterable[int] = range(-15, 1),
    base: int = 10,
) -> Picture:
    """Draw the relative error of differences against their step, both logarithmic; `Picture`.

    The steps are ``base`` to the ``exponents``.

    ``f`` is a function of one array, ``gradient`` its gradient at x. An error of 0 is drawn at the
    bottom edge; a method that f does not allow (the complex step) is left out.
    """
    exponents = list(exponents)
    steps, x = float(base) ** np.array(exponents), np.asarray(x, float)
    methods = {
        "forward": forward_difference,
        "central": central_difference,
        "complex step": complex_step,
    }
    errors = {}
    for name, method in methods.items():
        try:
            slopes = [method(f, x, step) for step in steps]
        except TypeError:
            continue
        scale = np.abs(gradient).max()
        errors[name] = np.array([np.abs(slope - gradient).max() / scale for slope in slopes])
    floor = 1e-17

    def draw(axes):
        for name, error, colour, line, marker in told_apart(errors, "methods"):
            shown = np.maximum(error, floor)
            axes.loglog(steps, shown, line, color=colour, marker=marker, label=name)
        axes.set_xscale("log", base=base)
        axes.set(xlabel="step $h$", ylabel="relative error", ylim=(floor / 2, 10))
        axes.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.15))

    said = [f"{base}^{k}".replace("-", "−") for k in exponents]
    parts = [
        f"{name} is best at step {said[error.argmin()]} with error {error.min():.0e}"
        for name, error in errors.items()
    ]
    alt = f"Relative error against step from {said[0]} to {said[-1]}: {'; '.join(parts)}."
    return drawn(draw, alt, 5.4, 3.4)
