"""Shapes: which products exist, and the two readings of a product."""

from itertools import pairwise

import numpy as np

from wuv.worksheet import asking as ask
from wuv.worksheet.keys import WrongKey, agreed
from wuv.worksheet.record import Question, Table
from wuv.worksheet.written import (
    array,
    column,
    columns_meet,
    dot,
    factor,
    number,
    outer,
    rows_meet,
    total,
)

AIM = "See at a glance which products exist, and read a product in two ways."
NONE = "does not exist"
NO_ERROR = "An error would be a kindness: NumPy stretches both without a word."
TRANSPOSED = {
    "eq-shapes-transpose-entries": ("entry $(j, i)$ of $AB$", "numbers may change places"),
    "eq-shapes-transpose": ("the same for all $i$ and $j$",),
}
FROBENIUS = {
    "eq-shapes-frobenius": (
        "multiply entry by entry, add",
        "columns of $A$ meet those of $B$ on the diagonal",
    ),
    "eq-shapes-sandwich": ("entry $(i, j)$ of $ab^{\\mathsf T}$ is $a_i b_j$",),
}
GENERAL = dict.fromkeys("ABC", ("m", "n")) | {"a": ("m", 1), "b": ("n", 1)}


def _factor(text, arrays):
    name, transposed = text.removesuffix("'"), text.endswith("'")
    return arrays[name].T if transposed else arrays[name]


def _latex(product):
    return "".join(x[0] + (r"^{\mathsf T}" if x.endswith("'") else "") for x in product.split())


def fit_or_not(products, arrays):
    """Ask which products exist, and their shapes; NumPy is asked, too."""
    rows = []
    for product in products:
        factors = [_factor(x, arrays) for x in product.split()]
        sizes = [x.shape for x in factors]
        fits = all(a[1] == b[0] for a, b in pairwise(sizes))
        try:
            shape = np.linalg.multi_dot(factors).shape
        except ValueError:
            shape = None
        if (shape is not None) != fits:
            raise WrongKey(f"NumPy does not agree about {product}")
        size = NONE if not fits else "a number" if shape == (1, 1) else f"{shape[0]}×{shape[1]}"
        rows.append((f"${_latex(product)}$", " · ".join(f"{m}×{n}" for m, n in sizes), size))
    names = ", ".join(rf"${k}$ is ${x.shape[0]} \times {x.shape[1]}$" for k, x in arrays.items())
    table = Table(
        ("product", "sizes side by side", "shape of the result"),
        tuple(rows),
        cells=tuple((i, 1) for i in range(len(rows))),
        blank=frozenset((i, 2) for i in range(len(rows))),
        widths=(4, 6, 6),
        shown=0,
        asked=2,
        match=f"{names}. Which shape has each product?",
        never="7×7",
    )
    text = f"{names}. Write the sizes side by side, and the shape of each product, or “{NONE}”."
    return Question(text, table, len(rows))


def outer_product(r, u):
    """Ask for ruᵀ."""
    return ask.compute(
        r"Compute the outer product $ru^{\mathsf T}$.",
        {r"ru^{\mathsf T}": r @ u.T}, 2, 2,
        outer(r, u, r"ru^{\mathsf T}"),
    )  # fmt: skip


def level_1(draw):
    """Two readings of Wu and of Wᵀr, and the table of an outer product."""
    W, u, v = draw.problem(3, 2)
    r = W @ u - v
    products = draw.shuffled("products", ("r' u", "W r", "r u", "r' W", "u r'", "W' r", "u' W'"))
    products = (*sorted(products[:5], key=len), "r' r")
    meets = agreed(int((r.T @ (W @ u)).item()), int(((W.T @ r).T @ u).item()))
    mixed = total([rf"{number(x)} \cdot {column(c)}" for x, c in zip(u.flat, W.T, strict=True)])
    return {"W": W, "u": u, "r": r}, (
        fit_or_not(products, {"W": W, "u": u, "r": r}),
        ask.fill_in(
            r"Why does a transposed product turn round? Here $A$ is $m \times n$, and $B$ is "
            r"$n \times q$.",
            "shapes", TRANSPOSED, {"A": ("m", "n"), "B": ("n", "q")},
        ),
        ask.compute(
            "Compute $Wu$ twice: let each row of $W$ meet $u$, then mix the columns of $W$.",
            {"Wu": agreed(W @ u, sum(W[:, [j]] * u[j, 0] for j in range(2)))}, 3, 3,
            f"rows: {rows_meet(W, u)}", f"columns: ${mixed} = {column(W @ u)}$",
        ),
        ask.compute(
            r"Compute $W^{\mathsf T}r$: each column of $W$ meets $r$.",
            {r"W^{\mathsf T}r": W.T @ r}, 2, 2,
            columns_meet(W, r),
        ),
        ask.compute(
            r"Compute the two inner products $\langle r, Wu\rangle$ and "
            r"$\langle W^{\mathsf T}r, u\rangle$. They must be the same number: that is what a "
            "transpose is for.",
            {r"\langle r, Wu\rangle": meets, r"\langle W^{\mathsf T}r, u\rangle": meets}, 2, 2,
            f"${dot(r, W @ u)}$", f"${dot(W.T @ r, u)}$",
            follows={
                r"\langle r, Wu\rangle": (lambda y: (r.T @ y).item(), "Wu"),
                r"\langle W^{\mathsf T}r, u\rangle":
                (lambda g: (g.T @ u).item(), r"W^{\mathsf T}r"),
            },
        ),
        outer_product(r, u),
        ask.which(
            "In NumPy `W @ u` has the shape (3, 1), and `v` was read from a file as a flat array, "
            "shape (3,). What is the shape of `W @ u - v`?",
            {"(3, 1)": "It would be, if v were a column. Flat arrays are read as rows here.",
             "(3, 3)": "The flat array is read as a row, then both are stretched: every entry "
             "of v is subtracted from every entry of Wu, without a word.",
             "(3,)": "The column is not flattened: both are stretched to a table.",
             "an error": NO_ERROR},
            right=str(np.broadcast_shapes((3, 1), (3,))),
        ),
    )  # fmt: skip


def level_2(draw):
    """Three factors, the Frobenius inner product, and transposed products in numbers."""
    W, u, v = draw.problem(3, 2)
    r = W @ u - v

    def fits(P, Q):
        turns = ((P @ Q).T != P.T @ Q.T).any() and np.count_nonzero([P, Q]) >= 7
        return turns and round(np.linalg.det(P)) and round(np.linalg.det(Q))

    P, Q = draw.arrays("PQ", fits, P=(2, 2, 3), Q=(2, 2, 2))
    sizes = {"s": np.ones((4, 1)), "t": np.ones((3, 1)), "M": np.ones((4, 3))}
    products = draw.shuffled(
        "products", ("s' M t", "M t s'", "s t'", "s' t", "t' M'", "M s", "M' s t'", "t s' M", "M M")
    )
    products = tuple(sorted(products[:6], key=len))
    inner = agreed(int((r @ u.T * W).sum()), int((r.T @ W @ u).item()))
    pairs = zip((r @ u.T).flat, W.flat, strict=True)
    entries = total([rf"{number(x)} \cdot {factor(y)}" for x, y in pairs])
    return {"W": W, "u": u, "r": r, "P": P, "Q": Q}, (
        fit_or_not(products, sizes),
        ask.fill_in(
            r"The inner product of two matrices. Here $A$, $B$ and $C$ are any $m \times n$ "
            "matrices, $a$ is a column with $m$ entries and $b$ one with $n$.",
            "shapes", FROBENIUS, GENERAL,
        ),
        outer_product(r, u),
        ask.compute(
            r"Compute $\langle ru^{\mathsf T}, W\rangle_F$ entry by entry, and $r^{\mathsf T}Wu$. "
            "The first expects a table, the second a column: compare.",
            {r"\langle ru^{\mathsf T}, W\rangle_F": inner, r"r^{\mathsf T}Wu": inner}, 4, 4,
            f"${entries} = {inner}$", f"$Wu = {column(W @ u)}$, ${dot(r, W @ u)}$",
        ),
        ask.compute(
            r"For your square $P$ and $Q$ compute $PQ$, then $Q^{\mathsf T}P^{\mathsf T}$ and "
            r"$P^{\mathsf T}Q^{\mathsf T}$. Which of the two is $(PQ)^{\mathsf T}$?",
            {"PQ": P @ Q, r"Q^{\mathsf T}P^{\mathsf T}": agreed(Q.T @ P.T, (P @ Q).T),
             r"P^{\mathsf T}Q^{\mathsf T}": P.T @ Q.T}, 4, 4,
            rf"$(PQ)^{{\mathsf T}} = {array((P @ Q).T)} = Q^{{\mathsf T}}P^{{\mathsf T}}$",
        ),
        ask.which(
            "In NumPy `u` is a column, shape (2, 1), and a gradient came out as a row, shape "
            "(1, 2). What is the shape of `u - row`?",
            {"(2, 1)": "It would be, if the gradient were a column.",
             "(2, 2)": "Both are stretched: a table of differences. The next product may still "
             "run, with four numbers where there were two.",
             "(1, 2)": "The column does not lie down: both are stretched to a table.",
             "an error": NO_ERROR},
            right=str(np.broadcast_shapes((2, 1), (1, 2))),
        ),
    )  # fmt: skip
