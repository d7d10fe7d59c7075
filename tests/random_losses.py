"""Random losses of the language, as NumPy text: what `derive` is tried on beside real ones."""

import numpy as np
from numpy_text import run

from wuv.algebra import gradient, read_numpy

SIZES = ("m", "n", "k")
NAMES = {("m", "n"): "A", ("n", "m"): "B", ("m", "m"): "C", ("n", "n"): "D", ("n", "k"): "E",
         ("m", 1): "a", ("n", 1): "b", ("m",): "x", ("n",): "y", ("k",): "z", (): "t",
         ("k", "k"): "F", ("k", "m"): "G", ("k", "n"): "H", ("m", "k"): "M", ("k", 1): "c",
         (1, "m"): "p", (1, "n"): "q", (1, "k"): "s"}  # fmt: skip
SHAPES = "; ".join(f"{name}:{','.join(map(str, shape))}" for shape, name in NAMES.items())
FUNCTIONS = ("np.exp", "np.tanh", "np.sin", "np.cos", "np.abs", "sigmoid", "np.square", "-")
POSITIVE = ("np.log", "np.sqrt")


def random_loss(draw, depth=4):
    """Return the text of a loss; ``draw`` is a `random.Random`."""
    return _Loss(draw).make((), depth)


def point(seed, m=2, n=3, k=4):
    """Return an array for every name, positive, the square ones far from singular."""
    draw, sizes = np.random.default_rng(seed), {"m": m, "n": n, "k": k}
    found = {}
    for shape, name in NAMES.items():
        values = draw.uniform(0.2, 1.2, [sizes.get(x, x) for x in shape])
        square = len(shape) == 2 and shape[0] == shape[1]
        found[name] = values + 3 * np.eye(len(values)) if square else values
    return found | {"t": float(found["t"])}


def is_gradient(text, loss, wrt, values):
    """Return whether real NumPy makes of a derived text what the loss's own slopes are."""
    found = np.asarray(run(text, values), dtype=float)
    wanted = np.asarray(gradient(read_numpy(loss), values, wrt, work=10**7), dtype=float)
    near = 1e-9 * max(1, np.abs(wanted).max())
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=1e-6, atol=near)


class _Loss:
    def __init__(self, draw):
        self.draw = draw

    def shape(self, dimensions=(1, 2, 2)):
        found = []
        for _ in range(self.draw.choice(dimensions)):
            found.append(self.draw.choice((*SIZES, 1) if found else SIZES))
        return tuple(found)

    def leaf(self, shape):
        if shape == ():
            return self.draw.choice(["t", "t", "2", "0.5", "3", "len(x)", "A.shape[1]"])
        if shape == (1, 1):
            return "np.ones((1, 1))"
        if self.draw.random() < 0.1:
            return self.filled(shape)
        return NAMES.get(shape) or self.filled(shape)

    def filled(self, shape):
        sizes = {"m": "len(x)", "n": "len(y)", "k": "len(z)", 1: "1"}
        if len(shape) == 2 and shape[0] == shape[1]:
            return f"np.eye({sizes[shape[0]]})"
        text = ", ".join(sizes[s] for s in shape)
        return f"np.ones(({text},))" if len(shape) == 1 else f"np.ones(({text}))"

    def make(self, shape, depth):
        if depth <= 0:
            return self.leaf(shape)
        ways = [self.sum, self.sum, self.entrywise, self.function, self.scaled]
        if shape == ():
            ways += [self.reduced] * 6 + [self.product_number]
        else:
            ways += [self.matmul] * 4 + [self.stretched]
        if len(shape) == 2:
            ways += [self.transposed, self.outer]
        if len(shape) == 2 and shape[0] == shape[1]:
            ways += [self.square]
        if len(shape) == 1:
            ways += [self.total, self.flat]
        return self.draw.choice(ways)(shape, depth - 1)

    def sum(self, shape, depth):
        sign = self.draw.choice("+-")
        return f"({self.make(shape, depth)} {sign} {self.make(shape, depth)})"

    def entrywise(self, shape, depth):
        sign = self.draw.choice("**/")
        below = self.make(shape, depth)
        if sign == "/":
            below = f"(2 + {below}**2)"
        return f"({self.make(shape, depth)} {sign} {below})"

    def scaled(self, shape, depth):
        return f"({self.make((), depth)} * {self.make(shape, depth)})"

    def stretched(self, shape, depth):
        small = () if len(shape) == 1 else self.draw.choice([(), shape[1:], (shape[0], 1)])
        return f"({self.make(shape, depth)} {self.draw.choice('+-*')} {self.make(small, depth)})"

    def function(self, shape, depth):
        if self.draw.random() < 0.3:
            return f"{self.draw.choice(POSITIVE)}(1 + {self.make(shape, depth)}**2)"
        if self.draw.random() < 0.3:
            return f"({self.make(shape, depth)})**{self.draw.choice((2, 3))}"
        return f"{self.draw.choice(FUNCTIONS)}({self.make(shape, depth)})"

    def matmul(self, shape, depth):
        inner = self.draw.choice(SIZES)
        if len(shape) == 1:
            if self.draw.random() < 0.5:
                return f"({self.make((*shape, inner), depth)} @ {self.make((inner,), depth)})"
            return f"({self.make((inner,), depth)} @ {self.make((inner, *shape), depth)})"
        rows, columns = shape
        return f"({self.make((rows, inner), depth)} @ {self.make((inner, columns), depth)})"

    def transposed(self, shape, depth):
        return f"({self.make(shape[::-1], depth)}).T"

    def outer(self, shape, depth):
        return f"np.outer({self.make(shape[:1], depth)}, {self.make(shape[1:], depth)})"

    def square(self, shape, depth):
        inside = self.make(shape, depth)
        return self.draw.choice([
            f"np.linalg.inv(9 * {self.filled(shape)} + {inside})",
            f"np.linalg.matrix_power({inside}, 2)",
            f"np.diag({self.make(shape[:1], depth)})",
        ])  # fmt: skip

    def total(self, shape, depth):
        word, other = self.draw.choice(("sum", "mean")), self.draw.choice(SIZES)
        if self.draw.random() < 0.5:
            return f"np.{word}({self.make((*shape, other), depth)}, axis=1)"
        return f"np.{word}({self.make((other, *shape), depth)}, axis=0)"

    def flat(self, shape, depth):
        if self.draw.random() < 0.3:
            return f"np.diag({self.make(shape * 2, depth)})"
        if self.draw.random() < 0.5:
            return f"({self.make((self.draw.choice(SIZES), *shape), depth)})[0]"
        return f"({self.make((*shape, 1), depth)}).ravel()"

    def product_number(self, shape, depth):
        size = self.draw.choice(SIZES)
        return f"({self.make((size,), depth)} @ {self.make((size,), depth)})"

    def reduced(self, shape, depth):
        inside = self.shape()
        text = self.make(inside, depth)
        size = self.draw.choice(SIZES)
        return self.draw.choice([
            f"np.sum({text})", f"np.mean({text})", f"np.linalg.norm({text})**2",
            f"np.linalg.norm({text})", f"({text}).sum()",
            f"np.trace({self.make((size, size), depth)})",
            f"np.linalg.det({self.make((size, size), depth)})",
            f"np.vdot({text}, {self.make(inside, depth)})",
            f"np.sum(np.kron({self.make((size, 1), depth)}, {self.make((size, size), depth)})**2)",
            f"np.sum(({self.make((size, 'n'), depth)}).reshape(-1, 1, order='F')**2)",
            f"float(({self.make((1, size), depth)} @ {self.make((size, 1), depth)})[0, 0])",
            f"({self.make((size,), depth)})[0]",
        ])  # fmt: skip
