r"""All gradients of a loss from one derivation: every variable moves at once.

>>> found = derive_all("np.linalg.norm(W @ u - v)**2")
>>> for step in found.steps[1:5]:
...     print(" = ".join(step.sides()))
r = Wu − v
dL = ⟨2r, dr⟩
dL = ⟨2r, dW u + W du − dv⟩
dL = ⟨2ruᵀ, dW⟩ + ⟨2Wᵀr, du⟩ − ⟨2r, dv⟩
>>> value, in_W, in_u, in_v = found.function()([[1, 2], [0, 1]], [[1], [1]], [[1], [2]])
>>> value, in_u.tolist()
(5.0, [[4.0], [6.0]])

The change of the loss is a sum of inner products ⟨G, dY⟩ as it is for one variable, and a pair is
done where Y is one of the variables: what their gradients share is found once.
"""

from dataclasses import replace

from wuv.algebra import CannotEvaluate, Expr, free_names, shape_text
from wuv.algebra.language import read_text
from wuv.algebra.names import Shapes
from wuv.algebra.tree import name
from wuv.derivation.confirming import CannotDerive, changes_of, refusals, steps_of, variable_of
from wuv.derivation.engine import Line, lines, result
from wuv.derivation.prepare import read_loss
from wuv.derivation.program import Result
from wuv.derivation.record import Derivations
from wuv.derivation.trials import trials
from wuv.derivation.writing import Written


def derive_all(
    loss: str,
    wrt: str | None = None,
    shapes: Shapes = None,
    *,
    language: str | None = None,
    sizes: bool = False,
) -> Derivations:
    """Return the `Derivations` of a loss in several variables, from one derivation.

    ``wrt`` names them, with commas between them; without it, they are all names in the loss. The
    rest, and what is raised, is as in `wuv.derivation.derive`; a loss is a number here.
    """
    with refusals():
        given = read_loss(loss, shapes, language)
        some = wrt.split(",") if wrt else [x for x in given.shapes if x in free_names(given.read)]
        xs = tuple(dict.fromkeys(variable_of(x, given) for x in some))
    with refusals("no rule leads to these gradients"):
        judges = trials(given.read, given.shapes, tuple(x.data for x in xs), given.book)
        rows = lines(given.book, xs, given.named)
        return replace(_recorded(given, xs, rows, judges), sizes=sizes)


def _recorded(given, xs, rows, judges):
    """Return the gradients, every line of their derivation confirmed."""
    gradients, loss = {x: result(rows, x) for x in xs}, name(given.letter)
    written = Written(given, [*gradients.values()], changes_of(rows), xs)
    numpy = {x.data: written.code(g, given.shapes[x.data]) for x, g in gradients.items()}
    _confirm(numpy, given, judges)
    steps, latex = steps_of(given, written, rows, judges), {}
    results = [Result(given.letter, given.book, (), loss)]
    for x, g in gradients.items():
        left, shape = Expr("gradient", (loss, x)), given.shapes[x.data]
        steps += written.new_letters(g)
        line = Line(g, ("gradient",), f"what is paired with d`{x.data}`")
        steps.append(replace(written.step(left, line), shapes=shape_text(shape)))
        latex[x.data] = steps[-1].latex + written.where(g)
        results.append(Result(f"grad_{x.data}", g, shape, left))
    return Derivations(
        loss=given.text,
        wrt=", ".join(numpy),
        results=tuple(results),
        shapes=given.shapes,
        steps=tuple(steps),
        read_as=f"Read as {given.read_as}.",
        called=given.named,
        gradients={x.data: g for x, g in gradients.items()},
        numpy=numpy,
        latex=latex,
    )


def _confirm(numpy, given, judges):
    """Raise where the texts do not predict together how the loss changes."""
    trees = {x: read_text(t, given.shapes, language="numpy").tree for x, t in numpy.items()}
    confirmed = 0
    for judge in judges:
        try:
            right = judge.are_gradients(trees)
        except CannotEvaluate:
            continue
        if not right:
            raise CannotDerive(
                "the gradients that were found are not confirmed by the loss; nothing is returned"
            )
        confirmed += 1
    if not confirmed:
        raise CannotDerive("the gradients that were found could be tried at no point")
