"""Shapes: which products exist, and the two readings of a product."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from wuv.worksheet.asking import columns_meet, fill_in, outer, rows_meet
from wuv.worksheet.derivations import left_blank
from wuv.worksheet.record import Choice, Entry, Numbers, Option, Question, Table, WrongKey, agreed
from wuv.worksheet.written import array, column, dot, number, total

AIM = "See at a glance which products exist, and read a product in two ways."
NONE = "does not exist"
TRANSPOSED = {
    "eq-shapes-transpose-entries": (
        "entry $(j, i)$ of $AB$",
        "numbers may change places",
    ),
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


def fit_or_not(products, arrays, blanks, draw):
    """Ask which products exist, and their shapes; NumPy is asked, too."""
    rows = []
    for product in products:
        factors = [_factor(x, arrays) for x in product.split()]
        sizes = [x.shape for x in factors]
        fits = all(a[1] == b[0] for a, b in pairwise(sizes))
        try:
            found = np.linalg.multi_dot(factors).shape if len(factors) > 1 else sizes[0]
        except ValueError:
            found = None
        if (found is not None) != fits:
            raise WrongKey(f"NumPy does not agree about {product}")
        shape = (
            NONE if found is None else "a number" if found == (1, 1) else "×".join(map(str, found))
        )
        rows.append((f"${_latex(product)}$", " · ".join(f"{m}×{n}" for m, n in sizes), shape))
    cells = [(i, 1) for i in range(len(rows))]
    blank = left_blank(cells, blanks, draw) | {(i, 2) for i in range(len(rows))}
    table = Table(
        ("product", "sizes side by side", "shape of the result"),
        tuple(rows),
        frozenset(blank),
        widths=(4, 6, 6),
        shown=0,
        asked=2,
        match="Which shape has each product?",
        never="7×7",
    )
    names = ", ".join(rf"${k}$ is ${x.shape[0]} \times {x.shape[1]}$" for k, x in arrays.items())
    return Question(
        f"{names}. Write the sizes side by side, and the shape of each product, or “{NONE}”.",
        replace(table, match=f"{names}. {table.match}"),
        len(rows),
    )


def broadcast(text, left, right, options):
    """Ask what NumPy makes of a difference of two shapes; ``options`` are {text: feedback}."""
    found = str(np.broadcast_shapes(left, right))
    if found not in options:
        raise WrongKey(f"{found} is not among the options")
    made = tuple(Option(k, k == found, why) for k, why in options.items())
    return Question(text, Choice(made), 2)


def level_1(draw, blanks):
    """Two readings of Wu and of Wᵀr, and the table of an outer product."""
    W, u, v = draw.problem(3, 2)
    r = W @ u - v
    products = draw.shuffled("products", ("r' u", "W r", "r u", "r' W", "u r'", "W' r", "u' W'"))
    products = (*sorted(products[:5], key=len), "r' r")
    meets = agreed(int((r.T @ (W @ u)).item()), int(((W.T @ r).T @ u).item()))
    mixed = total([rf"{number(x)} \cdot {column(c)}" for x, c in zip(u.flat, W.T, strict=True)])
    return {"W": W, "u": u, "r": r}, (
        fit_or_not(products, {"W": W, "u": u, "r": r}, blanks, draw),
        fill_in(r"Why does a transposed product turn round? Here $A$ is $m \times n$, and $B$ is "
                r"$n \times q$.",
                "shapes", TRANSPOSED, {"A": ("m", "n"), "B": ("n", "q")}, blanks, draw),
        Question(
            "Compute $Wu$ twice: let each row of $W$ meet $u$, then mix the columns of $W$.",
            Numbers((Entry("Wu", agreed(W @ u, sum(W[:, [j]] * u[j, 0] for j in range(2)))),), 3),
            3,
            (f"rows: {rows_meet(W, u)}", f"columns: ${mixed} = {column(W @ u)}$"),
        ),
        Question(
            r"Compute $W^{\mathsf T}r$: each column of $W$ meets $r$.",
            Numbers((Entry(r"W^{\mathsf T}r", W.T @ r),), 2),
            2,
            (columns_meet(W, r),),
        ),
        Question(
            r"Compute the two inner products $\langle r, Wu\rangle$ and "
            r"$\langle W^{\mathsf T}r, u\rangle$. They must be the same number: that is what a "
            "transpose is for.",
            Numbers((Entry(r"\langle r, Wu\rangle", meets),
                     Entry(r"\langle W^{\mathsf T}r, u\rangle", meets)), 2),
            2,
            (f"${dot(r, W @ u)}$", f"${dot(W.T @ r, u)}$"),
        ),
        Question(
            r"Compute the outer product $ru^{\mathsf T}$.",
            Numbers((Entry(r"ru^{\mathsf T}", r @ u.T),), 2),
            2,
            (outer(r, u, r"ru^{\mathsf T}"),),
        ),
        broadcast(
            "In NumPy `W @ u` has the shape (3, 1), and `v` was read from a file as a flat array, "
            "shape (3,). What is the shape of `W @ u - v`?",
            (3, 1),
            (3,),
            {
                "(3, 1)": "It would be, if v were a column. Flat arrays are read as rows here.",
                "(3, 3)": "The flat array is read as a row, then both are stretched: every entry "
                "of v is subtracted from every entry of Wu, without a word.",
                "(3,)": "The column is not flattened: both are stretched to a table.",
                "an error": "An error would be a kindness: NumPy stretches both without a word.",
            },
        ),
    )  # fmt: skip


def level_2(draw, blanks):
    """Three factors, the Frobenius inner product, and transposed products in numbers."""
    W, u, v = draw.problem(3, 2)
    r = W @ u - v

    def pair(k):
        return draw.integers(f"{k}|P", (2, 2), 3), draw.integers(f"{k}|Q", (2, 2), 2)

    P, Q = draw.first(
        "PQ",
        pair,
        lambda p: round(np.linalg.det(p[0])) and round(np.linalg.det(p[1]))
        and ((p[0] @ p[1]).T != p[0].T @ p[1].T).any() and np.count_nonzero(p) >= 7,
    )  # fmt: skip
    sizes = {"s": np.ones((4, 1)), "t": np.ones((3, 1)), "M": np.ones((4, 3))}
    products = draw.shuffled(
        "products", ("s' M t", "M t s'", "s t'", "s' t", "t' M'", "M s", "M' s t'", "t s' M", "M M")
    )
    products = tuple(sorted(products[:6], key=len))
    inner = agreed(int((r @ u.T * W).sum()), int((r.T @ W @ u).item()))
    entries = total([rf"{number(x)} \cdot {number(y) if y >= 0 else f'({number(y)})'}"
                     for x, y in zip((r @ u.T).flat, W.flat, strict=True)])  # fmt: skip
    return {"W": W, "u": u, "r": r, "P": P, "Q": Q}, (
        fit_or_not(products, sizes, blanks, draw),
        fill_in(r"The inner product of two matrices. Here $A$, $B$ and $C$ are any $m \times n$ "
                "matrices, $a$ is a column with $m$ entries and $b$ one with $n$.",
                "shapes", FROBENIUS, GENERAL, blanks, draw),
        Question(
            r"Compute the outer product $ru^{\mathsf T}$.",
            Numbers((Entry(r"ru^{\mathsf T}", r @ u.T),), 2),
            2,
            (outer(r, u, r"ru^{\mathsf T}"),),
        ),
        Question(
            r"Compute $\langle ru^{\mathsf T}, W\rangle_F$ entry by entry, and $r^{\mathsf T}Wu$. "
            "The first expects a table, the second a column: compare.",
            Numbers((Entry(r"\langle ru^{\mathsf T}, W\rangle_F", inner),
                     Entry(r"r^{\mathsf T}Wu", inner)), 4),
            4,
            (f"${entries} = {inner}$", f"$Wu = {column(W @ u)}$, ${dot(r, W @ u)}$"),
        ),
        Question(
            r"For your square $P$ and $Q$ compute $PQ$, then $Q^{\mathsf T}P^{\mathsf T}$ and "
            r"$P^{\mathsf T}Q^{\mathsf T}$. Which of the two is $(PQ)^{\mathsf T}$?",
            Numbers((Entry("PQ", P @ Q),
                     Entry(r"Q^{\mathsf T}P^{\mathsf T}", agreed(Q.T @ P.T, (P @ Q).T)),
                     Entry(r"P^{\mathsf T}Q^{\mathsf T}", P.T @ Q.T)), 4),
            4,
            (rf"$(PQ)^{{\mathsf T}} = {array((P @ Q).T)} = Q^{{\mathsf T}}P^{{\mathsf T}}$",),
        ),
        broadcast(
            "In NumPy `u` is a column, shape (2, 1), and a gradient came out as a row, shape "
            "(1, 2). What is the shape of `u - row`?",
            (2, 1),
            (1, 2),
            {
                "(2, 1)": "It would be, if the gradient were a column.",
                "(2, 2)": "Both are stretched: a table of differences. The next product may still "
                "run, with four numbers where there were two.",
                "(1, 2)": "The column does not lie down: both are stretched to a table.",
                "an error": "An error would be a kindness: NumPy stretches both without a word.",
            },
        ),
    )  # fmt: skip


LEVELS = {1: level_1, 2: level_2}
