"""Writes the lines of a derivation, with letters for their parts.

>>> from wuv import derive
>>> for step in derive("r @ r where r = X @ w - y", "w", "X:n,d; w:d; y:n").steps:
...     print(" = ".join(step.sides()))
L = rᵀr
r = Xw − y
dL = ⟨2r, dr⟩
dL = ⟨2r, X dw⟩
dL = ⟨2Xᵀr, dw⟩
∇_w L = 2Xᵀr
"""

from wuv.algebra import AlgebraError, free_names, to_arrays, to_latex, to_numpy, walk
from wuv.algebra.names import latex_name
from wuv.algebra.size import letters_of
from wuv.algebra.tree import name
from wuv.derivation.engine import Line, NoRule, settled
from wuv.derivation.parts import defined, named, parts
from wuv.derivation.record import Step, shapes_of

PART = ("part",)


class Written:
    """Writes formulas with letters for their parts, each letter once it was said what it is."""

    def __init__(self, given, gradients, lines, x):
        taken = {*given.shapes, *letters_of(*given.shapes.values()), given.letter}
        self.known = parts(gradients, lines, given.named, taken)
        self.given, self.x, self.said = given, x, dict(given.named)
        flat = any(len(shape) == 1 for shape in given.shapes.values())
        self.shapes = dict(given.shapes) | {
            k: tree.shape[:1] if flat and tree.shape[1:] == (1,) else tree.shape
            for k, tree in self.known.items()
        }

    def step(self, left, line, moves=False):
        """Return the step of a line."""
        formula = line.formula if line.kinds == PART else named(line.formula, self.said)
        said, shapes = dict(self.said), shapes_of(line.formula)

        def numpy():
            return self.numpy(line.formula, said, moves)

        return Step(left, formula, line.kinds, line.reason, shapes, self.shapes, numpy)

    def own_letters(self):
        """Return the steps that say what the letters of the text are, which the loss has."""
        return [self.letter(k, "as the text says") for k in self.known if k in self.given.named]

    def new_letters(self, formula):
        """Return the steps that say what the letters in a formula are that were not met before."""
        met = set(walk(formula))
        new = [k for k, tree in self.known.items() if k not in self.said and tree in met]
        return [self.letter(k, "a letter for what is met again") for k in new]

    def letter(self, letter, why):
        """Return the step that says what a letter stands for."""
        tree = self.known[letter]
        line = Line(defined(letter, self.known), PART, why)
        step = self.step(name(letter).with_(shape=tree.shape), line)
        self.said[letter] = tree
        return step

    def numpy(self, formula, said, moves=False):
        """Return NumPy text in which all changes are those of the variable; None where it has no
        spelling there, and is shown as LaTeX alone."""
        try:
            moved = settled(formula, self.x) if moves else formula
            if moved is not None:
                changes = {f"d{k}": v for k, v in self.shapes.items() if f"d{k}" not in self.shapes}
                return to_numpy(named(moved, said), self.shapes | changes, book=True)
        except (AlgebraError, NoRule):
            pass
        return None

    def code(self, gradient, shape):
        """Return the statements that compute a gradient of a shape, the last one without a name."""

        def text(shape, tree):
            inside = {k: self.shapes[k] for k in free_names(tree) if k in self.known}
            shapes = {**self.given.shapes, **inside}
            return to_numpy(to_arrays(tree, shapes, book=True, shape=shape), book=False)

        said = [f"{k} = {text(self.shapes[k], tree)}" for k, tree in self.definitions(gradient)]
        return "\n".join([*said, text(shape, named(gradient, self.known))])

    def where(self, gradient):
        """Return in LaTeX what the letters in a gradient stand for."""
        said = [
            f"{latex_name(k, self.shapes)} = {to_latex(tree, self.shapes, fits=False, book=True)}"
            for k, tree in self.definitions(gradient)
        ]
        return rf" \quad\text{{with }} {', '.join(said)}" if said else ""

    def definitions(self, gradient):
        """Return the letters that a gradient needs, each with what it stands for."""
        met = set(walk(gradient))
        return [(k, defined(k, self.known)) for k, tree in self.known.items() if tree in met]
