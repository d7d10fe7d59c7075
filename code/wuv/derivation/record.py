r"""What a derivation is: the loss, the steps with their reasons, and the gradient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from wuv.algebra import Expr, free_names, terms, to_latex, to_text
from wuv.algebra.names import latex_name
from wuv.algebra.size import Shape, letters_of, shape_text
from wuv.derivation.listings import listing
from wuv.derivation.numeric import function
from wuv.derivation.program import Program, Result, program
from wuv.shapes import Array, Number

OWN = "L = ‖Wu − v‖², with W m×n, u n×1, v m×1"  # how this book's loss is read


@dataclass(frozen=True)
class Step:
    """One line: ``left = formula``, why it follows from the line above, and its shapes.

    ``kinds`` say what happened: "loss" in the first line, "gradient" in the last; between them
    those of `wuv.derivation.rules.REASONS`, and "residual", "moving", "crossing" and the like.
    ``numpy`` is the formula in NumPy, where du is an array that holds the change of u. Each line
    was evaluated at the points of `wuv.derivation.trials` before it was kept.
    """

    left: Expr
    formula: Expr
    kinds: tuple[str, ...]
    reason: str
    shapes: str
    names: Mapping[str, Shape]
    write_numpy: Callable[[], str | None] = field(repr=False, compare=False)

    @cached_property
    def numpy(self) -> str | None:
        """The formula in NumPy, or None where that has no spelling for it."""
        return self.write_numpy()

    @property
    def words(self) -> str:
        """The reason as plain text."""
        return self.reason.replace("`", "")

    def sides(self, write: Callable[..., str] = to_text, sizes: bool = False) -> list[str]:
        """Return both sides, as `wuv.algebra.to_text` or `wuv.algebra.to_latex` writes them; with
        ``sizes`` below the factors of the formula."""
        left = write(self.left, self.names, fits=False, book=True)
        return [left, write(self.formula, self.names, fits=False, book=True, sizes=sizes)]

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return self.sides(to_latex)[1]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found of a loss, and how; in a notebook it shows itself.

    ``loss`` is the text, ``wrt`` the variable, or several with commas; ``shapes`` has those of all
    names in the loss. ``results`` are the loss as a textbook has it and what was found, and
    ``steps`` the lines. ``read_as`` says what was made of the loss; it is printed for another one
    than this book's. ``called`` has the parts that the loss itself gave a name. With ``sizes``
    those of the factors stand below them.
    """

    loss: str
    wrt: str
    results: tuple[Result, ...]
    shapes: Mapping[str, Shape]
    steps: tuple[Step, ...]
    read_as: str = ""
    called: Mapping[str, Expr] = field(default_factory=dict)
    kind: str = "gradient"
    sizes: bool = False

    def aligned(self) -> str:
        """Return the derivation as LaTeX ``aligned`` rows, each with its reason."""
        rows, above = [], None
        for step in self.steps:
            left, right = step.sides(to_latex, self.sizes)
            left = "" if step.left == above else f"{left} "
            rows.append(f"{left}&= {right} && {_reason(step.reason, self.shapes)}")
            above = step.left
        inside = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"

    def _repr_latex_(self):
        return f"$\\displaystyle {self.aligned()}$"

    def __str__(self) -> str:
        sides = [step.sides(sizes=self.sizes) for step in self.steps]
        width = max(len(left) for left, _ in sides)
        column = min(max(len(x) for _, right in sides for x in right.splitlines()), 46)
        lines, above = [], None
        for step, (left, right) in zip(self.steps, sides, strict=True):
            text, *below = right.splitlines()
            shown = "" if step.left == above else left
            shapes = "" if self.sizes else f"  [{step.shapes}]"
            lines.append(f"{shown:<{width}} = {text:<{column}}   {step.words}{shapes}")
            lines += [f"{'':<{width}}   {x}" for x in below]
            above = step.left
        said = [] if self.read_as == f"Read as {OWN}." else [self.read_as, ""]
        return "\n".join([*said, *lines, "", f"numpy: {self.program_text}"])

    @property
    def program_text(self) -> str:
        """The answer alone, as NumPy text."""
        return ""

    @cached_property
    def program(self) -> Program:
        """The value and the gradient, with what they share computed once."""
        return program(self.results, self.arguments, self.called)

    @property
    def arguments(self) -> Mapping[str, Shape]:
        """The names that all results are computed from, with their shapes."""
        variables = self.wrt.split(", ")
        changes = {f"d{x}": self.shapes[x] for x in variables if self.kind == "change"}
        met = {*variables, *(x for found in self.results for x in free_names(found.formula))}
        met -= {*changes}
        for letter in met - {*self.shapes}:  # a size: some array has to tell it
            if not any(letter in letters_of(*self.shapes[k]) for k in met & {*self.shapes}):
                met |= {next(k for k, s in self.shapes.items() if letter in letters_of(*s))}
        return {k: s for k, s in self.shapes.items() if k in met} | changes

    def function(self) -> Callable[..., tuple[Number | Array, ...]]:
        """Return a function of the arrays in the loss, by place or by name, that returns the value
        of the loss and its gradient, what both need computed once. Of a Hessian it returns the
        gradient, too; of a change it takes dX as well.

        It computes in floating point with NumPy, refuses shapes that do not fit with a
        ``ShapeError``, and was never text: nothing is executed. Its docstring tells the shapes.
        """
        return function(self.program, self._name, self._doc)

    def code(self, language: str = "numpy") -> str:
        """Return the text of a function that returns the value and the gradient, for "numpy",
        "jax", "pytorch", "julia" (columns are vectors) or "matlab" (Octave, too), or the lines of
        it in "latex"; common parts are computed once, under a name.

        Raises ``ValueError`` for another language, and `wuv.algebra.Unwritable` for what a language
        has no spelling for.
        """
        return listing(self.program, self._name, self._doc, language)

    @property
    def _name(self):
        return f"value_and_{self.kind.lower()}"

    @property
    def _doc(self):
        letter, loss = self.steps[0].left.data, self.steps[0].sides()[1]
        what = {"Hessian": "gradient and Hessian"}.get(self.kind, self.kind)
        what += "s" * ("," in self.wrt)
        shapes = ", ".join(f"{k} {shape_text(s)}" for k, s in self.arguments.items())
        return f"{letter} = {loss} and its {what} in {self.wrt}; {shapes}."

    @property
    def _answer(self) -> dict[str, object]:
        return {}

    def to_dict(self) -> dict[str, object]:
        """Return what ``python -m wuv derive --json`` prints."""
        return {
            "loss": self.loss,
            "read_as": self.read_as,
            "wrt": self.wrt,
            **self._answer,
            "steps": [
                {
                    "latex": " = ".join(s.sides(to_latex)),
                    "numpy": s.numpy,
                    "reason": s.words,
                    "shapes": s.shapes,
                }
                for s in self.steps
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Derivation(Found):
    """A gradient, and how it was found; in a notebook it shows itself.

    ``gradient`` is the formula, ``numpy`` and ``latex`` its text, ``shape`` its shape; ``shapes``
    has those of all names in ``loss``, and ``steps`` are the lines, first the loss, last the
    gradient. ``results`` are the loss as a textbook has it and the gradient. The ``kind`` is
    "gradient", or what else ``gradient`` is: a "Jacobian", a "Hessian", the "derivative" of an
    array in a number, or a "change", a formula in which dX, the change of X, stands. The gradient
    in a matrix that is assumed to be symmetric has ``conventions``, the text of other ones.
    ``read_as`` says what was made of the loss; it is printed for another one than this book's.

    >>> from wuv import derive
    >>> found = derive("np.linalg.norm(W @ u - v)**2", "u")
    >>> found.numpy
    '2 * W.T @ (W @ u - v)'
    >>> print(found)
    L     = ‖Wu − v‖²                the loss  [a number]
    dL    = ⟨2(Wu − v), d(Wu − v)⟩   the slope of a square  [⟨m×1, m×1⟩]
          = ⟨2(Wu − v), W du⟩        the residual moves with u  [⟨m×1, m×1⟩]
          = ⟨2Wᵀ(Wu − v), du⟩        W crosses the inner product, as its transpose  [⟨n×1, n×1⟩]
    ∇_u L = 2Wᵀ(Wu − v)              the gradient is what is paired with du  [n×1]
    <BLANKLINE>
    numpy: 2 * W.T @ (W @ u - v)
    """

    gradient: Expr
    numpy: str
    latex: str
    shape: Shape
    conventions: Mapping[str, str] = field(default_factory=dict)

    @property
    def program_text(self) -> str:
        return self.numpy

    def __str__(self) -> str:
        others = (f"numpy, {key}: {text}" for key, text in self.conventions.items())
        return "\n".join([super().__str__(), *others])

    @property
    def _answer(self) -> dict[str, object]:
        answer = {"numpy": self.numpy, "latex": self.latex}
        others = {"conventions": dict(self.conventions)} if self.conventions else {}
        return {self.kind.lower(): answer, "shape": list(self.shape), **others}


@dataclass(frozen=True, kw_only=True)
class Derivations(Found):
    """The gradients of one loss in several variables, from one derivation: ``gradients``, ``numpy``
    and ``latex`` hold the formula and its text for each variable.

    >>> from wuv.derivation import derive_all
    >>> found = derive_all("np.linalg.norm(W @ u - v)**2")
    >>> for step in found.steps[-3:]:
    ...     print(*step.sides(), step.shapes)
    ∇_W L 2ruᵀ m×n
    ∇_u L 2Wᵀr n×1
    ∇_v L −2r m×1
    >>> found.numpy["u"]
    'r = W @ u - v\\n2 * W.T @ r'
    """

    gradients: Mapping[str, Expr]
    numpy: Mapping[str, str]
    latex: Mapping[str, str]

    @property
    def program_text(self) -> str:
        texts = {x: text.splitlines() for x, text in self.numpy.items()}
        parts = dict.fromkeys(line for lines in texts.values() for line in lines[:-1])
        return "\n".join([*parts, *(f"grad_{x} = {lines[-1]}" for x, lines in texts.items())])

    @property
    def _answer(self) -> dict[str, object]:
        return {
            "gradients": {
                x: {"numpy": self.numpy[x], "latex": self.latex[x], "shape": list(self.shapes[x])}
                for x in self.gradients
            }
        }


def _reason(text, declared):
    """Return a reason as LaTeX: words as text, and the names in it as mathematics."""
    parts = text.split("`")
    written = []
    for i, part in enumerate(parts):
        if i % 2:
            written.append(latex_name(part, declared))
            continue
        if i and part.startswith("ᵀ"):
            written[-1] += r"^{\mathsf T}"
            part = part[1:]
        if part:
            safe = part.replace("^", r"\^{}").replace("_", r"\_")
            written.append(rf"\text{{{safe}}}")
    return " ".join(written)


def shapes_of(formula):
    """Return the shapes of a line's inner products, as text: "⟨m×1, m×1⟩"."""
    if formula.shape:
        return shape_text(formula.shape)
    found = [
        "⟨{0}, {0}⟩".format(shape_text(node.args[0].shape)) if node.op == "inner" else "a number"
        for _, node in terms(formula)
    ]
    return " + ".join(dict.fromkeys(found))
