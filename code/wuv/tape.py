"""A tape: it records a computation forwards, and is read backwards for all gradients.

>>> from wuv.problems import case_a
>>> tape = Tape()
>>> W, u, v = (tape.variable(array) for array in case_a())
>>> L = (W @ u - v).sum_of_squares()
>>> tape.backward(L)
>>> print(L.value, u.grad.T, v.grad.T)
24 [[20 16]] [[-8 -4 -4]]

Beside each operation stands its vector–Jacobian product: given s, which is ∂L/∂(output), it says
what that contributes to ∂L/∂(input). It is the adjoint of the operation's differential (chapter
`backpropagation`). Whole numbers stay whole. No shape is stretched, since the adjoint of copying
would be lost, and ``@`` wants two axes, since a flat array has no transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from wuv.shapes import Array, Number, ShapeError, array

Input: TypeAlias = "tuple[Node, Callable[[Array], Array]]"


class Node:
    """An array on a `Tape`.

    ``value`` is the array, ``tape`` where it stands; after `Tape.backward`, ``grad`` is ∂L/∂value,
    in the shape of the value. ``inputs`` are pairs: a node it was computed from, and the
    vector–Jacobian product that leads there.

    Nodes of one tape have ``A @ B``, and, for equal shapes, ``a + b``, ``a - b`` and ``a * b``
    (entry by entry). What is not on the tape is put there by `Tape.variable`.
    """

    def __init__(self, tape: Tape, value: ArrayLike, inputs: Sequence[Input]) -> None:
        self.tape, self.value, self.inputs = tape, np.asarray(value), inputs
        self.grad: Any = None

    def __matmul__(self, other: Node) -> Node:
        A, B = _matrices(self, other)
        return self._then(
            A @ B,
            (self, lambda s: s @ B.T),
            (other, lambda s: A.T @ s),
        )

    def __add__(self, other: Node) -> Node:
        a, b = _alike(self, other)
        return self._then(a + b, (self, lambda s: s), (other, lambda s: s))

    def __sub__(self, other: Node) -> Node:
        a, b = _alike(self, other)
        return self._then(a - b, (self, lambda s: s), (other, lambda s: -s))

    def __mul__(self, other: Node) -> Node:
        a, b = _alike(self, other)
        return self._then(a * b, (self, lambda s: s * b), (other, lambda s: s * a))

    def relu(self) -> Node:
        """Return max(z, 0), entry by entry; at 0 the slope is taken to be 0."""
        z = self.value
        return self._then(np.maximum(z, 0), (self, lambda s: s * (z > 0)))

    def tanh(self) -> Node:
        """Return tanh z, entry by entry."""
        t = np.tanh(self.value)
        return self._then(t, (self, lambda s: s * (1 - t * t)))

    def sum_of_squares(self) -> Node:
        """Return ‖z‖², the squares of all entries added up."""
        z = self.value
        return self._then((z * z).sum(), (self, lambda s: 2 * s * z))

    def _then(self, value, *inputs):
        return self.tape.record(value, *inputs)


class Tape:
    """The ``nodes`` of a computation, in the order in which they were computed.

    ``backward`` starts from a node that holds one number; for another it raises
    ``wuv.ShapeError``, and for a node of another tape ``ValueError``.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def record(self, value: ArrayLike, *inputs: Input) -> Node:
        """Return a new node; each input is a pair, a node and the way back to it."""
        self.nodes.append(Node(self, value, inputs))
        return self.nodes[-1]

    def variable(self, value: ArrayLike) -> Node:
        """Return a node that holds a copy of an array and was computed from nothing.

        Raises what `wuv.shapes.array` raises for what is no array of numbers.
        """
        return self.record(array("a variable", value).copy())

    def backward(self, loss: Node) -> None:
        """Give every node its ``grad``: the gradient of the loss in its value."""
        _check_start(self, loss)
        for node in self.nodes:
            node.grad = np.zeros_like(node.value)
        loss.grad = np.ones_like(loss.value)
        for node in reversed(self.nodes):
            for source, vjp in node.inputs:
                source.grad = source.grad + vjp(node.grad)


def value_and_gradients(f: Callable[..., Node], *arrays: ArrayLike) -> tuple[Number, list[Array]]:
    """Return a pair: the loss, a number, and the list of its gradients, one for each array.

    ``f`` takes a `Node` for each array, all on one new tape, and returns the node of the loss.

    >>> value_and_gradients(lambda u: u.sum_of_squares(), [[1], [2]])[1]
    [array([[2],
           [4]])]
    """
    tape = Tape()
    nodes = [tape.variable(array) for array in arrays]
    loss = f(*nodes)
    tape.backward(loss)
    return loss.value[()], [node.grad for node in nodes]


def _check_start(tape, loss):
    if loss.tape is not tape:
        raise ValueError("the loss is on another tape; read that one backwards")
    if loss.value.size != 1:
        raise ShapeError(
            f"the loss has shape {loss.value.shape}; backward starts from one number, such as "
            "residual.sum_of_squares()"
        )


def _values(first, second):
    """Return both values; both must be nodes of one tape."""
    if not isinstance(second, Node):
        kind = type(second).__name__
        raise TypeError(f"this {kind} is not on the tape; put it there with tape.variable(…)")
    if second.tape is not first.tape:
        raise ValueError("the two are on different tapes; make both variables of one")
    return first.value, second.value


def _matrices(first, second):
    """Return both values, which must have two axes each."""
    for value in (values := _values(first, second)):
        if value.ndim != 2:
            raise ShapeError(
                f"a factor of @ has shape {value.shape}; on a tape it needs rows and columns: "
                "make a flat array a column, u.reshape(-1, 1)"
            )
    return values


def _alike(first, second):
    """Return both values, which must have one shape."""
    a, b = _values(first, second)
    if a.shape != b.shape:
        raise ShapeError(
            f"the shapes are {a.shape} and {b.shape}; the tape stretches nothing: to copy a column "
            "N times, multiply it by a row of ones, b @ tape.variable(np.ones((1, N)))"
        )
    return a, b
