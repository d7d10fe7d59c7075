"""LaTeX for paper, for the ear and for a line: nothing is lost, and nothing strange gets in."""

import re
import unicodedata
from pathlib import Path

import pytest

from wuv.mathtext import Strange, mathml, quoted, to_line, to_typst, to_words
from wuv.mathtext.mathml import APPLY
from wuv.mathtext.words import SPOKEN

CHAPTERS = Path(__file__).parent.parent / "chapters"
BLOCK = re.compile(r"```\{math\}\n(.*?)```|\$\$(.*?)\$\$", re.DOTALL)
INLINE = re.compile(r"(?<![\\$])\$([^$\n]+)\$")
# Signs that MathML has and a line of text spells in another way.
RESPELLED = {"𝖳": "ᵀ", "⋅": "·", "∗": "*", "′": "'", "⊤": "ᵀ"}


def formulas(text):
    """The formulas of a chapter, each with whether it is displayed."""
    for block in BLOCK.finditer(text):
        lines = (block[1] or block[2]).splitlines()
        yield "\n".join(x for x in lines if not re.match(r":[\w-]+:|%", x)), True
    text = re.sub(r"```.*?```", "", BLOCK.sub("", text), flags=re.DOTALL)
    for part in INLINE.finditer(re.sub(r"`[^`\n]*`", "", text)):
        yield part[1], False


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.stem)
def test_no_letter_or_sign_of_a_chapters_formulas_is_lost(path):
    seen = 0
    for tex, display in formulas(path.read_text(encoding="utf-8")):
        signs = re.sub(r"<[^>]*>", " ", mathml(tex, display)).replace(APPLY, "")
        signs = signs.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        line, typst = to_line(tex, display), to_typst(tex, display)
        plain = unicodedata.normalize("NFKD", line).replace("⁄", "")
        for sign in set(signs) - set(" .¯⏟"):
            assert RESPELLED.get(sign, sign) in line or unicodedata.normalize("NFKD", sign) in plain
            assert sign in typst or sign == "′"
        assert "\\" not in line
        assert to_words(tex)
        seen += 1
    assert seen or path.stem in ("exercises", "reference", "teachers")


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\nabla_u L = 2W^{\mathsf T}(Wu - v)", "∇_u L = 2Wᵀ(Wu − v)"),
        (r"\lVert r\rVert^2", "‖r‖²"),
        (r"\frac{\partial L}{\partial u_k}", "∂L/∂u_k"),
        (r"\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}", "(1, 2; 0, 1)"),
        (r"\eta < 1", "η < 1"),
        (r"\sum_{i=1}^m r_i^2", "∑_{i=1}^m r_i²"),
        (r"\eta_k", "η_k"),
        (r"\tfrac12\lVert r\rVert^2", "½‖r‖²"),
        (r"\tfrac{1}{2N}\lVert R\rVert_F^2", "(1/(2N))‖R‖_F²"),
        (r"a \le b \ge c \ne d \leftarrow e \to f \approx g", "a ≤ b ≥ c ≠ d ← e → f ≈ g"),
        (r"A^{-1}b, A^{-\mathsf T}", "A⁻¹b, A⁻ᵀ"),
        (r"x\mathbf 1^{\mathsf T} \odot z^{\odot 2}", "x𝟏ᵀ ⊙ z.^2"),
        (r"\operatorname{tr}(X)\,\hat y", "tr(X) ŷ"),
        (r"W\,\mathrm{d}u + \mathrm{d}W_{ij}", "W du + dW_ij"),
        (
            r"\underbrace{2r^{\mathsf T}}_{1 \times m} \underbrace{W}_{m \times n}",
            "2rᵀ [1×m] W [m×n]",
        ),
        (r"\underbrace{r}", "r"),
    ],
)
def test_a_formula_in_a_line_is_what_one_would_type(tex, line):
    assert to_line(tex) == line


@pytest.mark.parametrize("write", [to_typst, to_line, to_words])
def test_a_formula_that_cannot_be_written_is_an_error(write):
    with pytest.raises(Strange, match="noSuchCommand"):
        write(r"\noSuchCommand x")
    with pytest.raises(Strange, match="menclose"):
        write(r"\cancel{x}")


def test_a_formula_is_said_with_every_sign_in_words():
    said = to_words(
        r"\sum_{i=1}^m \eta_k \le \tfrac12 \ne \lVert x\rVert^2 \leftarrow A^{\mathsf T}"
    )
    assert said == (
        "the sum from i = 1 to m of eta sub k is at most 1 over 2 is not "
        "norm x norm to the power 2 becomes A transposed"
    )
    assert all(word.isascii() for word in SPOKEN.values())


def test_sizes_under_a_brace_are_said_and_drawn():
    tex = r"\underbrace{W}_{m \times n} u"
    assert to_words(tex) == "W, m by n, u"
    assert to_typst(tex) == 'underbrace(W, m class("normal", \\×) n) u'


def test_a_string_of_typst_means_itself():
    assert quoted('a "b" \\') == r'"a \"b\" \\"'
