"""What is true of every formula: properties on generated trees."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from wuv import central_difference
from wuv.algebra import (
    AlgebraError,
    CannotEvaluate,
    Expr,
    Misfit,
    Sizes,
    TooMuchWork,
    Unwritable,
    Work,
    differential,
    evaluate,
    gradient,
    put,
    read_latex,
    read_numpy,
    to_book,
    to_latex,
    to_numpy,
    walk,
)
from wuv.algebra.tree import name, number, places

SHAPES = "A:m,n; B:m,n; S:n,n; u:n,1; x:n,1; v:m,1; w:n; y:n; z:m; t:; c:"
LETTERS = {"m": 3, "n": 2}

# (operation, data, kinds of the arguments, kind of the result); kinds are shapes in letters.
M, Q, C, D, F, G, S = "mn", "nn", "n1", "m1", "n", "m", ""
FORMS = [
    *[(op, None, (k, k), k) for op in ("add", "sub", "times") for k in (M, Q, C, D, F, S)],
    *[("neg", None, (k,), k) for k in (M, Q, C, D, F, S)],
    *[("times", None, (S, k), k) for k in (M, Q, C, D, F)],
    ("times", None, (C, S), C),
    ("times", None, (M, F), M),
    ("times", None, (D, M), M),
    ("add", None, (M, F), M),
    ("add", None, (M, D), M),
    ("add", None, (S, C), C),
    ("sub", None, (F, S), F),
    *[("div", None, (k, "number"), k) for k in (M, C, F, S)],
    *[("epower", None, (k, "exponent"), k) for k in (M, C, F, S)],
    ("matmul", None, (M, C), D),
    ("matmul", None, (M, Q), M),
    ("matmul", None, (Q, Q), Q),
    ("matmul", None, (Q, C), C),
    ("matmul", None, (M, F), G),
    ("matmul", None, (F, Q), F),
    ("matmul", None, (F, F), S),
    ("dot", None, (M, C), D),
    ("dot", None, (F, F), S),
    ("outer", None, (D, C), M),
    ("outer", None, (G, F), M),
    ("outer", None, (F, F), Q),
    ("np_inner", None, (F, F), S),
    ("np_inner", None, (Q, F), F),
    *[("inner", None, (k, k), S) for k in (M, C, F)],
    ("transpose", None, (Q,), Q),
    ("transpose", None, (F,), F),
    ("trace", None, (Q,), S),
    ("det", None, (Q,), S),
    *[("norm", None, (k,), S) for k in (M, C, F)],
    *[("sum", (None, False), (k,), S) for k in (M, C, F)],
    ("sum", (0, False), (M,), F),
    ("sum", (1, True), (M,), D),
    ("mean", (None, False), (F,), S),
    ("mean", (0, False), (M,), F),
    ("ravel", "C", (C,), F),
    ("reshape", ((-1, 1), "C"), (F,), C),
    ("np_diag", None, (F,), Q),
    ("np_diag", None, (Q,), F),
    ("index", (":", "at"), (C, "zero"), F),
    ("index", ("at", "at"), (C, "zero", "zero"), S),
    ("index", ("at",), (F, "zero"), S),
    ("index", (":", "new"), (F,), C),
    ("size", "len", (M,), S),
    ("size", 1, (M,), S),
    ("matrix_power", None, (Q, "exponent"), Q),
]
NAMES = {M: "AB", Q: "S", C: "ux", D: "v", F: "wy", G: "z", S: "tc"}
ROUGH = [(op, None, (S,), S) for op in ("exp", "tanh", "sin", "abs")]


@st.composite
def numpy_trees(draw, kind=None, depth=3, forms=FORMS):
    """Draw a tree of NumPy's operations whose sizes fit."""
    kind = draw(st.sampled_from([M, Q, C, D, F, S])) if kind is None else kind
    if kind in ("number", "exponent", "zero"):
        return number({"number": draw(st.integers(1, 4)), "exponent": 2, "zero": 0}[kind])
    fitting = [form for form in forms if form[3] == kind]
    if depth == 0 or not fitting or draw(st.integers(0, 3)) == 0:
        if kind == S and draw(st.booleans()):
            return number(draw(st.integers(0, 5)))
        return name(draw(st.sampled_from(NAMES[kind])))
    op, data, kinds, _ = draw(st.sampled_from(fitting))
    args = [draw(numpy_trees(kind=k, depth=depth - 1, forms=forms)) for k in kinds]
    return Expr(op, tuple(args), data)


def arrays(seed):
    rng = np.random.default_rng(seed)
    found = {}
    for key, shape in Sizes(SHAPES).names().items():
        found[key] = rng.integers(-3, 4, tuple(LETTERS.get(s, s) for s in shape))
        found[key] = found[key] if shape else int(found[key])
    return found


def numpys_own(text, values):
    """What NumPy says; the only place where text is run."""
    with np.errstate(all="raise"):
        return eval(
            text, {"np": np, "__builtins__": {"len": len, "sum": sum, "range": range}}, values
        )


def agree(mine, theirs):
    mine, theirs = np.asarray(mine, dtype=object), np.asarray(theirs)
    assert mine.shape == theirs.shape
    if theirs.dtype.kind in "iu":
        assert (mine == theirs.astype(object)).all()
    else:
        assert np.allclose(mine.astype(float), theirs.astype(float), rtol=1e-6, atol=1e-6)


def small(value):
    return all(abs(x) < 2**40 for x in np.asarray(value, dtype=object).flat)


PROPERTY = settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@PROPERTY
@given(numpy_trees(forms=FORMS + ROUGH), st.integers(0, 99))
def test_numpy_text_has_numpys_own_value(tree, seed):
    values = arrays(seed)
    text = to_numpy(tree)
    try:
        mine = evaluate(read_numpy(text), values)
    except CannotEvaluate:
        assume(False)
    assume(small(mine))
    agree(mine, numpys_own(text, values))


@PROPERTY
@given(numpy_trees(), st.integers(0, 99), st.data())
def test_where_numpy_refuses_sizes_so_do_we_and_where_it_stretches_so_do_we(tree, seed, data):
    spots = [path for path, node in places(tree) if node.op == "name"]
    assume(spots)
    wrong = put(tree, data.draw(st.sampled_from(spots)), name(data.draw(st.sampled_from("ASuvwz"))))
    values, text = arrays(seed), to_numpy(wrong)
    try:
        theirs = numpys_own(text, values)
    except (
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
    ) as error:  # LinAlgError is a ValueError
        # The book takes a number for a 1×1 matrix: its determinant, say, is itself.
        assume("0-dim" not in str(error) and "attribute" not in str(error))
        with pytest.raises(AlgebraError):
            evaluate(read_numpy(text), values)
        return
    except FloatingPointError:
        assume(False)
    assume(np.ndim(theirs) <= 2 and small(theirs))
    try:
        agree(evaluate(read_numpy(text), values), theirs)
    except CannotEvaluate:
        assume(False)
    except Misfit as error:
        assume("three dimensions" not in str(error))
        raise


@PROPERTY
@given(numpy_trees())
def test_numpy_text_is_written_as_it_was_read(tree):
    assert read_numpy(to_numpy(tree)) == tree


def flattened(value):
    return np.asarray(value, dtype=object).reshape(-1).tolist()


@PROPERTY
@given(numpy_trees(), st.integers(0, 99))
def test_from_numpy_to_latex_and_back_the_value_stays(tree, seed):
    values = arrays(seed)
    try:
        wanted = evaluate(tree, values)
        latex = to_latex(tree, SHAPES)
    except (CannotEvaluate, Unwritable):
        assume(False)
    back = read_latex(latex, SHAPES)
    assert to_latex(back, SHAPES) == latex
    text = to_numpy(back, SHAPES)
    again = evaluate(read_numpy(text), values)
    assert np.allclose(*(np.array(flattened(x), dtype=float) for x in (wanted, again)), rtol=1e-9)
    columns = {
        key: np.reshape(x, (-1, 1)) if np.ndim(x) == 1 else x for key, x in values.items()
    } | LETTERS
    direct = evaluate(Sizes(SHAPES).annotate(back), columns)
    assert np.allclose(*(np.array(flattened(x), dtype=float) for x in (wanted, direct)), rtol=1e-9)


@PROPERTY
@given(numpy_trees())
def test_sizes_are_those_of_the_value(tree):
    values = arrays(0)
    try:
        found = np.shape(evaluate(tree, values))
    except CannotEvaluate:
        assume(False)
    shape = Sizes(SHAPES, numpy=True).of(tree)
    assert tuple(LETTERS.get(s, s) for s in shape) == found


LINEAR = [
    ("matmul", None, (M, C), D),
    ("matmul", None, (Q, C), C),
    ("matmul", None, (M, Q), M),
    *[(op, None, (k, k), k) for op in ("add", "sub") for k in (C, D)],
    *[("neg", None, (k,), k) for k in (C, D)],
    *[("times", None, (S, k), k) for k in (C, D)],
    ("transpose", None, (Q,), Q),
]


@PROPERTY
@given(numpy_trees(kind=D, depth=4, forms=LINEAR), st.integers(0, 99), st.booleans())
def test_the_dual_derivative_is_the_exact_difference_of_a_quadratic(tree, seed, squared):
    if squared:
        loss = Expr("epower", (Expr("norm", (tree,)), number(2)))
    else:
        loss = Expr("sum", (Expr("times", (tree, tree)),), (None, False))
    values = arrays(seed)

    def f(u):
        return evaluate(loss, {**values, "u": u})

    measured = central_difference(f, values["u"], step=1)
    assert (gradient(loss, values, "u") == measured).all()
    direction = np.array([[2], [-3]])
    slope = differential(loss, values, {"u": direction})
    assert slope == (measured * direction).sum()


@PROPERTY
@given(numpy_trees(kind=S), st.integers(0, 99))
def test_the_dual_derivative_is_near_the_float_difference_of_anything(tree, seed):
    values = arrays(seed)
    values["u"] = values["u"] + Fraction(1, 7)
    try:
        found = gradient(tree, values, "u")
    except CannotEvaluate:
        assume(False)
    step = Fraction(1, 2**18)
    for i in range(2):
        moved = [values["u"] + step * sign * np.eye(2, dtype=int)[:, [i]] for sign in (1, -1)]
        above, below = (evaluate(tree, {**values, "u": x}) for x in moved)
        assert found[i, 0] == pytest.approx(float((above - below) / (2 * step)), rel=1e-4, abs=1e-3)


def test_a_sum_over_an_index_keeps_every_slope():
    values = {"x": [1, 2, 3, 4]}
    total = read_numpy("sum(x[i]**2 for i in range(len(x)))")
    assert gradient(total, values, "x").tolist() == [2, 4, 6, 8]


def test_a_one_by_one_matrix_that_moves_multiplies_a_column():
    values = {"s": [[1, 2]], "c": [[3], [4]], "x": [[1], [2], [5]]}
    found = gradient(read_latex(r"\lVert (s c) x\rVert^2"), values, "s")
    assert found.tolist() == [[2 * 11 * 30 * 3, 2 * 11 * 30 * 4]]


def test_a_second_derivative_is_a_dual_of_duals():
    hessian = evaluate(read_latex(r"\nabla_u^2 \lVert A u\rVert^4"), arrays(3))
    formula = read_latex(r"4 \lVert A u\rVert^2 A^T A + 8 A^T A u u^T A^T A")
    assert (hessian == evaluate(formula, arrays(3))).all()


def test_too_much_work_is_called_so_wherever_it_ends():
    loss, values = read_numpy("np.sum((A @ u - v)**2 * np.exp(A @ u) / 2)"), arrays(3)
    work = Work(10**6)
    wanted = gradient(loss, values, "u", work=work).tolist()
    assert gradient(loss, values, "u", work=work.done).tolist() == wanted
    for limit in range(work.done):
        with pytest.raises(TooMuchWork):
            gradient(loss, values, "u", work=limit)


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("v + t @ u", {"t": 2, "u": [[1], [2]], "v": [[1], [0]]},
         "t has shape () and u has shape (2, 1): @ does not take numbers; use *"
         " (at character 5: t @ u)"),
        ("2 * np.trace(w)", {"w": [1, 2]},
         "w has shape (2,): a trace is that of a matrix (at character 5: np.trace(w))"),
        ("1 + 3**999 * 3**999 * 3**999", {}, "a number is too large here"
         " (at character 5: 3**999 * 3**999 * 3**999)"),
        ("2 * t**-0.3", {"t": 0}, "the logarithm of 0 (at character 5: t**-0.3)"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_and_where(text, values, said):
    with pytest.raises(AlgebraError) as error:
        evaluate(read_numpy(text), values)
    assert str(error.value) == said


def test_a_broken_power_of_0_is_0():
    assert evaluate(read_numpy("t**0.3"), {"t": 0}) == 0.0


@pytest.mark.parametrize("text", ["np.linalg.inv(w)", "np.linalg.det(w)"])
def test_a_flat_array_is_no_square_matrix(text):
    with pytest.raises(Misfit, match="w is flat of size n; it must be a matrix here"):
        Sizes({"w": ("n",)}, numpy=True).of(read_numpy(text))


@pytest.mark.parametrize(
    ("text", "numpy", "said"),
    [
        ("2 * u @ A", True, "2 * u is n×1 and A is m×n: @ needs 1 = m (at character 1: 2 * u @ A)"),
        (r"A \odot u", False, "A is m×n and u is n×1: an elementwise product must have equal shapes"
         r" (at character 1: A)"),
    ],
)  # fmt: skip
def test_sizes_that_clash_are_said_both_and_where(text, numpy, said):
    tree = (read_numpy if numpy else read_latex)(text)
    with pytest.raises(Misfit) as error:
        Sizes({"A": ("m", "n"), "u": ("n", 1)}, numpy=numpy).of(tree)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("layout", "slope", "jacobian"),
    [("gradient", ("n", 1), ("m", "n")), ("row", (1, "n"), ("m", "n")),
     ("column", ("n", 1), ("n", "m"))],
)  # fmt: skip
def test_a_layout_says_how_a_derivative_lies(layout, slope, jacobian):
    for f, wanted in (("t", slope), ("v", jacobian)):
        tree = read_latex(rf"\frac{{\partial {f}}}{{\partial u}}")
        sizes = Sizes({"t": (), "v": ("m", 1), "u": ("n", 1)}, layout=layout)
        assert sizes.annotate(tree).shape == wanted


def test_the_slope_of_a_determinant_is_right_where_it_vanishes():
    values = {"X": [[1, 2], [2, 4]]}
    assert gradient(read_latex(r"\det(X)"), values, "X").tolist() == [[4, -2], [-2, 1]]


@PROPERTY
@given(numpy_trees(), st.data())
def test_an_edit_at_a_place_changes_that_place_only(tree, data):
    path, _ = data.draw(st.sampled_from(list(places(tree))))
    edited = put(tree, path, name("edited"))
    assert dict(places(edited))[path] == name("edited")
    assert put(edited, path, dict(places(tree))[path]) == tree
    assert hash(put(edited, path, dict(places(tree))[path])) == hash(tree)


@PROPERTY
@given(numpy_trees())
@example(name("A"))
def test_the_places_of_nodes_are_their_text(tree):
    text = to_numpy(tree)
    for node in walk(read_numpy(text)):
        if node.op == "name":
            assert node.place.text == node.data
        assert read_numpy(node.place.text) == node


def test_to_book_says_what_broadcasting_does():
    with pytest.raises(Misfit, match=r"r is m×1 and v is flat of size m|.*"):
        Sizes("r:m,1; v:k").annotate(read_numpy("r - v"))
    book = to_book(read_numpy("X - v"), "X:m,n; v:m,1")
    assert to_latex(book, "X:m,n; v:m,1") == r"X - v\mathbf{1}^{\mathsf T}"
