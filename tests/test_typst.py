"""What is written for Typst: text means nothing but itself, and what has no place there is said."""

import pypdfium2
import pytest
import typst
from docutils import nodes

from _ext.build import doctree
from _ext.paper import markup
from _ext.paper.typst_math import Strange, to_typst, to_words

# What is special to Typst, at the start of a line and elsewhere.
HOSTILE = [
    '#panic("no")', "$x$", "a_b_c *d* `e`", "= no heading", "- no list", "+ no list", "1. no list",
    "/ no: term", "// no comment", "/* none */", "@nobody <nowhere>", "\\ \\u{41}", "[a](b) {c}",
    "https://example.org", "--- ... ~ ' \"", "#let x = 1; #x",
]  # fmt: skip


def test_text_means_nothing_but_itself():
    source = "#set smartquote(enabled: false)\n"
    source += "\n\n".join("#emph[x]" + markup.escaped(text) for text in HOSTILE)
    document = pypdfium2.PdfDocument(typst.compile(source.encode(), ignore_system_fonts=True))
    lines = document[0].get_textpage().get_text_range().splitlines()
    assert lines == ["x" + text for text in HOSTILE]


def test_a_string_of_a_call_means_nothing_but_itself():
    for text in [*HOSTILE, 'a"b', "a\\", '\\"', "#{1}"]:
        source = f"#raw({markup.quoted(text)})"
        document = pypdfium2.PdfDocument(typst.compile(source.encode(), ignore_system_fonts=True))
        assert document[0].get_textpage().get_text_range() == text


class Unheard(nodes.Element):
    tagname = "unheard"


def test_a_node_that_is_not_known_is_a_warning_and_its_text_is_kept(monkeypatch):
    said = []
    monkeypatch.setattr(
        doctree.logger, "warning", lambda text, *values, **_: said.append(text % values)
    )
    page = markup.Page(None, "page")
    unknown = Unheard("", nodes.Text("the words"))
    assert page.block(unknown) == ["the words"]
    assert page.blocks([nodes.paragraph("", "", Unheard(""))]) == []
    assert said == ["no Typst for <unheard>"] * 2


def test_a_formula_that_cannot_be_written_is_an_error():
    with pytest.raises(Strange, match="noSuchCommand"):
        to_typst(r"\noSuchCommand x")
    with pytest.raises(Strange, match="menclose"):
        to_typst(r"\cancel{x}")


def test_a_matrix_of_letters_keeps_its_rows():
    written = to_typst(r"\begin{pmatrix} 0 & v \\ u & 0 \end{pmatrix}")
    assert written == r"lr(\( mat(delim: #none, 0, #letter.v ; #letter.u, 0) \))"


def test_a_formula_in_words_is_what_one_would_type():
    assert to_words(r"\nabla_u L = 2W^{\mathsf T}(Wu - v)") == "∇_uL = 2Wᵀ(Wu − v)"
    assert to_words(r"\lVert r\rVert^2") == "‖r‖²"
    assert to_words(r"\frac{\partial L}{\partial u_k}") == "(∂L)/(∂u_k)"
    assert to_words(r"\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}") == "(1, 2; 0, 1)"
    assert to_words(r"\eta < 1") == "η<1"
