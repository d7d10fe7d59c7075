"""What real NumPy makes of the text that `derive` returns: statements, then the gradient."""

import numpy as np
import scipy
import scipy.special


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run(text, values):
    """Return the value of a text that a test wrote or that `derive` returned."""
    *statements, formula = text.splitlines()
    values = {"np": np, "scipy": scipy, "sigmoid": sigmoid, **values}
    exec("\n".join(statements), values)
    return eval(formula, values)
