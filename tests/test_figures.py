"""The figures: they draw the numbers they are given, and their words say the same."""

import re
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from wuv import (
    ShapeError,
    Tape,
    case_a,
    case_b,
    check_gradient,
    column,
    descend,
    figures,
    grad_u,
    gradients,
    integer_problem,
    largest_learning_rate,
    loss,
    sgd,
)
from wuv.algebra import evaluate, read_latex
from wuv.figures import DARK, LIGHT
from wuv.figures.crossing import CROSSINGS

W, u, v = case_a()
PAIRS = np.array([[1, 0, 1], [2, -1, 3]])


def passes():
    tape = Tape()
    nodes = [tape.variable(array) for array in (W, u, v)]
    r = nodes[0] @ nodes[1] - nodes[2]
    L = r.sum_of_squares()
    tape.backward(L)
    steps = [("Wu - v", r"W^{\mathsf T} s", (r"W\colon\ s u",)), (r"\Vert r\Vert^2", "2 s r", ())]
    return figures.two_passes({"u": nodes[1], "r": r, "L": L}, steps)


LINE = np.linspace(-1, 1, 5)
COUNTS = {"square": {n: n**2 for n in (2, 4, 8)}, "cube": {n: n**3 for n in (2, 4, 8)}}
BAND = [[100, 10 * k, k] for k in range(1, 12)]
SAID = [1, 3, 3, 1, 3, 1, 1, 3]
SHRINKING = {"constant": 1 / 8, "shrinking": lambda k: 1 / (2 * k + 2)}
SEASONS = [[1, 0, -1, 0], [0, 1, 0, -1]]
PICTURES = {
    "formula tree": lambda: figures.formula_tree(
        read_latex(r"2 W^{\mathsf T} (Wu - v)"), case_a()._asdict()
    ),
    "two passes": passes,
    "counts": lambda: figures.operation_counts(COUNTS),
    "fits": lambda: figures.fitted_curves((LINE, LINE**2), {"a line": LINE, "it": LINE**2}),
    "crossings": figures.crossings,
    "adjoint": lambda: figures.adjoint(W, u, v, column(1, 0)),
    "pulled back": lambda: figures.pulled_back(*case_b(), column(0, 1)),
    "blocks that fit": lambda: figures.shape_blocks((r"2W^{\mathsf T}", 2, 3), ("r", 3, 1)),
    "blocks that clash": lambda: figures.shape_blocks(("2r", 3, 1), (r"W^{\mathsf T}", 2, 3)),
    "outer product": lambda: figures.outer_product(2 * (W @ u - v), u, ("2r", r"u^{\mathsf T}")),
    "broadcast": lambda: figures.broadcast(W @ u, v.squeeze(), ("Wu", "v")),
    "row as lines": lambda: figures.row_as_lines([[20, 16]], [[1], [0]], [[1], [-1.25]]),
    "linear part": lambda: figures.linear_part(W, u, v),
    "loss curve": lambda: figures.loss_curve(descend(W, u, v, learning_rate=0.05, steps=9)),
    "loss surface": lambda: figures.loss_surface(W, v, {"one": {"u": u, "learning_rate": 0.05}}),
    "step errors": lambda: figures.step_errors(lambda u: loss(W, u, v), grad_u(W, u, v), u),
    "branching": lambda: figures.branching([[1, 2], [0, 3]], column(2, 1)),
    "kronecker": lambda: figures.kronecker(u.T, np.eye(3, dtype=int), (r"u^{\mathsf T}", "I")),
    "chain": lambda: figures.chain(W, u, v, column(1, -1)),
    "layouts": lambda: figures.layouts(W, u, v),
    "fooled": lambda: figures.fooled({"a": {"one": True, "two": False}}),
    "learning rates": lambda: figures.learning_rates(W, u, v),
    "blind tests": lambda: figures.blind_tests(*case_b()),
    "outer products": lambda: figures.sum_of_outer_products(W @ PAIRS - 1, PAIRS),
    "contraction factors": lambda: figures.contraction_factors(
        [[10, 8], [8, 10]],
        {"plain": {"learning_rate": 0.1}, "heavy": {"learning_rate": 1 / 8, "momentum": 1 / 4}},
    ),
    "saddle": lambda: figures.saddle(1, {"ridge": (-1, 1, 0.05), "beside": (-1, 1.25, 0.05)}),
    "residual arrow": lambda: figures.residual_arrow(*case_b()),
    "projection": lambda: figures.projection(W, v),
    "noise floor": lambda: figures.noise_floor(SAID, SHRINKING, start=5, target=2, floor=1 / 7),
    "loss bands": lambda: figures.loss_bands({"one": BAND, "two": [[4, 2, 1]] * 3}),
    "curves": lambda: figures.curves(LINE, {"a line": LINE, "a square": LINE**2}),
    "pixels": lambda: figures.pixels(
        [[0, 9, -4, 1]] * 4, ["one", "two", "three", "four"], shape=(2, 2)
    ),
    "relation": lambda: figures.relation([[0, -1], [1, 0]], SEASONS, ["a", "b", "c", "d"]),
}
EACH = pytest.mark.parametrize("name", PICTURES)
pytestmark = pytest.mark.xdist_group("figures")  # drawn once


@cache
def drawn(name):
    return PICTURES[name]()


@EACH
def test_a_picture_is_svg_that_says_its_words_itself(name):
    picture = drawn(name)
    root = ElementTree.fromstring(picture._repr_svg_())
    assert root.tag.endswith("svg")
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.alt
    assert len(picture.alt.split()) >= 8


@EACH
def test_a_picture_turns_dark_as_a_whole(name):
    svg = drawn(name).svg
    style, drawing = re.fullmatch(r"(.*</style>)(.*)", svg, re.DOTALL).groups()
    assert all(f"--{name}: {colour};" in style for name, colour in LIGHT.items())
    assert all(f"--{name}: {colour};" in style for name, colour in DARK.items())
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawing)) <= {"#000000"}  # clip paths, never seen


@EACH
def test_the_same_numbers_make_the_same_bytes(name):
    assert drawn(name).svg == PICTURES[name]().svg


@EACH
def test_on_a_telephone_no_label_is_smaller_than_nine_pixels(name):
    svg = drawn(name).svg
    wide = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', svg)[1]) * 4 / 3
    room = 360 - 2 * 16  # the window and what the page keeps at its sides
    labels = [100 * float(x) for x in re.findall(r"scale\(([\d.]+) -[\d.]+\)", svg)]  # in points
    assert min(labels) * 4 / 3 * min(1, room / wide) >= 9


@pytest.mark.parametrize("name", ["W", "u", "v", "r", "ink"])
@pytest.mark.parametrize(("colours", "page"), [(LIGHT, "#ffffff"), (DARK, "#131416")])
def test_letters_stand_out_from_the_page(name, colours, page):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return np.dot([0.2126, 0.7152, 0.0722], linear)

    low, high = sorted(luminance(c) for c in (colours[name], page))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_adjoint_shows_the_gradient_entry_on_both_sides():
    for entry, nudge in enumerate((column(1, 0), column(0, 1))):
        alt = figures.adjoint(W, u, v, nudge).alt
        assert alt.endswith(f"Both inner products are {grad_u(W, u, v)[entry, 0]}.")


def test_a_kronecker_product_says_its_blocks_and_all_its_numbers():
    B = np.array([[1, -1, 2]])
    alt = figures.kronecker(W, B).alt.replace("−", "-")
    table = re.search(r"\[(.*)\]", alt)[1]
    assert np.array_equal([list(map(int, row.split())) for row in table.split(";")], np.kron(W, B))
    assert alt.startswith("3 × 6 numbers in 3 × 2 blocks, row by row 1, 2, 0, 1, 3, -1 times")
    with pytest.raises(ShapeError):
        figures.kronecker(u.squeeze(), B)


def test_both_copies_of_a_letter_bring_a_gradient_and_they_add_up():
    A, x = np.array([[1, 2, 0], [0, 3, -1], [4, 0, 1]]), column(2, 1, -1)
    alt = figures.branching(A, x).alt.replace("−", "-")
    columns = [column(*map(int, text.split(","))) for text in re.findall(r"\(([-\d, ]+)\)", alt)]
    shown, first, second, total = columns
    assert (shown == x).all()
    assert (first == A @ x).all()
    assert (second == A.T @ x).all()
    assert (total == first + second).all()
    assert check_gradient(lambda x: (x.T @ A @ x).item(), total, x)


def test_a_branching_is_drawn_of_a_square_matrix_and_a_column_only():
    for A, x in ((W, u), ([[1, 2], [0, 3]], column(1, 2, 3)), (np.eye(2), np.eye(2))):
        with pytest.raises(ShapeError, match="square"):
            figures.branching(A, x)


@pytest.mark.parametrize("seed", range(4))
def test_a_line_pulled_back_keeps_its_number(seed):
    rng = np.random.default_rng(seed)
    W, u, v = (rng.integers(-3, 4, shape) for shape in ((2, 2), (2, 1), (2, 1)))
    r = W @ u - v
    nudges = [d for d in (column(1, 0), column(0, 1), column(1, -2)) if (r.T @ W @ d).item()]
    for du in nudges:
        alt = figures.pulled_back(W, u, v, du).alt.replace("−", "-")
        columns = re.findall(r"\((-?\d+), (-?\d+)\)", alt)
        prices, image, nudge, right, wrong = (column(*map(int, each)) for each in columns)
        first, second = map(int, re.findall(r"line (-?\d+)", alt))
        assert first == second == (prices * image).sum() == (right * nudge).sum()
        assert (right == grad_u(W, u, v)).all()
        assert (wrong == 2 * W @ r).all()
        assert alt.endswith(f"gives du {(wrong * nudge).sum()}.")
        parallel = np.linalg.det(np.hstack([right, wrong]).astype(float))
        assert ("not to 2Wr" in alt) == (round(parallel) != 0)
    assert nudges


def test_a_line_pulled_back_needs_two_planes_and_a_nudge_that_counts():
    symmetric = figures.pulled_back([[2, 1], [1, 2]], column(1, 0), column(1, 0), column(1, 1))
    assert "and also to 2Wr" in symmetric.alt
    with pytest.raises(ValueError, match=r"\(2, 2\) only"):
        figures.pulled_back(W, u, v, column(0, 1))
    with pytest.raises(ValueError, match="one that moves"):
        figures.pulled_back(*case_b(), column(3, -2))


@pytest.mark.parametrize("seed", range(5))
def test_a_chain_keeps_its_inner_product_from_station_to_station(seed):
    W, u, v = integer_problem(seed)
    du = column(*range(1, len(u) + 1))
    change = (2 * (W @ u - v).T @ (W @ du)).item()
    alt = figures.chain(W, u, v, du).alt.replace("−", "-")
    numbers = [
        [int(x) for x in entries.split(",")] for entries in re.findall(r"\(([-\d, ]+)\)", alt)
    ]
    nudge, moved, back, slope = numbers
    assert f"dL = {change}. " in alt
    assert np.dot(nudge, slope) == np.dot(moved, back) == change
    assert alt.endswith(f"is {change}.")


def test_layouts_are_each_other_transposed():
    alt = figures.layouts(W, u, v).alt
    tables = [
        [[int(x) for x in row.split()] for row in table.split(";")]
        for table in re.findall(r"\[(.*?)\]", alt)
    ]
    for numerator, denominator in zip(tables[::2], tables[1::2], strict=True):
        assert np.array_equal(np.transpose(numerator), denominator)
    g = gradients(W, u, v)
    ours = re.findall(r"\[([^\]]*)\] \(this book\)", alt)
    ours = [[[int(x) for x in row.split()] for row in table.split(";")] for table in ours]
    for table, wanted in zip(ours, (W, g.u, g.W), strict=True):
        assert np.array_equal(table, wanted)


def test_two_passes_say_the_values_upwards_and_the_gradients_downwards():
    alt = passes().alt
    assert "values: u = (1, 2), r = (4, 2, 2), L = 24." in alt
    assert "gradients: 1 at L, (8, 4, 4) at r, (20, 16) at u." in alt
    assert alt.endswith("W gets s u; ‖r‖² on the way up, 2 s r on the way down.")
    with pytest.raises(ValueError, match="1 nodes need 0 steps"):
        figures.two_passes({"u": None}, [("", "", ())])


def test_counts_say_the_power_they_grow_with():
    alt = drawn("counts").alt
    assert "square takes 64 at n = 8 and grows like n to the 2.0" in alt
    assert "cube takes 512 at n = 8 and grows like n to the 3.0" in alt


def test_fits_say_how_far_they_are_from_the_points():
    assert "it has a mean squared distance of 0" in drawn("fits").alt


STARTS = {str(i): (1, i, 0.01) for i in range(5)}
RATES = {str(i): {"learning_rate": i / 100} for i in range(5)}
PATHS = {name: {"u": u, **rate} for name, rate in RATES.items()}


@pytest.mark.parametrize(
    "make",
    [
        lambda: figures.operation_counts(STARTS),
        lambda: figures.fitted_curves(STARTS, STARTS),
        lambda: figures.loss_curve(STARTS),
        lambda: figures.loss_surface(W, v, PATHS | {"0": {"u": u, "learning_rate": 0.01}}),
        lambda: figures.contraction_factors([[10, 8], [8, 10]], RATES),
        lambda: figures.saddle(1, STARTS),
    ],
)
def test_more_lines_than_four_are_refused(make):
    with pytest.raises(ValueError, match="4 at most"):
        make()


@pytest.mark.parametrize("row", CROSSINGS, ids=lambda row: row[0])
def test_every_crossing_of_the_picture_is_an_adjoint(row):
    onward, back, _ = row
    rng = np.random.default_rng(6)
    sizes = {"A": (2, 3), "X": (3, 4), "B": (4, 5), "C": (3, 4), "a": (3, 1), "b": (4, 1)}
    sizes["x"] = (3, 1)
    if "tr" in onward:
        sizes["X"] = (3, 3)
    if onward == r"A X B":
        sizes["A"], sizes["B"] = (2, 3), (4, 5)
    values = {name: rng.integers(-9, 10, shape) for name, shape in sizes.items()}
    values["lam"] = 7
    names = dict(values)
    moved = (names["x"] @ np.ones((1, 4), int)) if "x" in onward else None
    moved = evaluate(read_latex(onward), names) if moved is None else moved
    S = rng.integers(-9, 10, np.shape(moved)) if np.size(moved) > 1 else 3
    if "x" in onward:
        crossed = S @ np.ones((4, 1), int)
    else:
        text = back.replace("s I", "s I_3")
        crossed = evaluate(read_latex(text, {"s": ()}), values | {"S": S, "s": S})
    start = values["x"] if "x" in onward else values["X"]
    assert np.sum(np.asarray(S) * moved) == np.sum(np.asarray(crossed) * start)


def test_blocks_say_whether_the_product_exists():
    assert "they fit and give 2 × 1" in drawn("blocks that fit").alt
    assert "no such product" in drawn("blocks that clash").alt


def test_the_outer_product_says_every_entry_of_the_gradient_in_W():
    alt = drawn("outer product").alt
    assert "2r = (8, 4, 4) down the side, u transposed = (1, 2) along the top" in alt
    assert alt.endswith("Its rows are (8, 16), (4, 8), (4, 8).")
    assert figures.outer_product(u, column(-1, 0, 5)).alt.endswith("(−1, 0, 5), (−2, 0, 10).")


@pytest.mark.parametrize("wrong", [u.T, u.squeeze(), W])
def test_an_outer_product_is_drawn_of_two_columns_only(wrong):
    for pair in ((u, wrong), (wrong, u)):
        with pytest.raises(ShapeError, match="column"):
            figures.outer_product(*pair)


def test_broadcasting_shows_what_was_meant_on_the_diagonal():
    alt = drawn("broadcast").alt
    assert "Its rows are (4, 5, 6), (1, 2, 3), (0, 1, 2)." in alt
    assert alt.endswith("The diagonal is marked: (4, 2, 2).")


@pytest.mark.parametrize("wrong", [v, v.T, u.squeeze(), 3])
def test_broadcasting_is_drawn_of_a_column_and_a_flat_array_only(wrong):
    with pytest.raises(ShapeError, match="flat and as long as a"):
        figures.broadcast(W @ u, wrong)
    with pytest.raises(ShapeError):
        figures.broadcast(v.squeeze(), v.squeeze())


def test_the_linear_part_says_how_far_apart_the_two_are():
    near = figures.linear_part(W, u, v, reach=0.125, spacing=1).alt
    far = figures.linear_part(W, u, v).alt
    corners = [column(a, b) for a in (1, -1) for b in (1, -1)]
    most = max(loss(W, u + d, v) - loss(W, u, v) - (grad_u(W, u, v) * d).sum() for d in corners)
    assert most == 18
    assert far.endswith("At 1 on each side L and its linear part are at most 18 apart.")
    assert near.endswith(f"at most {18 / 64:.3g} apart.")
    assert "u = (1, 2), where L = 24" in far
    assert "the gradient (20, 16)" in far


def test_a_linear_part_needs_two_directions_and_a_slope():
    with pytest.raises(ValueError, match=r"\(2, 1\) only"):
        figures.linear_part([[1, 2, 3]], column(1, 1, 1), [[1]])
    with pytest.raises(ValueError, match="gradient here is 0"):
        figures.linear_part(W, u, W @ u)


def test_a_loss_curve_says_where_it_starts_and_ends():
    history = descend(W, u, v, learning_rate=0.05, steps=9)
    alt = figures.loss_curve({"right": history}).alt
    assert f"right falls from 24 to {history.losses[-1]:.3g} in 9 steps" in alt


def test_a_loss_curve_of_passes_counts_passes():
    history = sgd(W, np.hstack([u, -u]), np.hstack([v, v]), learning_rate=0.01, passes=3)
    assert figures.loss_curve(history, every="pass").alt.endswith("in 3 passes.")


def test_five_curves_are_too_many_to_tell_apart():
    history = descend(W, u, v, learning_rate=0.05, steps=2)
    with pytest.raises(ValueError, match="4 at most"):
        figures.loss_curve({str(i): history for i in range(5)})


def test_a_surface_needs_two_directions():
    with pytest.raises(ValueError, match=r"\(2, 1\) only"):
        figures.loss_surface([[1, 2, 3]], [[1]], {"a": {"u": column(1, 1, 1), "learning_rate": 1}})


def test_step_errors_leave_out_a_method_that_the_function_does_not_allow():
    W, u, v = case_b()
    picture = figures.step_errors(lambda u: np.linalg.norm(W @ u - v) ** 2, grad_u(W, u, v), u)
    assert "complex step" not in picture.alt
    assert "central" in picture.alt


def test_with_steps_that_are_powers_of_two_the_central_difference_of_a_parabola_is_exact():
    def error(**steps):
        alt = figures.step_errors(lambda u: loss(W, u, v), grad_u(W, u, v), u, **steps).alt
        return alt.split("central is best at step ")[1].split(";")[0]

    assert error(base=2, exponents=range(-48, 0)) == "2^−48 with error 0e+00"
    assert error(exponents=range(-11, -8)).endswith("with error 8e-08")


def test_the_learning_rates_name_the_limit():
    limit = largest_learning_rate(W, u, v)
    assert f"at the limit {limit:.3g}" in figures.learning_rates(W, u, v).alt


@pytest.mark.parametrize("v", [column(1, 2), column(0, 0), column(5, -5), column(9, 9)])
def test_blind_tests_are_those_that_pass_the_wrong_formula(v):
    _, u, _ = case_b()
    blind = 0
    for a in range(-2, 3):
        for b in range(-2, 3):
            A = np.array([[1, a], [b, 1]])
            r = A @ u - v
            blind += np.array_equal(2 * A @ r, 2 * A.T @ r)
    alt = figures.blind_tests([[1, 0], [2, 1]], u, v, reach=2).alt
    assert f"On {blind} of them 2Wr and 2Wᵀr agree: the 5 on the line" in alt
    assert "at (0, 2), sees the slip" in alt


def test_a_symmetric_matrix_is_said_to_be_blind():
    _, u, v = case_b()
    assert "at (2, 2), is blind to the slip" in figures.blind_tests([[1, 2], [2, 1]], u, v).alt


def test_blind_tests_need_a_plane():
    with pytest.raises(ValueError, match=r"needs \(2, 2\)"):
        figures.blind_tests(W, u, v)


def test_sum_of_outer_products_say_the_matrix_product():
    R = W @ PAIRS - 1
    rows = [f"({', '.join(map(str, row))})".replace("-", "−") for row in R @ PAIRS.T]
    assert figures.sum_of_outer_products(R, PAIRS).alt.endswith(f"has the rows {', '.join(rows)}.")


@pytest.mark.parametrize("columns", [2, 9])
def test_sum_of_outer_products_need_one_column_of_u_for_each_of_r(columns):
    with pytest.raises(ShapeError, match="the same, 8 at most"):
        figures.sum_of_outer_products(np.ones((3, 9), int), np.ones((2, columns), int))


def test_a_formula_tree_says_what_each_part_comes_to():
    alt = drawn("formula tree").alt
    assert "Wu − v is (4, 2, 2)" in alt
    assert alt.endswith("2W transposed(Wu − v) is (20, 16).")


def test_the_contraction_factors_say_what_is_left_at_both_ends():
    alt = drawn("contraction factors").alt
    assert "the least eigenvalue 2 and the largest 18" in alt
    assert "plain, 0.8 and 0.8, between them from 0 to 0.8" in alt
    assert "heavy, 0.5 and 0.5, between them from 0.5 to 0.5" in alt


def test_the_saddle_says_where_its_paths_end():
    alt = drawn("saddle").alt
    still, away = (
        descend([[-1]], column(u), column(1), vary="Wu", learning_rate=0.05, steps=60).last
        for u in (1, 1.25)
    )
    assert f"is at ({still.W.item():.3g}, {still.u.item():.3g}), loss 1;" in alt
    assert f"is at ({away.W.item():.3g}, {away.u.item():.3g}), loss {away.loss:.3g}." in alt
    assert still.loss > 0.99
    assert away.loss < 0.01


def test_a_surface_follows_exact_steps_and_momentum_too():
    start = {"u": column(5, -4)}
    valley = [[1, 2], [-2, -1]], column(0, 0)
    alt = figures.loss_surface(*valley, {"exact": start | {"learning_rate": "exact"}}, steps=2).alt
    assert "after 2 steps is at (3.2, -2.56), loss 18.4" in alt
    heavy = {"learning_rate": 1 / 8, "momentum": 1 / 4}
    last = descend(valley[0], start["u"], valley[1], **heavy, steps=2).last
    alt = figures.loss_surface(*valley, {"heavy": start | heavy}, steps=2).alt
    assert f"after 2 steps is at ({last.u[0, 0]:.3g}, {last.u[1, 0]:.3g})" in alt


def test_the_residual_arrow_ends_at_Wu_and_the_gradient_points_away():
    W, u, v = case_b()
    alt = figures.residual_arrow(W, u, v).alt
    assert "r = (2, −1) is an arrow from v = (1, 2) to Wu = (3, 1)" in alt
    assert "−2r = (−4, 2)" in alt
    assert alt.endswith(f"it is {loss(W, u, v)}.")


def test_a_residual_arrow_needs_a_plane_and_a_residual():
    with pytest.raises(ValueError, match=r"\(2, 1\) only"):
        figures.residual_arrow(*case_a())
    with pytest.raises(ValueError, match="no arrow"):
        figures.residual_arrow([[1, 2], [0, 1]], column(1, 1), column(3, 1))


def test_loss_bands_say_the_medians_and_where_the_runs_end():
    alt = figures.loss_bands({"one": BAND}).alt
    assert "one, 11 runs, median from 1e+02 to 6, at the end mostly between 2 and 10" in alt


def test_loss_bands_need_runs_of_one_length_and_three_labels_at_most():
    with pytest.raises(ValueError, match="the runs of 'one' are not equally long"):
        figures.loss_bands({"one": [[2, 1], [3, 2, 1]]})
    with pytest.raises(ValueError, match="3 at most"):
        figures.loss_bands({str(i): BAND for i in range(4)})


def test_a_relation_says_who_stands_where_and_who_is_carried_to_whom():
    alt = drawn("relation").alt
    assert "anticlockwise a, b, c, d" in alt
    assert alt.endswith("a to b, b to c, c to d, d to a.")
    back = figures.relation([[0, 1], [-1, 0]], SEASONS, ["a", "b", "c", "d"]).alt
    assert back.endswith("a to d, b to a, c to b, d to c.")


def test_a_relation_needs_two_directions_and_a_name_for_each_thing():
    for E, names in ((SEASONS, ["a"]), ([[1, 2]], ["a", "b"])):
        with pytest.raises(ValueError, match="a page has room for"):
            figures.relation([[0, -1], [1, 0]], E, names)


def test_the_table_of_the_fooled_says_who_passes_what():
    tests = {"any W": False, "symmetric W": True, "1×1": True}
    alt = figures.fooled({"2Wr": tests, "2r": dict.fromkeys(tests, False)}).alt
    assert "2Wr passes symmetric W and 1×1; 2r passes none." in alt
    assert alt.endswith("Every slip is caught by any W.")
    assert "caught" not in figures.fooled({"2Wr": {"1×1": True}}).alt


def test_the_table_of_the_fooled_needs_the_same_tests_for_all():
    for table in ({}, {"a": {}}, {"a": {"x": True}, "b": {"y": True}}):
        with pytest.raises(ValueError, match="the same tests"):
            figures.fooled(table)


@pytest.mark.parametrize(
    ("columns", "target"),
    [(W, v), ([[1, 0], [0, 1], [1, 1]], (0, 0, 3)), ([[2, 0], [0, 1], [0, 0]], (-1, -1, 2))],
)
def test_a_projection_says_the_nearest_point_and_the_right_angle(columns, target):
    columns, target = np.asarray(columns), column(*np.ravel(target))
    alt = figures.projection(columns, target).alt
    best = columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
    said = re.search(r"Wu\* = \(([^)]*)\)", alt)[1].replace("−", "-")
    assert np.allclose([float(x) for x in said.split(",")], best.ravel(), rtol=6e-3)
    length = float(re.search(r"the length ([\d.]+)", alt)[1])
    assert length == pytest.approx(np.linalg.norm(best - target), rel=6e-3)
    assert alt.endswith("paired with the two columns it is 0 and 0.")


@pytest.mark.parametrize("flip", [1, -1])
def test_a_projection_stands_above_the_plane_and_has_its_true_shape(flip):
    axes = figures.projection(W, flip * v).figure.axes[0]
    tips = [p for p in axes.patches if hasattr(p, "_posA_posB")]
    *_, out, up, down = (np.array(p._posA_posB) for p in tips)
    for one, other in ((out[0], up[0]), (up[1], down[0]), (out[1], down[1])):
        assert (one == other).all()
    assert down[0, 1] > down[1, 1]
    sides = [np.linalg.norm(end - start) for start, end in (out, up, down)]
    assert sides[1] == pytest.approx(np.linalg.norm(v))
    assert sides[0] ** 2 + sides[2] ** 2 == pytest.approx(sides[1] ** 2)


@pytest.mark.parametrize(
    ("columns", "target", "words"),
    [
        ([[1, 2], [2, 4], [0, 0]], (1, 1, 1), "on one line"),
        ([[1, 0], [0, 1], [0, 0]], (1, 1, 0), "lies in the plane"),
        ([[1, 0], [0, 1], [0, 0]], (0, 0, 1), "right angles"),
        ([[1, 0], [0, 1]], (0, 1), "room for"),
    ],
)
def test_a_projection_needs_a_plane_and_a_triangle(columns, target, words):
    with pytest.raises(ValueError, match=words):
        figures.projection(columns, column(*target))


def test_a_path_on_the_noise_floor_says_where_it_is_and_how_far_it_stays():
    alt = drawn("noise floor").alt
    w = [5.0]
    for k, value in enumerate(SAID):
        w.append(w[-1] - 2 * SHRINKING["shrinking"](k) * (w[-1] - value))
    assert w[-1] == pytest.approx(np.mean(SAID))
    assert f"shrinking is at {w[-1]:.3g} in the end" in alt
    far = np.sqrt(np.mean((np.array(w[4:]) - 2) ** 2))
    assert f"distance of {far:.2g}. A band of 0.38 on either side of 2." in alt


def test_more_than_two_noisy_paths_cannot_be_told_apart():
    with pytest.raises(ValueError, match="2 at most"):
        figures.noise_floor(SAID, SHRINKING | {"third": 0.1}, start=5, target=2, floor=0)


def test_a_surface_shows_its_paths_from_near_by():
    far = figures.loss_surface(W, v, {"one": {"u": column(40, 30), "learning_rate": 0.05}})
    left, right = far.figure.axes[0].get_xlim()
    assert left < -0.153 < 40 < right < left + 60
    steep = {"u": u, "learning_rate": 0.2}
    left, right = figures.loss_surface(W, v, {"away": steep}).figure.axes[0].get_xlim()
    assert right - left < 5  # however far the path goes


def test_a_nudge_is_read_by_a_row_and_what_has_no_lines_is_refused():
    assert "(0, 1) gets 16" in figures.row_as_lines(grad_u(W, u, v).T, column(0, 1)).alt
    with pytest.raises(ValueError, match="it has no lines"):
        figures.row_as_lines([[0, 0]])
    with pytest.raises(ShapeError, match=r"a row of shape \(1, 2\)"):
        figures.row_as_lines(grad_u(W, u, v))
