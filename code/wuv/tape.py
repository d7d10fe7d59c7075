"""A tape: it records a computation forwards, and is read backwards for all gradients.

>>> from wuv.problems import case_a
>>> tape = Tape()
>>> W, u, v = (tape.variable(array) for array in case_a())
>>> L = (W @ u - v).sum_of_squares()
>>> tape.backward(L)
>>> print(L.value, u.grad.T, v.grad.T)
24 [[20 16]] [[-8 -4 -4]]

Beside each operation stands its vector–Jacobian product: what ∂L/∂(input) is, given s, which is
∂L/∂(output). It is the adjoint of the operation's differential (chapter `backpropagation`). Whole
numbers stay whole; no shape is stretched, since the adjoint of copying would be lost.
"""

import numpy as np

from wuv.shapes import ShapeError


class Node:
    """An array on a `Tape`: its ``value``, the ``inputs`` it was computed from, each with the
    vector–Jacobian product that leads there, and, after `Tape.backward`, its ``grad``, which has
    the shape of the value."""

    def __init__(self, tape, value, inputs):
        self.tape, self.value, self.inputs, self.grad = tape, np.asarray(value), inputs, None

    def __matmul__(self, other):
        A, B = self.value, other.value
        return self._then(
            A @ B,
            (self, lambda s: s @ B.T),
            (other, lambda s: A.T @ s),
        )

    def __add__(self, other):
        a, b = _alike(self, other)
        return self._then(a + b, (self, lambda s: s), (other, lambda s: s))

    def __sub__(self, other):
        a, b = _alike(self, other)
        return self._then(a - b, (self, lambda s: s), (other, lambda s: -s))

    def __mul__(self, other):
        a, b = _alike(self, other)
        return self._then(a * b, (self, lambda s: s * b), (other, lambda s: s * a))

    def relu(self):
        """Return max(z, 0), entry by entry; at 0 the slope is taken to be 0."""
        z = self.value
        return self._then(np.maximum(z, 0), (self, lambda s: s * (z > 0)))

    def tanh(self):
        """Return tanh z, entry by entry."""
        t = np.tanh(self.value)
        return self._then(t, (self, lambda s: s * (1 - t * t)))

    def sum_of_squares(self):
        """Return ‖z‖², the squares of all entries added up."""
        z = self.value
        return self._then((z * z).sum(), (self, lambda s: 2 * s * z))

    def _then(self, value, *inputs):
        return self.tape.record(value, *inputs)


class Tape:
    """The nodes of a computation, in the order in which they were computed.

    ``backward`` starts from a node that holds one number; for another it raises
    ``wuv.ShapeError``.
    """

    def __init__(self):
        self.nodes = []

    def record(self, value, *inputs):
        """Return a new node; each input is a node and the way back to it."""
        self.nodes.append(Node(self, value, inputs))
        return self.nodes[-1]

    def variable(self, value):
        """Return a node that was computed from nothing."""
        return self.record(value)

    def backward(self, loss):
        """Give every node its ``grad``: ∂loss/∂node."""
        _one_number(loss)
        for node in self.nodes:
            node.grad = np.zeros_like(node.value)
        loss.grad = np.ones_like(loss.value)
        for node in reversed(self.nodes):
            for source, vjp in node.inputs:
                source.grad = source.grad + vjp(node.grad)


def value_and_gradients(f, *arrays):
    """Return ``f(*nodes)`` and its gradients, each of the shape of its array, from one tape.

    ``f`` takes a node for each array and returns the node of the loss.
    """
    tape = Tape()
    nodes = [tape.variable(array) for array in arrays]
    loss = f(*nodes)
    tape.backward(loss)
    return loss.value[()], [node.grad for node in nodes]


def _one_number(loss):
    if loss.value.size != 1:
        raise ShapeError(
            f"the loss has shape {loss.value.shape}; backward starts from one number, such as "
            "residual.sum_of_squares()"
        )


def _alike(first, second):
    """Return both values, which must have one shape."""
    a, b = first.value, second.value
    if a.shape != b.shape:
        raise ShapeError(
            f"the shapes are {a.shape} and {b.shape}; the tape stretches nothing: to copy a column "
            "N times, multiply it by a row of ones, b @ tape.variable(np.ones((1, N)))"
        )
    return a, b
