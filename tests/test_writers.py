"""Each writer of the site on a page of a few lines: no book, no browser, no kernel."""

import json
import pickle
import re
import zipfile
from types import SimpleNamespace

import pypdfium2
import pytest
from docutils import nodes
from pygments import highlight
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.highlighting import PygmentsBridge
from sphinx.util.docutils import docutils_namespace, patch_docutils

from _ext.build import doctree, files, state
from _ext.notebooks import markdown, notebook, pack
from _ext.page import (
    ahead,
    case,
    dress,
    executed,
    folds,
    lean_code,
    levels,
    mathfont,
    mathml,
    pictures,
    predict,
    reading_time,
    search,
    tables,
    tracebacks,
    used_in,
)
from _ext.paper import handouts, markup, pdf, results
from wuv.mathtext import normalised, to_line, to_typst

CONF = """
from _ext.build import order
extensions = ["myst_nb", "sphinx_exercise"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "attrs_block"]
nb_execution_mode, html_theme, root_doc, numfig = "off", "basic", "index", True
project, exercise_style = "Book", "solution_follow_exercise"
html_math_renderer = {renderer!r}
setup = lambda app: order.connect(app, *{names!r})
"""
KERNEL = """\
---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
language_info: {name: python, pygments_lexer: ipython3}
---
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A function that builds a small book with these modules and gives its app, built."""
    monkeypatch.setattr(PygmentsBridge, "html_formatter", PygmentsBridge.html_formatter)

    def build(*modules, settings="", **pages):
        names = [module.__name__ for module in modules]
        renderer = "mathml" if mathml in modules else "mathjax"
        (tmp_path / "conf.py").write_text(CONF.format(names=names, renderer=renderer) + settings)
        for name, text in pages.items():
            (tmp_path / f"{name}.md").write_text(text, "utf-8")
        with patch_docutils(tmp_path), docutils_namespace():
            warnings = Heard()
            out, trees = tmp_path / "out", tmp_path / "trees"
            app = Sphinx(tmp_path, tmp_path, out, trees, "html", None, None, warnings)
            app.build()
        app.said = warnings.text
        app.html = lambda name="index": (out / f"{name}.html").read_text("utf-8")
        return app

    return build


class Heard:
    """A stream that keeps what is written to it."""

    text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def article(html):
    """What a page says, without the theme around it."""
    return re.search(r'<div class="body" role="main">(.*?)<div class="cle', html, re.DOTALL)[1]


PAGE = (
    KERNEL
    + r"""# The gradient *in* $u$

A star \* and [a link](https://example.org), `code`, **bold**; see {eq}`eq-one`.[^note]

$$ L = 2W^{\mathsf T} r $$ (eq-one)

1. one
2. two

> quoted

| | name |
|:--|--:|
| 1 | $\lVert r\rVert$ |

```{code-cell} ipython3
:tags: [raises-exception]
import wuv
```

```{exercise} Try it
:label: ex-try
:class: level-2
How large?
```

```{solution} ex-try
:class: dropdown
Two.
```

[^note]: A note.
"""
)


ASKED = (
    KERNEL
    + r"""# A

::::{predict}
Which is it?

- [ ] $x$
- [x] *two*

:::{answer}
Because.

$$ y = x $$ (eq-why)
:::
::::

::::{predict}
How large?

:::{answer}
Two.
:::
::::
"""
)


def tree_of(app, name="index"):
    return app.env.get_and_resolve_doctree(name, app.builder)


# Notebooks


def test_a_page_becomes_plain_markdown_and_code_cells(small):
    app = small(folds, index=PAGE)
    assert app.said == ""
    assert markdown.blocks(tree_of(app), app.env, "index", markdown.Links()) == [
        "# The gradient *in* $u$",
        r"A star \* and [a link](https://example.org), `code`, **bold**; see (1).\[1\]",
        "$$\nL = 2W^{\\mathsf T} r \\tag{1}\n$$",
        "1. one\n2. two",
        "> quoted",
        "|  | name |\n| --- | --- |\n| 1 | $\\lVert r\\rVert$ |",
        markdown.Code("import wuv", {"tags": ["raises-exception"]}),
        "**Exercise 1 (Try it)**",
        "How large?",
        "<details>\n<summary>Solution</summary>\n\nTwo.\n\n</details>",
        "---",
        r"\[1\] A note.",
    ]


def test_in_a_notebook_the_answers_stand_at_the_end(small):
    app = small(predict, index=ASKED)
    where = "> *The answer stands at the end of this notebook.*"
    assert app.said == ""
    assert markdown.blocks(tree_of(app), app.env, "index", markdown.Links()) == [
        "# A",
        f"> **Predict 1**\n>\n> Which is it?\n>\n> - (a) $x$\n> - (b) *two*\n>\n{where}",
        f"> **Predict 2**\n>\n> How large?\n>\n{where}",
        "## Answers to what you predicted",
        "<details>\n<summary>Predict 1: the answer</summary>\n\n(b)\n\nBecause.\n\n"
        "$$\ny = x \\tag{1}\n$$\n\n</details>",
        "<details>\n<summary>Predict 2: the answer</summary>\n\nTwo.\n\n</details>",
    ]


def test_a_link_leads_to_the_notebook_or_to_the_page_if_that_can_be_reached():
    env = SimpleNamespace(metadata={"chapters/a": {"kernelspec": {}}, "chapters/b": {}})

    def there(address, **links):
        page = markdown.Page(env, "chapters/c", markdown.Links(**links))
        return page.inline(nodes.reference("", "text", refuri=address))

    site = {"site": "https://example.org/"}
    assert there("a.html") == there("a.html#part") == "[text](a.ipynb)"
    assert there("a.html#part", **site) == "[text](https://example.org/chapters/a.html#part)"
    assert there("b.html") == there("../pdf/a.pdf") == there("#part") == "text"
    assert there("../pdf/a.pdf", **site) == "[text](https://example.org/pdf/a.pdf)"
    assert there("https://example.com") == "[text](https://example.com)"


def test_a_code_cell_where_none_can_stand_is_a_warning(monkeypatch):
    said = []
    monkeypatch.setattr(doctree.logger, "warning", lambda text, *given, **_: said.append(given[0]))
    page = markdown.Page(None, "index", markdown.Links())
    source = nodes.container("", nodes.Text("x = 1"), nb_element="cell_code_source")
    cell = nodes.container("", source, nb_element="cell_code")
    assert page.block(cell) == [markdown.Code("x = 1")]
    assert page.block(nodes.note("", nodes.paragraph("", "so"), cell)) == ["> **Note**\n>\n> so"]
    assert said == ["a code cell has no place here: x = 1"]


def test_a_bar_in_a_table_ends_no_cell():
    assert markdown.without_bars(r"$|x| + \|r\|$") == r"$\vert x\vert  + \Vert r\Vert $"


def test_a_notebook_begins_with_what_it_needs():
    pieces = ["# Title", markdown.Code("import sympy"), "Text", "more", "## Next"]
    assert notebook.joined(pieces) == [*pieces[:2], "Text\n\nmore", "## Next"]
    setup = notebook.setup_cell(pieces, "wuv-1.whl", "").source
    assert "    import sympy\n    import wuv\n" in setup
    assert "%pip install ./wuv-1.whl sympy" in setup
    assert "google.colab" not in setup
    setup = notebook.setup_cell(pieces, "wuv-1.whl", "https://example.org/wuv-1.whl").source
    assert "install --quiet wuv @ https://example.org/wuv-1.whl" in setup.replace('"', "")
    compile(setup, "setup", "exec")
    made = notebook.notebook(pieces)
    assert [cell["cell_type"] for cell in made["cells"]] == ["markdown", "code", *["markdown"] * 3]
    assert made["cells"][1]["outputs"] == []


def test_the_zip_of_all_notebooks_says_how_to_install_them(tmp_path):
    class App:
        outdir = tmp_path
        config = SimpleNamespace(html_title="Book")

    app = App()
    state.of(app).wheel = "wuv-1.whl"
    for name in ("a.ipynb", "wuv-1.whl", "wuv-0.whl"):
        files.put(tmp_path / notebook.FOLDER / name, name)
    pack.write(app)
    with zipfile.ZipFile(tmp_path / notebook.FOLDER / f"{pack.NAME}.zip") as archive:
        packed = {
            name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist()
        }
    expected = {"README.txt", "a.ipynb", "requirements.txt", "runtime.txt", "wuv-1.whl"}
    assert set(packed) == expected
    assert packed["requirements.txt"].startswith("./wuv-1.whl[")


# Paper


def test_a_page_becomes_calls_of_the_template(small):
    app = small(folds, levels, index=PAGE)
    text, solutions, drawn = markup.written(tree_of(app), app.env, "index")
    formula = r"L = 2W^{\mathsf T} r"
    norm, u = (to_typst(x, letters=markup.LETTERS) for x in (r"\lVert r\rVert", "u"))
    alt, inner = to_line(formula, True), to_typst(formula, True, markup.LETTERS)
    assert text.split("\n\n") == [
        '#section(1, ("index#the-gradient-in-u", "index#",))[The gradient #emph()[in] '
        f'#m("u", ${u}$)]',
        'A star \\* and #web("https://example.org")[a link], #mono("code"), #strong()[bold]\\; '
        'see #to("index", "equation-eq-one", "index")[\\(1\\)]\\.'
        '#footnote-here("index#note")[A note\\.]',
        f'#formula("{alt}", $ {inner} $, "1", ("index#equation-eq-one",))',
        "#enum(start: 1, [one], [two])",
        "#quote(block: true)[quoted]",
        '#grid-of([], (), 2, ("left", "right",), (([], [name],),), '
        f'(([1], [#m("‖r‖", ${norm}$)],),))',
        '#cell()[#code("import wuv", "python")]',
        '#exercise("1", [Try it], "level 2", ("index#ex-try",), "index#index-solution-1")'
        "[How large?]",
        "#transition()",
    ]
    assert solutions == (
        '#solution("1", [Try it], ("index#index-solution-1",), "index#ex-try")[Two\\.]'
    )
    assert drawn == set()


def test_on_paper_the_answers_stand_where_the_chapter_ends(small):
    app = small(predict, index=ASKED)
    text, _, _ = markup.written(tree_of(app), app.env, "index")
    why = f'#formula("y = x", $ {to_typst("y = x", True, markup.LETTERS)} $, "1", '
    why += '("index#equation-eq-why",))'
    assert text.split("\n\n")[1:] == [
        '#predict("1", ("index#predict-1",), "index#answer-1")[Which is it?',
        '#choices([#m("x", $x$)], [#emph()[two]])]',
        '#predict("2", ("index#predict-2",), "index#answer-2")[How large?]',
        "#answers()",
        '#answer-to("1", "b", ("index#answer-1",), "index#predict-1")[Because\\.',
        f"{why}]",
        '#answer-to("2", "", ("index#answer-2",), "index#predict-2")[Two\\.]',
    ]


def test_the_html_of_a_result_becomes_typst_and_nothing_is_guessed():
    def typst(html):
        return results.from_html(html, markup.escaped, lambda address, text: f"<{address}|{text}>")

    assert typst("<p>a <b>b</b><br>c</p>") == "a #strong[b] \\ c"
    assert typst('<a href="x">y</a> <img alt="two dots">') == "<x|y> #emph[two dots]"
    assert typst("<details><summary>Read</summary><p>as x</p></details><p>a</p>") == "a"
    slip = '<details class="diagnosis-slip"><summary>Which?</summary><p>b</p></details>'
    assert typst(f"<p>a</p>{slip}") == "a\n\nb"
    assert typst("<table><tr><th>a</th><td>1</td></tr></table>") == "#facts(([a], [1],),)"
    for wrong in ("<p>a", "a</p>", "<video></video>", "<p><b>a</p></b>"):
        with pytest.raises(ValueError, match="HTML of a result"):
            typst(wrong)


def test_a_drawing_has_its_colours_for_paper_written_out():
    style = "<style>svg { --ink: #111; } @media (x) { svg { --ink: #eee } }</style>"
    assert (
        pdf.plain(f'<svg>{style}<path fill="var(--ink)"/></svg>')
        == '<svg><path fill="#111"/></svg>'
    )
    assert pdf.plain("<svg/>") == "<svg/>"


def test_typst_has_the_last_word(tmp_path):
    typst = pdf.compiler(tmp_path)
    wrong = pdf.Volume("pdf/a.pdf", (), '#set document(title: "a")\n#undefined')
    with pytest.raises(SphinxError, match=r"pdf/a\.pdf: .*undefined"):
        pdf.typeset(typst, tmp_path, wrong, {})
    good = pdf.Volume("pdf/a.pdf", (), '#set document(title: "a")\nb')
    once, again = (pdf.typeset(typst, tmp_path, good, {}) for _ in range(2))
    assert once == again
    assert once.startswith(b"%PDF")


def test_a_derivation_that_is_wider_than_the_page_is_set_smaller(small, tmp_path):
    line = " + ".join(["W^{\\mathsf T} r"] * 30)
    rows = f"\\begin{{aligned}} L &= {line} && \\text{{so}} \\end{{aligned}}"
    app = small(index=f"# A\n\n$$ {rows} $$\n")
    text, _, _ = markup.written(tree_of(app), app.env, "index")
    assert "#derivation(" in text
    for path in (files.ROOT / "_ext/paper/typst").glob("*.typ"):
        (tmp_path / path.name).write_bytes(path.read_bytes())

    def edges(text):
        start = '#import "/book.typ": *\n#show: volume.with(title: "a", whole: false)\n'
        volume = pdf.Volume("pdf/a.pdf", (), start + text)
        page = pypdfium2.PdfDocument(pdf.typeset(pdf.compiler(tmp_path), tmp_path, volume, {}))[0]
        signs = page.get_textpage()
        boxes = [signs.get_charbox(i) for i in range(signs.count_chars())]
        return min(box[0] for box in boxes), max(box[2] for box in boxes)

    margin = 24 * 72 / 25.4
    left, right = edges(text)
    assert margin <= left < right <= 210 * 72 / 25.4 - margin
    assert edges(text.replace("#derivation(", "#formula("))[0] < 0


def test_a_worksheet_is_listed_with_its_files_and_old_ones_go(small, monkeypatch):
    monkeypatch.setattr(handouts, "pdf", lambda *given, key: b"pdf")
    monkeypatch.setattr(handouts, "png", lambda given: [b"png"])
    pages = {"index": "# A\n\n```{handouts}\nGUA-66GGK\n```\n"}
    app = small(handouts, **pages)
    folder = app.outdir / handouts.FOLDER
    sheets = {f"GUA-66GGK{key}-{size}.pdf" for key in ("", "-key") for size in ("a4", "letter")}
    assert {path.name for path in folder.iterdir()} == sheets | {"sheet.png"}
    linked = set(re.findall(r'href="\.\./handouts/([^"]+)"', app.html()))
    assert linked == sheets
    app = small(handouts, index="# A\n")
    assert list(folder.iterdir()) == []


# Pages


def test_formulas_are_mathml_whose_letters_have_their_class():
    assert mathml.to_mathml("2 r", display=False) == (
        '<math><semantics><mrow><mn>2</mn><mi class="r">r</mi></mrow>'
        '<annotation encoding="application/x-tex">2 r</annotation></semantics></math>'
    )
    assert 'display="block"' in mathml.to_mathml("x", display=True)
    assert "<msup>" not in mathml.to_mathml("f'", display=False)  # a prime is raised already
    assert "&lt;" in mathml.to_mathml("a < b", display=False)
    sized = mathml.to_mathml(r"\underbrace{W}_{m \times n}", display=True)
    assert '<munder class="sized"><mi class="W">' in sized
    assert "<mo>⏟" not in sized
    assert normalised(r"a &= b \\ &= c", True) == r"\begin{aligned}a &= b \\ &= c\end{aligned}"
    aligned = r"\begin{aligned} a &= b \end{aligned}"
    assert normalised(rf" {aligned} ", True) == aligned
    assert normalised(r"\begin{align*} a \end{align*}", True) == (
        r"\begin{aligned} a \end{aligned}"
    )


def test_the_reason_of_a_line_stands_in_a_row_below_it_too():
    rows = r"\begin{aligned} L &= a && \text{the loss} \\ &= b \end{aligned}"
    math = mathml.to_mathml(rows, display=True)
    kinds = re.findall(r"<(?:mtr|mtd)\b[^>]*?(?: class=\"(\w+)\")?(?: ?/)?>", math)
    assert kinds.count("beside") == 2
    assert kinds.count("why") == 1
    assert math.count("<mtext>the\xa0loss</mtext>") == 2
    assert re.search(r'class="why"><mtd columnspan="2"[^>]*><mtext>the', math)
    pair = r"\begin{aligned} a &= b & c &= d \end{aligned}"
    assert "why" not in mathml.to_mathml(pair, display=True)


def test_a_link_of_formulas_alone_has_a_name_for_those_who_listen(small):
    text = "# A\n\n[$W^{\\mathsf T}r$](b.md) and [in $u$](b.md)\n"
    page = article(small(mathml, index=text, b="# B\n").html())
    first, second = re.findall(r"<a class=\"reference[^>]*>", page)
    assert 'title="W transposed r"' in first
    assert "title=" not in second


def test_a_formula_keeps_its_comma_and_its_number(small):
    app = small(mathml, index="# A\n\nLet $r$, or $s$ (so).\n\n$$ r $$ (eq-r)\n")
    page = article(app.html())
    assert re.search(r'<span class="together"><math>.*?</math>,</span> or <math>', page)
    assert re.search(r'</div><span class="eqno"><a href="#equation-eq-r"[^>]*>\(1\)</a>', page)
    assert "<script" not in page


def test_a_formula_that_is_not_understood_is_a_warning_with_its_line(small):
    app = small(mathml, index="# A\n\nLet $\\noSuchCommand$ be.\n")
    assert re.search(r"index\.md:3: WARNING: formula: .*noSuchCommand", app.said)
    assert "<code>\\noSuchCommand</code>" in app.html()


def test_the_font_is_cut_to_what_stands_in_formulas(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<p>ü</p><math><mi>u</mi><mo>&lt;</mo><annotation>\\xi</annotation></math>")
    used = mathfont.characters([page])
    assert {ord("u"), 0x1D462, ord("<"), ord("√")} <= used
    assert not {ord("ü"), ord("x")} & used
    assert mathfont.cut(used)[:4] == b"wOF2"


def test_a_table_has_no_empty_heading_and_an_anchor_stands_once(small):
    app = small(
        tables, settings="html_theme = 'furo'\n", index=PAGE + "\n(eq-two)=\n$$ x $$ (eq-2)\n"
    )
    page = app.html()
    assert re.search(r"<tr[^>]*><td></td><th[^>]*><p>name</p></th>", page.replace("\n", ""))
    assert page.count('id="equation-eq-one"') == 1


def test_solutions_and_the_code_of_figures_fold(small):
    cell = "\n```{code-cell}\n:tags: [hide-input]\nx = 1\n```\n"
    plain = "\n```{solution} ex-try\nThree.\n```\n"
    page = article(small(folds, index=PAGE + cell + plain).html())
    folded = r'<details class="solution dropdown admonition" id="[^"]+">\s*'
    assert re.search(folded + r'<summary class="admonition-title">Solution', page)
    assert re.search(r'<div class="solution admonition"[^>]*>\s*<p class="admonition-title">', page)
    assert '<details class="hide">\n<summary>Code</summary>' in page
    assert "solution-content" not in page


def test_what_a_cell_shows_folds_and_says_so(small):
    cell = "\n```{code-cell}\n:tags: [hide-output]\nprint(6 * 7)\n```\n"
    page = article(small(folds, settings="nb_execution_mode = 'force'\n", index=PAGE + cell).html())
    fold = re.search(
        r'<details class="hide">\s*<summary>What it shows</summary>(.*?)</details>', page, re.DOTALL
    )
    assert "42" in fold[1]
    assert "print" not in fold[1]


def test_a_prediction_has_buttons_for_its_choices_and_folds_its_answer(small):
    page = article(small(predict, index=ASKED).html())
    assert page.count('role="group"') == page.count('aria-label="Predict"') == 2
    buttons = re.findall(r"<li><button (.*?)>(.*?)</button></li>", page)
    assert [what for what, _ in buttons] == [
        'aria-label="x" aria-pressed="false" data-right="false" type="button"',
        'aria-pressed="false" data-right="true" type="button"',
    ]
    assert buttons[1][1] == "<em>two</em>"
    assert page.count('role="status"') == 1
    answers = re.findall(r"<details class=\"predict-answer\"[^>]*>(.*?)</details>", page, re.DOTALL)
    assert [answer.count("<summary>Answer</summary>") for answer in answers] == [1, 1]
    assert page.count("Because.") == 1
    assert "[x]" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("How?", "ends with its one answer"),
        (":::{answer}\nA.\n:::\n\nHow?", "ends with its one answer"),
        ("- [ ] a\n- [ ] b\n\n:::{answer}\nA.\n:::", "one is right"),
        ("- [x] a\n- b\n\n:::{answer}\nA.\n:::", "one is right"),
        ("- [x] a\n- [ ] b\n\n  c\n\n:::{answer}\nA.\n:::", "one paragraph without links"),
    ],
)
def test_a_prediction_that_cannot_be_asked_is_a_warning(small, body, said):
    app = small(predict, index=f"# A\n\n::::{{predict}}\n{body}\n::::\n")
    assert said in app.said
    assert "index.md:3" in app.said


def test_an_answer_without_its_question_is_a_warning(small):
    asked = "::::{predict}\nHow?\n\n:::{answer}\nSo.\n:::\n::::\n"
    app = small(predict, index=f"# A\n\n{asked}\n:::{{answer}}\nA.\n:::\n")
    assert app.said.count("an answer stands inside its question") == 1


AHEAD = ":::{ahead}\ndo: Run *it*.\nTwice.\nlearn: Which $W$.\nneed: Nothing.\n:::\n"


def test_what_is_ahead_is_three_lines_that_fold(small):
    app = small(ahead, reading_time, index=f"# A\n\n{AHEAD}")
    page = article(app.html())
    lines = re.findall(r"<p>(.*?)</p>", page, re.DOTALL)
    assert '<details class="ahead where-room">\n<summary>' in page
    assert lines[0] == "<strong>You’ll do.</strong> Run <em>it</em>.\nTwice."
    assert [line.partition("</strong>")[0] for line in lines[1:]] == [
        "<strong>You’ll learn.",
        "<strong>You need.",
    ]
    assert page.count("Reading time: 1 minute, exercises apart.") == 1
    written = markdown.blocks(tree_of(app), app.env, "index", markdown.Links())
    assert written[1] == "**You’ll do.** Run *it*.\nTwice."
    text, _, _ = markup.written(tree_of(app), app.env, "index")
    assert "#strong()[You’ll do\\.] Run #emph()[it]\\. Twice\\." in text


@pytest.mark.parametrize(
    "body", ["do: a\nlearn: b", "learn: b\ndo: a\nneed: c", "do: a\nlearn:\nneed: c", "", "a"]
)
def test_what_is_ahead_says_all_three_in_their_order(small, body):
    assert (
        "three lines, in this order"
        in small(ahead, index=f"# A\n\n:::{{ahead}}\n{body}\n:::\n").said
    )


@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        ("A", ["(1, 2)", "(1, 0, -1)", "(4, 2, 2)", "(8, 4, 4)", "24"], "16 + 4 + 4"),
        ("B", ["(1, 1)", "(1, 2)", "(2, -1)", "(4, -2)", "5"], "4 + 1"),
    ],
)
def test_a_case_is_a_table_of_its_numbers_in_the_words_of_the_kitchen(small, name, numbers, words):
    app = small(case, index=f"# A\n\n:::{{case}} {name}\n:::\n")
    rows = list(tree_of(app).findall(nodes.row))[1:]
    letters, values, said = zip(*([entry.astext() for entry in row] for row in rows), strict=True)
    assert letters == ("W", "u", "v", "r = Wu - v", "2r", "L")
    assert list(values[1:]) == numbers
    assert words in said[-1]
    assert ("egg whites" in said[0]) == (name == "A")
    assert '<details class="case where-room">' in app.html()
    assert "**Case " in markdown.blocks(tree_of(app), app.env, "index", markdown.Links())[1]
    assert not next(search.records(tree_of(app), "a"))["text"]


def test_another_case_is_a_warning(small):
    assert "the cases are A and B" in small(case, index="# A\n\n:::{case} C\n:::\n").said


# Ten lines to read, and beside them what is left out.
TIMED = (
    KERNEL
    + r"""# A title

Six words are in this line.
The formula $x$ is two seconds and a half.[^out]

$$ y = x $$

```{code-cell}
a = 1

b = 2
```

```{code-cell}
:tags: [hide-input]
c = 3
```

::::{predict}
Why?

:::{answer}
Nobody counts what is folded.
:::
::::

```{exercise} Left out
:label: ex-a
As is this.
```

[^out]: A footnote too.
"""
)


def test_the_time_of_a_page_is_that_of_what_is_open_on_it(small):
    app = small(predict, folds, index=TIMED)
    found = reading_time.counted(app.env.get_doctree("index"))
    assert +found == {
        "words": 2 + 6 + 9 + 1,
        "formulas": 1,
        "displays": 1,
        "lines": 2,
        "predictions": 1,
    }
    assert reading_time.minutes(found) == round((18 / 3 + 2.5 + 25 + 2 * 3.5 + 45) / 60) == 1


def test_of_what_a_cell_shows_one_form_is_read():
    def shown(**forms):
        forms = {name.replace("_", "/"): content for name, content in forms.items()}
        parts = (nodes.container("", node, mime_type=name) for name, node in forms.items())
        return +reading_time.counted(nodes.container("", *parts, nb_element="mime_bundle"))

    text = nodes.literal_block("", "1\n2\n3")
    html = "<p>a<br>b</p><details><summary>c</summary><p>d</p></details><tr></tr>"
    assert shown(text_plain=text) == {"lines": 3}
    assert shown(text_plain=text, text_html=nodes.raw("", html, format="html")) == {"lines": 3}
    assert shown(text_plain=text, **{"image_svg+xml": nodes.image()}) == {"figures": 1}
    assert shown(text_plain=text, text_latex=nodes.math_block("", "x")) == {"displays": 1}


def test_the_first_page_lists_the_time_of_each_chapter(small):
    index = (
        "# Book\n\n- **[A](a.md)**: so\n- see [A](a.md)\n- [B](b.md)\n\n```{toctree}\na\nb\n```\n"
    )
    long = " ".join(["word"] * 400)
    app = small(ahead, reading_time, index=index, a=f"# A\n\n{AHEAD}\n{long}\n", b="# B\n")
    items = re.findall(r"<li><p>(.*?)</p></li>", article(app.html()), re.DOTALL)
    assert ["min" in item for item in items] == [True, False, False]
    assert '<span class="minutes"> 2 min</span>' in items[0]
    assert "Reading time: 2 minutes" in app.html("a")


def test_the_time_of_every_chapter_is_a_table_of_what_it_is_made_of(tmp_path):
    chapters = tmp_path / ".doctrees" / "chapters"
    chapters.mkdir(parents=True)
    page = nodes.paragraph("", " ".join(["word"] * 360))
    (chapters / "a.doctree").write_bytes(pickle.dumps(page))
    head, row = reading_time.table(tmp_path)
    none = dict.fromkeys(["formulas", "displays", "lines", "predictions", "figures"], "0.0")
    expected = {"chapter": "a", "minutes": "2", "words": "2.0"} | none
    assert dict(zip(head.split(), row.split(), strict=True)) == expected


def test_a_picture_says_what_it_shows_and_keeps_its_place(small, tmp_path):
    (tmp_path / "a.svg").write_text('<svg aria-label="Two dots" width="30pt" height="8"/>')
    (tmp_path / "b.svg").write_text('<svg viewBox="0 0 7 9"/>')
    app = small(pictures, index="# A\n\n![](a.svg)\n\n![](b.svg)\n")
    first, second = re.findall(r"<img [^>]*>", article(app.html()))
    assert 'alt="Two dots" width="40" height="8" decoding' in first
    assert 'width="7" height="9" loading="lazy"' in second
    assert app.said.count("WARNING") == app.said.count("picture without alt text: b.svg") == 1


@pytest.mark.parametrize("words", ["", "0123456789abcdef", "plot.png", "<Figure 1>", "image"])
def test_what_tools_put_for_words_are_no_words(words):
    assert pictures.NOT_WORDS.fullmatch(words)
    assert not pictures.NOT_WORDS.fullmatch("Two dots")


def test_an_expected_error_is_its_line_and_its_message():
    trace = "-----\nValueError  Traceback\nCell 1, line 2\n      1 a\n----> 2 check(b)\n\nFile x\n"
    assert tracebacks.short(trace + "\nValueError: no\nat all\n") == (
        "→ check(b)\nValueError: no\nat all"
    )
    assert tracebacks.short("KeyError: 'x'") == "KeyError: 'x'"
    assert tracebacks.short("something else") == "something else"


def test_code_that_no_style_colours_gets_no_element(monkeypatch):
    config = SimpleNamespace(pygments_style="a11y-light", pygments_dark_style="a11y-dark")
    monkeypatch.setattr(PygmentsBridge, "html_formatter", None)
    lean_code.choose(None, config)
    source = "name = 1  # so"
    written = highlight(source, PythonLexer(), PygmentsBridge.html_formatter())
    assert ">name" in written.replace("<span></span>", ">")
    assert not re.search(r"<span[^>]*>name</span>", written)
    assert re.search(r'<span class="\w+">1</span>', written)
    assert re.sub(r"<[^>]*>", "", written).strip() == source
    lines = [f"{'a' * lean_code.FITS}\n", "\n", f"{'b' * lean_code.FITS}b\n"]
    some = highlight("".join(lines), PythonLexer(), PygmentsBridge.html_formatter())
    assert re.findall(r'<span class="l">(.*?)</span>', some, re.DOTALL) == lines[2:]


def test_exercises_are_listed_by_chapter_and_level(small):
    index = "# Book\n\n```{exercise-list}\n```\n\n```{toctree}\na\n```\n"
    page = article(small(levels, index=index, a=PAGE).html("index"))
    assert "1 exercises; level 1: one step" in page
    assert re.search(r'<dt><a [^>]*href="a\.html">The gradient in .*?</a></dt>', page, re.DOTALL)
    assert re.search(r'Level 2: <a [^>]*href="a\.html#ex-try">', page)
    assert "Level 1: " not in page


def test_the_reference_knows_who_uses_what(tmp_path):
    chapter = tmp_path / "a.md"
    chapter.write_text(
        KERNEL + "# A\n\nfrom wuv import tape\n\n"
        "```{code-cell}\nfrom wuv import loss\nfigures.arrows()\nother.thing()\n```\n"
    )
    assert used_in.names_used(chapter) == {"loss", "arrows"}
    lines = ["See the chapter `descent`, and", "`descent` alone."]
    used_in.link_chapters(None, "function", "f", None, None, lines)
    assert lines == ['See the chapter ":doc:`/chapters/descent`", and', "`descent` alone."]


def test_a_page_asks_for_one_style_and_one_script(small):
    templates = str(files.ROOT / "_ext/page/templates")
    settings = f"html_theme, html_title, templates_path = 'furo', 'Book & co', [{templates!r}]\n"
    app = small(dress, settings=settings, index=PAGE, other="# B\n\nSome `code`.\n")
    lines = (nodes.paragraph("", words) for words in ("Short.", "A hook \\* is " + "long " * 9))
    assert dress.words(nodes.section("", *lines)).startswith("A hook * is long")
    long = nodes.section("", nodes.paragraph("", "Gradients, shapes: " * 20))
    assert len(dress.words(long)) <= 160
    assert dress.words(long).endswith("shapes …")
    entrance = (app.outdir / "index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=index.html">' in entrance
    assert "<h1>Book &amp; co</h1>" in entrance
    other = app.html("other")
    assert '<meta name="description" content="B: Book &amp; co">' in other
    assert re.findall(r'<link [^>]*rel="stylesheet"[^>]*href="([^"?]*)', other) == [
        "_static/book.css"
    ]
    assert re.findall(r'<script [^>]*src="([^"?]*)', other) == ["_static/book.js"]
    assert ">code</code>" in other
    styles = (app.outdir / "_static" / "book.css").read_text("utf-8")
    assert "--letter-w" in styles
    assert "sourceMappingURL" not in styles
    assert dress.address("a.css", "x") != dress.address("a.css", "y")


def test_each_section_is_a_record_for_the_search(small):
    text = (
        "# Top $u$\n\nWords $W^{\\mathsf T} r$.\n\n"
        "$$ \\sum_i \\eta_k \\le \\tfrac12 \\ne x \\leftarrow y $$\n\n"
        "## Sub\n\nMore.\n\n![not this](a.svg)\n"
    )
    app = small(search, settings="html_static_path = []\n", index=text)
    sections = json.loads(
        re.search(r"= (.*);", (app.outdir / "_static/sections.js").read_text())[1]
    )
    heads = [(one["url"], one["heading"], one["page"]) for one in sections]
    assert heads == [("index.html", "Top u", "Top u"), ("index.html#sub", "Sub", "Top u")]
    assert [one["text"] for one in sections] == ["Words Wᵀr. ∑_i η_k ≤ ½ ≠ x ← y", "More."]
    assert (app.outdir / "_static" / "lunr.js").is_file()


@pytest.mark.parametrize(
    ("count", "some", "marked", "words"),
    [
        (0, 0, ["a", "a"], "No equations here were executed, 2 marked: a."),
        (1, 0, [], "1 equation here was executed."),
        (3, 0, ["a", "b"], "3 equations here were executed, 2 marked: a; b."),
        (4, 2, [], "4 equations here were executed, 2 for the sizes tried."),
        (3, 1, ["a"], "3 equations here were executed, 1 for the sizes tried, 1 marked: a."),
    ],
)
def test_the_last_line_is_a_sentence(count, some, marked, words):
    assert "executed".join(executed.sentence(count, some, marked, "here")) == words


# Live cells


def test_a_cell_has_its_buttons_and_a_site_without_them_has_none(small):
    text = PAGE + "\n```{code-cell}\nx = 1\n```\n\n```{ask}\n```\n"
    conf = "from _ext.live import site\nsetup, live = site.setup, "
    page = article(small(settings=conf + "True\n", index=text).html())
    assert page.count('data-live-state="idle"') == 3
    assert page.count("<form") == 1
    assert re.findall(r'aria-label="Cell (\d)"', page) == ["1", "2"]
    first, second = re.findall(r'data-live="above"( disabled)?>', page)
    assert (first, second) == (" disabled", "")
    page = article(small(settings=conf + "False\n", index=text).html())
    assert "data-live" not in page
    assert "diagnose(" in re.sub(r"<[^>]*>", "", page)


def test_what_is_sure_to_be_asked_is_judged_when_the_page_is_built(small):
    conf = "from _ext.live import site\nsetup, live = site.setup, "
    text = "# A\n\n```{ask}\nu: 2(Wu - v)W^T\n\nv: -2(Wu - v)\n```\n"
    page = article(small(settings=conf + "True\n", index=text).html())
    known = re.findall(r'data-wrt="(\w)" data-answer="([^"]*)">(.*?) <span>', page)
    assert known == [
        ("u", "2(Wu - v)W^T", "2(Wu − v)Wᵀ"),
        ("v", "-2(Wu - v)", "−2(Wu − v)"),
    ]
    wrong, right = re.findall(r"<template>(.*?)</template>", page, re.DOTALL)
    assert 'data-mistake="factors-swapped"' in wrong
    assert "<details><summary>Step by step</summary>" in wrong
    assert "diagnosis-right" in right
    assert "Step by step" not in right
    assert all("<math" in said for said in (wrong, right))
    page = article(small(settings=conf + "False\n", index=text).html())
    assert "<template>" not in page


@pytest.mark.parametrize("line", ["2(Wu - v)", "u:", "u: 2(Wu - v", "x: 2r"])
def test_a_question_that_cannot_be_judged_is_a_warning(small, line):
    conf = "from _ext.live import site\nsetup, live = site.setup, True\n"
    app = small(settings=conf, index=f"# A\n\n```{{ask}}\n{line}\n```\n")
    assert "index.md:3: ERROR" in app.said or "index.md:3: WARNING" in app.said
