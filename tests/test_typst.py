"""What is written for Typst: text means nothing but itself, and what has no place there is said."""

import pypdfium2
import typst
from docutils import nodes

from _ext.build import doctree
from _ext.paper import markup
from wuv.mathtext import to_typst

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


def test_a_matrix_of_letters_keeps_its_rows():
    written = to_typst(r"\begin{pmatrix} 0 & v \\ u & 0 \end{pmatrix}", letters=markup.LETTERS)
    assert written == r"lr(\( mat(delim: #none, 0, #letter.v ; #letter.u, 0) \))"
