"""The first wrong line of a derivation: found, and not told to those who look for it."""

import pytest

from wuv import FirstWrongLine, first_wrong_line
from wuv.algebra import AlgebraError

# By route: right lines, then which of them is replaced by what, and which slip that is.
ROUTES = {
    "u, inner product": (
        "u",
        ["dL = <2r, dr>", "= <2r, W du>", "= <2W^T r, du>"],
        {2: ("= <2W r, du>", "transpose-dropped"), 1: ("= <2r, W^T du>", "transpose-added")},
    ),
    "u, rows": (
        "u",
        ["dL = 2 r^T dr", "= 2 r^T W du", "= (2 W^T r)^T du"],
        {1: ("= 2 W r^T du", "factors-swapped"), 2: ("= (2 W r)^T du", "transpose-dropped")},
    ),
    "u, entries": (
        "u",
        ["dL = sum_i 2 r_i dr_i", "= sum_{i,j} 2 r_i W_{ij} du_j"],
        {0: ("dL = sum_i r_i dr_i", "factor"), 1: ("= sum_{i,j} 2 r_j W_{ij} du_j", None)},
    ),
    "u, substitution": (
        "u",
        ["L = ||Wu - v||^2", "= u^T W^T W u - 2 u^T W^T v + v^T v", "∇_u L = 2W^T W u - 2 W^T v"],
        {
            1: ("= u^T W^T W u - 2 u^T W^T v - v^T v", "sign-of-one-term"),
            2: ("∇_u L = 2W^T W u - W^T v", "factor-of-one-term"),
        },
    ),
    "v, inner product": (
        "v",
        ["dL = <2r, dr>", "= <2r, -dv>", "= <-2r, dv>"],
        {1: ("= <2r, dv>", "sign"), 2: ("= <-r, dv>", "factor")},
    ),
    "v, rows": (
        "v",
        ["dL = 2 r^T dr", "= -2 r^T dv", "∇_v L = -2 r"],
        {1: ("= -2 r dv", "transpose-dropped"), 2: ("∇_v L = -2 r^T", "row-for-column")},
    ),
    "v, entries": (
        "v",
        ["dL = sum_i 2 r_i dr_i", "= -sum_i 2 r_i dv_i"],
        {1: ("= sum_i 2 r_i dv_i", "sign")},
    ),
    "W, inner product": (
        "W",
        ["dL = <2r, dr>", "= <2r, dW u>", "= <2 r u^T, dW>"],
        {1: ("= <2r, u dW>", "factors-swapped"), 2: ("= <2 r^T u, dW>", "inner-for-outer")},
    ),
    "W, traces": (
        "W",
        ["dL = 2 r^T dW u", "= tr(2 r^T dW u)", "= tr(2 u r^T dW)", "= <2 r u^T, dW>"],
        {2: ("= tr(2 r u^T dW)", "transpose-dropped"), 3: ("= <2 u r^T, dW>", "transpose-dropped")},
    ),
    "W, entries": (
        "W",
        ["dL = sum_i 2 r_i dr_i", "= sum_{i,j} 2 r_i dW_{ij} u_j"],
        {1: ("= sum_{i,j} 2 r_i dW_{ij} u_i", None)},
    ),
    "W, vec": (
        "W",
        ["dL = 2 r^T dW u", "= (u^T ⊗ 2r^T) vec(dW)", "= vec(2 r u^T)^T vec(dW)"],
        {
            1: ("= (2r^T ⊗ u^T) vec(dW)", "transpose-dropped"),
            2: ("= vec(2 u r^T)^T vec(dW)", "transpose-dropped"),
        },
    ),
}
ALTERED = [
    pytest.param(wrt, lines, place, wrong, slug, id=f"{route}, line {place + 1}")
    for route, (wrt, lines, changes) in ROUTES.items()
    for place, (wrong, slug) in changes.items()
]


@pytest.mark.parametrize("route", ROUTES)
def test_a_right_derivation_has_no_wrong_line(route):
    wrt, lines, _ = ROUTES[route]
    found = first_wrong_line("\n".join(lines), wrt)
    assert (found.line, found.mistake, found.slip, found.case) == (None, None, "", "")
    assert "at every point tried" in found.told(len(lines))


@pytest.mark.parametrize(("wrt", "lines", "place", "wrong", "slug"), ALTERED)
def test_an_altered_line_is_found_and_its_slip_named(wrt, lines, place, wrong, slug):
    changed = [*lines[:place], wrong, *lines[place + 1 :]]
    found = first_wrong_line("\n".join(changed), wrt)
    assert (found.line, found.mistake) == (place + 1, slug)
    assert found.case.startswith(("Try ", "Sizes: "))
    assert bool(found.slip) == (slug is not None)


@pytest.mark.parametrize(
    "line", ["= <2W r, du>", "= <2 r, W^T du>", "= 2 r^T W^T du", "= 2 (W r)^T du"]
)
def test_a_later_line_that_is_right_again_mends_nothing(line):
    text = f"dL = 2 r^T dr\n= 2 r^T W du\n{line}\n= <2 W^T r, du>"
    assert first_wrong_line(text, "u").line == 3


SLIP = "dL = 2 r^T dr\n= 2 r^T W du\n= <2r, W du>\n= <2 W r, du>\n= <2 W r, du>"


def test_what_is_told_depends_on_the_number_and_the_line_is_told_to_its_finder_alone():
    found = first_wrong_line(SLIP, "u")
    assert found.told(None) == str(found)
    assert found.told(1) == "Not line 1: it holds, at every point tried."
    assert found.told(3) == "Not line 3: it still equals line 2, at every point tried."
    assert found.told(5) == "Not line 5: a line above it is wrong already."
    assert found.told(4).splitlines() == [
        "Yes, line 4: it does not equal line 3.",
        "Sizes: 2 W is m×n and r is m×1: a product needs n = m.",
        "W stands where Wᵀ belongs.",
        "What crosses an inner product is transposed.",
    ]
    for answer in (None, 1, 2, 3, 5):
        said = f"{found.told(answer)} {first_wrong_line(SLIP, 'u', answer=answer)._repr_html_()}"
        assert "4" not in said
        assert "Wᵀ" not in said


@pytest.mark.parametrize(("answer", "right"), [(None, False), (3, False), (4, True)])
def test_it_is_true_where_the_number_is_right(answer, right):
    found = first_wrong_line(SLIP, "u", answer=answer)
    assert bool(found) is right
    assert isinstance(found, FirstWrongLine)
    assert repr(found) == str(found) == found.told(answer)
    assert ("Which slip?" in found._repr_html_()) is right


def test_the_slip_folds_on_a_page_and_what_was_typed_is_escaped():
    html = first_wrong_line(SLIP, "u", answer=4)._repr_html_()
    before, fold = html.split("<details", 1)
    assert "Sizes: " in before
    assert "belongs" not in before
    assert "W stands where Wᵀ belongs." in fold
    html = first_wrong_line("dL = <2r, dr>\n= <r, W du>", "u", answer=2)._repr_html_()
    assert "<r" not in html


def test_latex_reasons_numpy_and_names_are_read():
    latex = r"""\begin{aligned}
    \mathrm{d}L &= 2r^{\mathsf T}\,\mathrm{d}r && \text{the slope of a square} \\
     &= \langle 2r, W\,\mathrm{d}u\rangle = \langle 2W^{\mathsf T} r, \mathrm{d}u\rangle \\
    \nabla_u L &= 2W r
    \end{aligned}"""
    found = first_wrong_line(latex, "u")
    assert (len(found.lines), found.line) == (3, 3)
    assert found.told(3).startswith("Yes, line 3: it does not hold.")
    text = (
        "dL = <2r, d(Wu - v)> # the square\n\n = 2 * (W @ u - v).T @ W @ du\n= 2 * r.T @ W.T @ du"
    )
    assert first_wrong_line(text, "u").line == 3
    assert first_wrong_line("dL = 2 r^T (dW u + W du - dv)\n= 2 r^T dv", "v").line == 2


def test_another_loss_has_its_own_letters():
    loss = "np.linalg.norm(W @ B @ x - v)**2"
    lines = ["dL = 2 (W B x - v)^T W B dx", "= <2 B^T W^T (W B x - v), dx>"]
    assert first_wrong_line("\n".join(lines), "x", loss).line is None
    found = first_wrong_line("\n".join([lines[0], "= <2 W^T B^T (W B x - v), dx>"]), "x", loss)
    assert (found.line, found.mistake) == (2, "factors-swapped")
    shapes = {"A": ("n", "n"), "x": ("n", 1)}
    text = "dL = dx^T A x + x^T A dx\n= 2 x^T A dx"
    found = first_wrong_line(text, "x", "x.T @ A @ x", shapes)
    assert found.line == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dL = 2 q^T du", "line 1: nothing says what q is"),
        ("dL = 2 r^T dr\n= <2r, W du", "line 2: "),
        ("2 r^T dr", "line 1: a line has a sign ="),
        ("= 2 r^T dr", "line 1: it says what it is about"),
        ("dL =", "line 1: nothing stands behind"),
        ("dM = 2 r^T dr", "left of = stands dL, L or ∇_u L, not dM"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_number(text, said):
    with pytest.raises(AlgebraError) as error:
        first_wrong_line(text, "u")
    assert said in str(error.value)


def test_bad_questions_and_answers_are_refused():
    with pytest.raises(ValueError, match="1 to 50 lines; this has 0"):
        first_wrong_line("\n  # nothing\n", "u")
    with pytest.raises(ValueError, match="there is no line 6: the lines are 1 to 5"):
        first_wrong_line(SLIP, "u", answer=6)
    with pytest.raises(ValueError, match="there is no line 0"):
        first_wrong_line(SLIP, "u", answer=0)
    for answer in ("4", True, 4.0):
        with pytest.raises(TypeError, match="the number of a line"):
            first_wrong_line(SLIP, "u", answer=answer)
    with pytest.raises(TypeError, match="a derivation is a text, not list"):
        first_wrong_line(["dL = 2 r^T dr"], "u")
    with pytest.raises(AlgebraError, match="not in the loss"):
        first_wrong_line(SLIP, "x")
