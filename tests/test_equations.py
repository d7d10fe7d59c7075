"""Every displayed equation is executed: how they are found, what they state, and what is false."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from itertools import combinations, dropwhile, permutations, takewhile
from pathlib import Path

import numpy as np
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser
from test_algebra import FORMS, LETTERS, SHAPES, numpy_trees

from wuv.__main__ import main
from wuv.algebra import AlgebraError, Sizes, evaluate, read_latex
from wuv.equations import Page, check_file, check_text, displays, judge
from wuv.equations.notes import Notes
from wuv.points.degrees import SPREAD, UNLIKELY, chance, degree, points_needed

CHAPTERS = sorted((Path(__file__).parents[1] / "chapters").glob("*.md"))
each = pytest.mark.parametrize
in_the_book = pytest.mark.xdist_group("equations")  # a chapter is checked once
checked = cache(check_file)


def only(markdown):
    """What came of the last equation of a text."""
    return check_text(markdown).equations[-1]


def shown(latex, *notes):
    return "".join(f"% check: {note}\n" for note in notes) + f"$$\n{latex}\n$$\n"


# The book


@in_the_book
@each("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_displayed_equation_of_a_chapter_is_true(path):
    assert [x.complaint(path.name) for x in checked(path).failures] == []


@in_the_book
def test_at_most_one_equation_in_ten_is_marked():
    pages = [checked(path) for path in CHAPTERS]
    marked, executed = (sum(x.count(s) for x in pages) for s in ("marked", "executed"))
    assert 10 * marked <= marked + executed
    assert executed >= 20


@each("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_as_many_equations_as_its_directives_say(path):
    assert len(displays(path.read_text("utf-8"))) == path.read_text("utf-8").count("```{math}")


def notes(path, line):
    """The notes before the display that begins at a line: what its letters stand for."""
    above = path.read_text("utf-8").split("\n")[: line - 1]
    above = list(dropwhile(lambda x: x.startswith((":", "```")), reversed(above)))
    return "\n".join(takewhile(lambda x: x.startswith("%"), above))


@in_the_book
@each("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_polynomial_equation_of_the_book_has_a_bound(path):
    other = r"\\(tanh|exp|log|sqrt|sigma|le|ge)\b|\\rVert(?!(_F)?\^2)"
    for equation in checked(path).equations:
        polynomial = not re.search(other, equation.latex + notes(path, equation.line))
        if equation.wrong:
            assert equation.counterexample is not None or "a product needs" in equation.message
        elif equation.status == "executed" and equation.statements and polynomial:
            assert equation.bound is not None
            assert equation.bound < 1e-12


# Displays are found


FOUND = {
    "a directive": ("```{math}\na = b\n```", 2, ""),
    "a directive with options": ("```{math}\n:label: eq-x\n:nowrap:\n\na = b\n```", 5, "eq-x"),
    "a directive with options between lines": (
        "```{math}\n---\nlabel: eq-x\n---\na = b\n```",
        5,
        "eq-x",
    ),
    "a directive with its content beside it": ("```{math} a = b\n```", 1, ""),
    "a directive with colons": (":::{math}\na = b\n:::", 2, ""),
    "dollars": ("$$\na = b\n$$", 2, ""),
    "dollars on one line": ("$$ a = b $$", 1, ""),
    "dollars with a label": ("$$\na = b\n$$ (eq-x)", 2, "eq-x"),
    "dollars in a sentence": ("So\n$$ a = b $$\nholds.", 2, ""),
    "an environment": ("\\begin{equation}\na = b\n\\end{equation}", 1, ""),
    "in an admonition": (":::{note}\n\n$$ a = b $$\n\n:::", 3, ""),
    "in a nested admonition": ("::::{note}\n:::{tip}\n```{math}\na = b\n```\n:::\n::::", 4, ""),
    "in an exercise": ("```{exercise-start} A\n:label: x\n```\n$$ a = b $$", 4, ""),
    "in backticks around text": ("````{admonition} A\n```{math}\na = b\n```\n````", 3, ""),
    "in a quotation": ("> $$\n> a = b\n> $$", 2, ""),
    "in a list": ("- one\n\n  $$ a = b $$", 3, ""),
    "after a fence of code": ("```python\nx\n```\n$$ a = b $$", 4, ""),
    "after front matter": ("---\na: $$\n---\n$$ a = b $$", 4, ""),
}


@each("text, line, label", FOUND.values(), ids=FOUND.keys())
def test_a_display_is_found_with_its_line_and_label(text, line, label):
    (found,) = displays(text)
    assert (found.line, found.label) == (line, label)
    assert "a = b" in found.text


@each("text", [x for x, *_ in FOUND.values() if not x.startswith("So")])
def test_what_is_found_is_what_myst_displays(text):
    extensions = ["amsmath", "dollarmath", "colon_fence"]
    settings = {"myst_enable_extensions": extensions, "report_level": 5, "warning_stream": False}
    document = publish_doctree(text, parser=Parser(), settings_overrides=settings)
    assert len([*document.findall(nodes.math_block)]) == 1


NOT_FOUND = {
    "a code cell": "```{code-cell} ipython3\nprint('$$ a = b $$')\n```",
    "a fence": "~~~\n$$ a = b $$\n~~~",
    "code in a sentence": "Write `$$ a = b $$` for a display.",
    "code with two backticks": "Write ``$$ ` a = b $$``.",
    "a comment": "% $$ a = b $$",
    "a comment of HTML": "<!--\n$$ a = b $$\n-->",
    "a formula in a sentence": "So $a = b$, and $c$.",
    "dollars after a backslash": r"It costs \$$5 and \$$6.",
}


@each("text", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_is_no_display_is_not_found(text):
    assert displays(text) == ()


def test_a_blank_line_separates_two_equations_of_one_directive():
    found = displays("```{math}\na = b\n\nc = d\n```")
    assert [(x.text, x.line) for x in found] == [("a = b", 2), ("c = d", 4)]


@each("text", ["$$ a", "```{math}\na", "```\nx", "\\begin{align}\na", "% check: wrong\n\ntext"])
def test_what_has_no_end_is_one_complaint_with_its_line(text):
    (found,) = check_text(f"\n{text}").equations
    assert (found.line, found.status) == (2, "unreadable")


# True and false


TRUE = [
    r"\nabla_u L = 2W^{\mathsf T}(Wu - v), \qquad \nabla_v L = -2r, \qquad \nabla_W L = 2ru^\top",
    r"\frac{\partial L}{\partial W_{ij}} = 2 r_i u_j",
    r"\frac{\partial r_k}{\partial W_{ij}} = \delta_{ki} u_j",
    r"\frac{\partial r}{\partial v} = -I",
    r"\frac{\partial \operatorname{vec}(Wu)}{\partial\operatorname{vec} W} = u^\top \otimes I",
    r"\nabla_u^2 L = 2W^\top W, \quad \nabla_W^2 L = 2uu^\top \otimes I",
    r"(AB)^{-1} = B^{-1} A^{-1}",
    r"\log(\det(AB)^2) = \log(\det(A)^2) + \log(\det(B)^2)",
    r"\mathrm{d}(A^{-1}) = -A^{-1}\,\mathrm{d}A\,A^{-1}",
    r"\operatorname{vec}(AXB) = (B^\top \otimes A) \operatorname{vec} X",
    r"\lVert Wu\rVert \le \lVert W\rVert_F \lVert u\rVert",
    r"\nabla_x \lVert x\rVert = \frac{x}{\lVert x\rVert}",
    r"\langle a, b\rangle = \sum_i a_i b_i = a^\top b",
    r"\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} 1 \\ 1 \end{pmatrix}"
    r" = \begin{pmatrix} 3 \\ 1 \end{pmatrix}",
    r"\frac{1}{8 + \sqrt 5} \approx 0.0977",
    r"W \in \mathbb{R}^{m \times n}",
    r"L = \underbrace{r^\top}_{1 \times m} r",
    r"L = r^\top \underbrace{(Wu - v)}_{r}",
    r"u \leftarrow u - 2\eta W^\top r",
    r"f(x) = x^\top x, \qquad f(x + y) = f(x) + 2\langle x, y\rangle + f(y)",
]


@each("latex", TRUE)
def test_a_true_equation_is_executed(latex):
    found = only(shown(latex))
    assert (found.status, found.message) == ("executed", "")


# From the ways in which people go wrong.
FALSE = [
    r"\nabla_u L = 2(Wu - v)W^\top",
    r"\nabla_u L = 2W r",
    r"\nabla_u L = 2r^\top W",
    r"\nabla_u L = W^\top r",
    r"\nabla_u L = -2W^\top r",
    r"\nabla_u L = 2W^\top W u",
    r"\nabla_u L = 2.001\, W^\top r",
    r"\nabla_v L = 2r",
    r"\nabla_W L = 2ur^\top",
    r"\nabla_W L = 2u^\top r",
    r"\nabla_u^2 L = 2W^2",
    r"\mathrm{d}L = 2r^\top W\,\mathrm{d}u",
    r"\frac{\partial L}{\partial r} = 2r^\top",
    r"(AB)^\top = A^\top B^\top",
    r"(A + B)^2 = A^2 + 2AB + B^2",
    r"\operatorname{vec}(AXB) = (A \otimes B^\top) \operatorname{vec} X",
    r"x^\top x \le 3",
    r"AB \ne C + AB - C",
    r"\frac{1}{8 + \sqrt 5} \approx 0.0987",
    r"u \leftarrow u + 2\eta W^\top r",
    r"u \leftarrow u - \eta W^\top r",
    r"W \leftarrow W - 2\eta ur^\top",
    r"\exp(s + t) = \exp(s) + \exp(t)",
    r"\det(A + B) = \det(A) + \det(B)",
    r"u \in \mathbb{R}^{m}",
    r"L = \underbrace{r^\top}_{m \times 1} r",
    r"\mathrm{d}L = 2r^\top \underbrace{W}_{m \times n} \underbrace{\mathrm{d}u}_{m \times 1}",
    r"L = \lVert \underbrace{W^{\mathsf{T}}}_{m \times n} r\rVert^2",
]


@each("latex", FALSE)
def test_a_false_equation_is_found_and_the_complaint_is_one_line(latex):
    found = only(shown(latex))
    assert found.status == "false"
    assert found.message
    assert "\n" not in found.complaint("page.md")


@each("latex", FALSE)
def test_a_false_equation_may_be_shown_because_it_is_wrong(latex):
    found = only(shown(latex, "wrong"))
    assert (found.status, found.wrong) == ("executed", True)


def test_a_true_equation_may_not_be_shown_as_wrong():
    found = only(shown(r"\nabla_v L = -2r", "wrong"))
    assert (found.status, found.message) == ("false", "marked wrong, and it holds")


@each("wrong", [r"\nabla_u L = 2Wr", r"\nabla_u L = (W + W^\top) r", r"\nabla_W L = 2ur^\top"])
def test_in_the_square_case_where_everything_fits_numbers_tell(wrong):
    square = "shapes W: n,n; v: n,1; r: n,1"
    found = only(shown(wrong, square, "where r = Wu - v"))
    assert found.status == "false"
    assert found.counterexample is not None
    assert only(shown(r"\nabla_W L = 2ru^\top", square, "where r = Wu - v")).status == "executed"


def test_the_counterexample_is_small_and_true():
    false = only(shown(r"(A + B)^2 = A^2 + 2AB + B^2")).counterexample
    A, B = (np.array(false.case.arrays[x]) for x in "AB")
    assert A.shape == B.shape == (2, 2)
    assert max(abs(A).max(), abs(B).max()) <= 1
    assert ((A + B).dot(A + B) == false.left).all()
    assert (A.dot(A) + 2 * A.dot(B) + B.dot(B) == false.right).all()
    assert (false.left != false.right).any()


def test_a_rare_exception_is_found():
    """Equal at every small whole number: only a large one tells them apart."""
    factors = "".join(f"(t - {k})(t + {k})" for k in range(1, 10))
    assert only(shown(rf"t{factors} = 0")).status == "false"


def test_verdicts_are_the_same_each_time():
    text = shown(r"\nabla_u L = 2Wr", "shapes W: n,n; v: n,1")
    assert only(text).as_dict() == only(text).as_dict()


# Notes


def test_a_definition_holds_to_the_end_of_the_page_and_no_further():
    page = shown(r"s = 2r") + "\n" + shown(r"s^\top s = 4L")
    assert [x.status for x in check_text(page).equations] == ["executed", "executed"]
    assert only(shown(r"s^\top s = 4L")).status == "false"


def test_a_letter_of_the_book_is_not_defined_by_an_equation():
    assert only(shown(r"u = W^\top v")).status == "false"
    assert only(shown(r"L = 2\lVert r\rVert^2")).status == "false"
    again = shown(r"L = 2\lVert r\rVert^2", "define L") + "\n" + shown(r"\nabla_v L = -4r")
    assert [x.status for x in check_text(again).equations] == ["executed", "executed"]


def test_what_follows_from_a_definition_can_be_false():
    assert only(shown("s = 2r", r"also s^\top s = 4L")).status == "executed"
    assert only(shown("s = 3r", r"also s^\top s = 4L")).status == "false"


def test_a_formula_without_a_relation_says_nothing_by_itself():
    assert only(shown(r"2r^\top r")).status == "unreadable"
    assert only(shown(r"2r^\top r", "also = 2L")).status == "executed"
    assert only(shown(r"2r^\top r", "also = L")).status == "false"


def test_only_what_varies_changes():
    latex = r"\mathrm{d}L = 2r^\top W\,\mathrm{d}u"
    assert only(shown(latex)).status == "false"
    assert only(shown(latex, "vary u")).status == "executed"
    assert only(shown(latex, "vary W")).status == "false"


def test_a_row_is_right_in_the_layout_of_rows_only():
    latex = r"\frac{\partial L}{\partial u} = 2r^\top W"
    assert only(shown(latex)).status == "false"
    assert only(shown(latex, "layout row")).status == "executed"
    chain = r"\frac{\partial L}{\partial u} = \frac{\partial L}{\partial r}"
    assert only(shown(chain + r"\frac{\partial r}{\partial u}", "layout row")).status == "executed"


def test_a_note_for_the_page_holds_for_what_follows():
    row = r"\frac{\partial L}{\partial u} = 2r^\top W"
    page = check_text(shown(row, "page layout row") + "\n" + shown(row)).equations
    assert [x.status for x in page] == ["executed", "executed"]
    page = check_text(shown(row, "layout row") + "\n" + shown(row)).equations
    assert [x.status for x in page] == ["executed", "false"]


def test_a_condition_chooses_the_points():
    latex = r"1 - \eta \lVert x\rVert^2 \le 1"
    assert only(shown(latex)).status == "false"
    assert only(shown(latex, r"where \eta \ge 0")).status == "executed"
    assert only(shown(latex, r"where \eta > \eta")).status == "unreadable"


def test_the_imaginary_unit_is_no_other_letter():
    latex = "(a + ib)^2 = a^2 - b^2 + 2iab"
    shapes = "shapes a: ; b: "
    assert only(shown(latex, shapes)).status == "false"
    assert only(shown(latex, shapes, "where i^2 = -1")).status == "executed"
    assert only(shown(latex[:-1], shapes, "where i^2 = -1")).status == "false"
    assert only(shown(r"\frac1i = -i", "where i^2 = -1")).status == "unreadable"


def test_what_is_skipped_is_counted_with_its_reason():
    found = only(shown(r"\lim_{h \to 0} h = 0", "skip, a limit"))
    assert (found.status, found.message) == ("marked", "a limit")


@each("note", ["skip", "skip,", "vary", "layout diagonal", "shapes u", "where", "vary 2,", "ok",
               "page wrong", "where x", "where u + v = 0", "also", "wrong, I think"])  # fmt: skip
def test_a_note_that_says_nothing_is_a_mistake(note):
    found = only("\n" + shown("a = a + 0", note))
    assert found.status in ("unreadable", "false")
    assert found.line in (2, 3, 4)


# How many points


@given(numpy_trees(kind=""), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_no_polynomial_exceeds_the_bound_on_its_degree(tree, seed):
    """Along a line it is a polynomial in one number, whose differences vanish in the end."""
    try:
        tree = Sizes(SHAPES, numpy=True).annotate(tree)
    except AlgebraError:
        assume(False)
    found = degree(tree, {}, LETTERS)
    assume(found is not None and found[1] == 0 and found[0] <= 30)
    rng = np.random.default_rng(seed)
    shapes = {k: tuple(LETTERS.get(x, x) for x in s) for k, s in Sizes(SHAPES).names().items()}
    base, way = ({k: rng.integers(-3, 4, s) for k, s in shapes.items()} for _ in range(2))
    values = []
    for t in range(found[0] + 2):
        try:
            here = {k: (base[k] + t * way[k]).astype(object) for k in base}
            values.append(evaluate(tree, {**here, **LETTERS}))
        except AlgebraError:
            assume(False)
    values = np.array([np.asarray(x).item() for x in values], dtype=object)
    assert not np.diff(values, n=found[0] + 1).any()


@each("latex, bound", [
    (r"2W^\top(Wu - v)", (3, 0)), (r"\lVert Wu - v\rVert^2", (4, 0)), ("x^{-1}", None),
    (r"A^{-1}", (1, 2)), (r"\det A", (2, 0)), (r"\frac{1}{N} t", (1, 0)), (r"\exp(t)", None),
    (r"\nabla_u \lVert Wu - v\rVert^2", (3, 0)), (r"\frac{s^2}{t^3}", (2, 3)),
    (r"\sum_{i=1}^{m} \frac{1}{v_i}", (2, 3)), (r"\sum_{i=1}^{m} \frac{v_i}{t}", (3, 3)),
])  # fmt: skip
def test_degrees_of_formulas(latex, bound):
    shapes = "A:n,n; s:; t:; W:m,n; u:n,1; v:m,1"
    tree = read_latex(latex, shapes)
    try:
        tree = Sizes(shapes).annotate(tree)
    except AlgebraError:
        assert bound is None
        return
    degrees = degree(tree, {}, {"m": 3, "n": 2, "N": 2})
    assert (degrees and degrees[:2]) == bound


def test_a_false_identity_passes_with_a_probability_below_one_in_a_million_millions():
    for d in range(200):
        points = points_needed(d)
        assert Fraction(d, 2 * SPREAD + 1) ** points == chance(d, points) < UNLIKELY
        assert d == 0 or points == 1 or chance(d, points - 1) >= UNLIKELY


# How many sizes


POLYNOMIAL = [form for form in FORMS if form[0] != "mean"]  # which divides by a size


@given(numpy_trees("", forms=POLYNOMIAL), st.sampled_from(sorted(LETTERS)), st.integers(0, 10**6))
@settings(max_examples=400, deadline=None)
def test_no_formula_exceeds_the_bound_on_its_degree_in_a_size(tree, letter, seed):
    """With the same entries, and zeros around them, it is a polynomial in the size."""
    try:
        tree = Sizes(SHAPES, numpy=True).annotate(tree)
    except AlgebraError:
        assume(False)
    degrees = degree(tree, {}, LETTERS)
    assume(degrees is not None and degrees.below == 0 and degrees.sizes[letter] is not None)
    _, count = degrees.sizes[letter]
    assume(count <= 8)
    rng = np.random.default_rng(seed)
    shapes = {k: tuple(LETTERS.get(x, x) for x in s) for k, s in Sizes(SHAPES).names().items()}
    entries = {k: rng.integers(-3, 4, s) for k, s in shapes.items()}
    values = []
    for more in range(count + 1):
        sizes = {**LETTERS, letter: LETTERS[letter] + more}
        here = {k: x if np.shape(x) else int(x) for k, x in entries.items()}
        for key, shape in Sizes(SHAPES).names().items():
            if shape:
                here[key] = np.pad(entries[key], [(0, more * (x == letter)) for x in shape])
        try:
            values.append(np.asarray(evaluate(tree, {**here, **sizes})).item())
        except AlgebraError:
            assume(False)
    assert not np.diff(np.array(values, dtype=object), n=count).any()


@each("latex, size, needed", [
    (r"2W^\top(Wu - v)", "n", (2, 1)), (r"2W^\top(Wu - v)", "m", (1, 1)),
    (r"u + n(n - 1)u", "n", (1, 3)), (r"\operatorname{tr}(I_n) s", "n", (1, 2)),
    (r"\mathbf 1_n^\top \mathbf 1_n s", "n", (1, 2)), (r"\mathbf 1_n^\top u", "n", (1, 1)),
    (r"\frac1n \mathbf 1_n^\top u", "n", (1, 1)), (r"\frac1n u - u", "n", (1, 2)),
    (r"\sum_{i=1}^n s", "n", (1, 2)), (r"u_3", "n", (4, 1)), (r"A^3", "n", (4, 1)),
    (r"\sum_{i=1}^n i u_i", "n", None), (r"\sum_{i=1}^{n - 1} u_i", "n", None),
    (r"\sum_{i=1}^{n} u_{n + 1 - i}", "n", None), (r"A^{-1}", "n", None), (r"\det A", "n", None),
    (r"\nabla_u \lVert Wu - v\rVert^2", "n", (3, 1)), (r"\lVert u\rVert^2", "n", (1, 1)),
    (r"\operatorname{tr}(A^2)", "n", (2, 1)), (r"u \odot u", "n", (1, 1)),
])  # fmt: skip
def test_sizes_that_are_enough(latex, size, needed):
    shapes = "A:n,n; s:; W:m,n; u:n,1; v:m,1"
    tree = Sizes(shapes).annotate(read_latex(latex, shapes))
    assert degree(tree, {}, {"m": 3, "n": 2}).sizes[size] == needed


def standard(matrices):
    """The standard polynomial: the products in every order, with the sign of the order."""
    terms = []
    for order in permutations(matrices):
        odd = sum(a > b for a, b in combinations(order, 2)) % 2
        terms.append(f"{'-' if odd else '+'} {' '.join(order)}")
    return " ".join(terms).removeprefix("+")


def vanishing(size, last=6):
    """A product that is 0 for the sizes 1 … last."""
    return "".join(f"({size} - {k})" for k in range(1, last + 1))


SQUARES = "shapes A: n,n; B: n,n; C: n,n; D: n,n"
SMALL_ONLY = {  # true for small sizes, and false
    "a size": (rf"\nabla_u L = 2W^\top(Wu - v) + {vanishing('n', 4)}u", ""),
    "a larger one": (rf"\nabla_u L = 2W^\top(Wu - v) + {vanishing('n')}u", ""),
    "two sizes": (rf"Wu = Wu + {vanishing('n', 4)}{vanishing('m', 4)}v", ""),
    "a trace": ("u = u + u" + vanishing(r"\operatorname{tr}(I_n)"), ""),
    "ones": ("u = u + u" + vanishing(r"\mathbf 1_n^{\mathsf T} \mathbf 1_n"), ""),
    "a sum": ("u = u + u" + vanishing(r"\sum_{i=1}^{n} 1"), ""),
    "beside a function": (rf"\exp(t){vanishing('n')}u = 0", "shapes t:"),
    "beside an inverse": (rf"A^{{-1}} = A^{{-1}} + {vanishing('n')}A", SQUARES),
    "Amitsur and Levitzki": (f"{standard('ABCD')} = 0", SQUARES),
    "Cayley and Hamilton": (r"2A^2 - 2\operatorname{tr}(A) A"
        r" + (\operatorname{tr}(A)^2 - \operatorname{tr}(A^2)) I = 0", SQUARES),
    "power sums": (r"s^3 - 3s \lVert x\rVert^2 + 2 \mathbf 1^\top (x \odot x \odot x) = 0",
        r"where s = \mathbf 1^\top x"),
}  # fmt: skip


@each("latex, note", SMALL_ONLY.values(), ids=SMALL_ONLY.keys())
def test_what_holds_for_small_sizes_alone_is_false(latex, note):
    found = only(shown(latex, *[note] * bool(note)))
    assert found.status == "false"
    assert found.counterexample is not None


def test_the_standard_polynomial_vanishes_on_all_matrices_of_half_its_degree():
    for k, letters in ((1, "AB"), (2, "ABCD")):
        latex = f"{standard(letters)} = 0"
        for size, status in ((k, "executed"), (k + 1, "false")):
            shapes = "; ".join(f"{x}: {size},{size}" for x in letters)
            assert only(shown(latex, f"shapes {shapes}")).status == status


@each("latex, all_sizes", [
    (r"\nabla_u L = 2W^\top r", True), (r"\operatorname{tr}(I_n) = n", True),
    (r"(AB)^{-1} = B^{-1} A^{-1}", False), (r"\lVert x\rVert \ge 0", False),
    (r"\tanh(-x) = -\tanh(x)", False), (r"\tanh(-\alpha) = -\tanh(\alpha)", True),
    (r"\operatorname{vec}(AXB) = (B^\top \otimes A) \operatorname{vec} X", True),
    (r"\langle A, B\rangle_F = \operatorname{tr}(A^\top B)", True),
])  # fmt: skip
def test_it_is_said_where_the_sizes_tried_are_not_enough(latex, all_sizes):
    found = only(shown(latex))
    assert (found.status, found.all_sizes) == ("executed", all_sizes)
    (statement,) = Page().read(latex).statements
    assert judge(statement).all_sizes == all_sizes


@in_the_book
def test_most_equations_of_the_book_hold_for_all_sizes():
    equations = [x for path in CHAPTERS for x in checked(path).equations]
    assert sum(x.all_sizes for x in equations) > 0.8 * len(equations)


def test_tall_wide_square_and_single_matrices_are_tried():
    (statement,) = Page().read(r"\nabla_u L = 2W^\top r").statements
    tried = [(x["m"], x["n"]) for x in judge(statement).sizes]
    assert tried == [(3, 2), (2, 3), (2, 2), (1, 1)]


def test_an_inverse_that_needs_full_column_rank_is_tried_where_it_exists():
    (statement,) = Page().read(r"W^\top W (W^\top W)^{-1} = I").statements
    assert {"m": 2, "n": 3} not in judge(statement).sizes
    assert judge(statement).false is None


# Hostile text


HOSTILE = [
    "(" * 4000 + "x" + ")" * 4000, r"\frac{1}{" * 90, "x^{9999999} = t", "t^{999999999} = 1",
    "9" * 9000 + " = 1", "+".join(["x"] * 1500) + " = 0", "A " * 900 + "= A",
    r"\sum_{i=1}^{99999999} 1 = 2", r"A \otimes " * 30 + "A = A", r"\mathrm{__import__}(x) = 1",
    "".join(rf"\sum_{{{c}=1}}^{{999}}" for c in "ijk") + " x_1 = 1", "x = \0", "x \\", "=", "% ",
    "x.__class__ = 1", r"\nabla_W^2 \det(W^{\mathsf T} W)^{99} = 1", r"\begin{pmatrix} 1 & ",
    r"\text{" * 500, "_" * 300, "^" * 300, "\\" * 301, "&" * 300, "é = ∞", "x_{99999999} = 1",
]  # fmt: skip


@each("latex", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_costs_one_line(latex):
    found = check_text(shown(latex))
    assert found.failures
    for equation in found.failures:
        assert equation.line <= 4
        assert "\n" not in equation.complaint("page.md")
        assert len(equation.complaint("page.md")) < 1000


def test_definitions_that_double_each_time_are_refused():
    rows = [
        shown(rf"{b} = {a}^\top {a}{a}^\top {a}")
        for a, b in zip("abcfgopq", "bcfgopqs", strict=True)
    ]
    found = only("\n".join([*rows, shown("2s = s")]))
    assert (found.status, "degree" in found.message) == ("unreadable", True)


PIECES = [*r"+-=&^_{}()[]|,.;'/ 0129 Wuvrxmnij $ %" "\n", r"\frac", r"\mathsf T", r"^{\mathsf T}",
          r"\sum_{i=1}^{m}", r"\nabla_u", r"\mathrm{d}", "L(", r"\lVert ", r"\rVert ", r"\\", "$$",
          r"\begin{aligned}", r"\end{aligned}", r"\otimes", r"\text{", r"\leftarrow", r"\langle",
          "\n% check: where ", "\n% check: also ", "\n```{math}\n", "\n```\n", ":::"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_the_check(text):
    for markdown in (text, shown(text)):
        for equation in check_text(markdown).equations:
            assert "\n" not in equation.complaint("page.md")


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_character_breaks_the_check(text):
    check_text(text)
    check_text(shown(text))


# The command line


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def test_the_command_says_what_is_false_and_where(tmp_path, capsys):
    write(tmp_path, a=shown(r"\nabla_v L = -2r"), b="\n" + shown(r"\nabla_v L = 2r"))
    assert main(["check", str(tmp_path)]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(rf"{tmp_path / 'b.md'}:3: false: \nabla_v L = 2r: left 2, right -2, ")
    assert rest[-1] == "2 pages: 1 executed, 0 marked, 1 false"
    assert main(["check", str(tmp_path / "a.md")]) == 0


def test_the_command_answers_in_json(tmp_path, capsys):
    write(tmp_path, a=shown(r"\nabla_v L = 2r") + "\n" + shown("x", "skip, why not"))
    assert main(["check", "--json", str(tmp_path)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {k: found[k] for k in ("executed", "marked", "false", "unreadable")} == {
        "executed": 0, "marked": 1, "false": 1, "unreadable": 0}  # fmt: skip
    first, second = found["pages"][0]["equations"]
    assert (first["line"], first["latex"], first["status"]) == (2, r"\nabla_v L = 2r", "false")
    assert set(first["counterexample"]) == {
        "left", "right", "sizes", "indices", "values", "changes"}  # fmt: skip
    assert (second["status"], second["message"]) == ("marked", "why not")


def test_what_cannot_be_checked_is_said_in_one_line(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.md").write_bytes(b"\x00\xff\xfe")
    for name, words in {
        "gone.md": "no such file",
        "empty": "no .md file",
        "binary.md": "UTF-8",
    }.items():
        assert main(["check", str(tmp_path / name)]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert words in printed.err
        assert printed.err.count("\n") == 1


@each("given", [[], ["check"], ["chek", "x"], ["check", "--jsn", "x"]])
def test_a_bad_command_ends_with_2(given, capsys):
    with pytest.raises(SystemExit) as end:
        main(given)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_the_module_runs(tmp_path):
    write(tmp_path, a=shown(r"\nabla_v L = 2r"))
    command = [sys.executable, "-W", "error", "-m", "wuv", "check", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "false" in done.stdout


def test_every_note_is_in_the_one_list_of_them():
    from wuv.equations import notes

    for field in set(Notes._fields) - {"page"}:
        assert f"\n{field} " in notes.__doc__.replace(",", " ")


# The site


EXPLAINED = "chapters/how_it_checks"


def build(folder):
    """Build a small site with the extension; return its last lines by page, and the warnings."""
    root = Path(__file__).parents[1]
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(root)!r})\nfrom _ext.build import order\n"
        "setup = lambda app: order.connect(app, '_ext.page.executed')\n"
        "extensions = ['myst_parser']\nmyst_enable_extensions = ['dollarmath']\n"
        "root_doc = 'index'\nhtml_theme = 'basic'\n"
    )
    command = [sys.executable, "-m", "sphinx", "-b", "html", str(folder), str(folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = {
        path.stem: re.findall('<p class="executed">(.*?)</p>', path.read_text("utf-8"))
        for path in (folder / "out").rglob("*.html")
    }
    return lines, done.stderr


def test_a_page_ends_with_its_count_and_the_first_with_the_count_of_the_book(tmp_path):
    good = shown(r"\nabla_v L = -2r") + "\n" + shown("x", "skip, a reason")
    write(tmp_path, index="# Book\n\n```{toctree}\npage\n```\n", page=f"# Page\n\n{good}")
    lines, warnings = build(tmp_path)
    assert warnings == ""
    assert lines["page"] == ["1 equation on this page was executed, 1 marked: a reason."]
    assert lines["index"] == ["1 equation in this book was executed, 1 marked: a reason."]

    write(tmp_path, page=f"# Page\n\n{good}\n{good}")
    lines, warnings = build(tmp_path)
    assert lines["page"] == ["2 equations on this page were executed, 2 marked: a reason."]
    assert lines["index"] == ["2 equations in this book were executed, 2 marked: a reason."]


def test_the_count_leads_to_its_explanation_where_there_is_one(tmp_path):
    (tmp_path / "chapters").mkdir()
    write(tmp_path / "chapters", how_it_checks="# How\n\n" + shown(r"\nabla_v L = -2r"))
    write(tmp_path, index=f"# Book\n\n```{{toctree}}\n{EXPLAINED}\n```\n")
    lines, warnings = build(tmp_path)
    assert warnings == ""
    assert f'href="{EXPLAINED}.html"' in lines["index"][0]
    assert lines["how_it_checks"] == ["1 equation on this page was executed."]


def test_a_false_equation_is_a_warning_with_its_file_and_line(tmp_path):
    write(tmp_path, index="# Book\n\n" + shown(r"\nabla_v L = 2r"))
    lines, warnings = build(tmp_path)
    assert "index.md:4: WARNING: false equation: \\nabla_v L = 2r: left 2, right -2" in warnings
    assert lines["index"] == []
