r"""What this book's letters stand for, wherever a page says nothing else: one table.

The letters of `SHAPES` are never defined by an equation, they are what equations are about; those
of `DEFINITIONS` stand for a formula. A page may change both (`wuv.equations.notes`). For letters
that are not here, `wuv.algebra.names` has the convention: capitals are matrices, lower-case letters
columns, Greek letters numbers.
"""

SHAPES = "W: m,n; u: n,1; v: m,1; U: n,N; V: m,N; h:"
DEFINITIONS = {
    "r": r"Wu - v",
    "L": r"\lVert r\rVert^2",  # through r: so that ∂L/∂r is what it should be
    "R": r"WU - V",
}
LEARNING_RATE = "eta"
