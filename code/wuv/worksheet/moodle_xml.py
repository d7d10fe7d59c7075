r"""The questions of sheets as Moodle XML: numbers without tolerance, entry by entry.

Import it into a question bank. Each question of a topic has a category of its own, with the
variants of all sheets in it: a quiz that draws one question at random from each category gives each
student other numbers. Numbers and matrices are cloze questions, derivations are matching, slips
multiple choice with the words of `wuv.diagnose` as feedback, and sentences are essays.

A cloze question gets a point for each field, whatever it has on paper: Moodle weighs fields in
whole points.

Format: https://docs.moodle.org/en/Moodle_XML_format.
"""

from collections.abc import Iterable
from html import escape
from xml.etree import ElementTree as ET

from wuv.mathtext import to_line
from wuv.worksheet.pieces import pieces
from wuv.worksheet.record import Choice, Numbers, Sheet, Table, Words
from wuv.worksheet.written import array, decimal
from wuv.worksheet.xml_elements import elements

new = elements()


def moodle(sheets: Iterable[Sheet]) -> bytes:
    """Return the questions of the sheets as one Moodle XML file, in bytes."""
    categories: dict[str, list] = {}
    for sheet in sheets:
        for k, question in enumerate(sheet.questions, start=1):
            name = f"{sheet.code.topic}, level {sheet.code.level}/question {k}"
            categories.setdefault(name, []).append(_question(sheet, k, question))
    quiz = new("quiz")
    for name, variants in categories.items():
        category = new("category", new("text", f"$course$/top/wuv/{name}"))
        quiz.extend([new("question", category, type="category"), *variants])
    ET.indent(quiz, " ")
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"


def _html(tag, html, *more, **attributes):
    return new(tag, new("text", html), *more, format="html", **attributes)


def html(text):
    r"""Return a text in HTML, its formulas between \( and \), as Moodle's MathJax reads them.

    >>> html("$x < y$ in `x < y`")
    '\\(x &lt; y\\) in <code>x &lt; y</code>'
    """
    written = {"math": r"\(%s\)", "code": "<code>%s</code>", "text": "%s"}
    return "".join(written[kind] % escape(part) for kind, part in pieces(text))


def plain(text):
    r"""Return a text with its formulas as plain text, for a menu that can show no other.

    >>> plain(r"each $W^{\mathsf T}r$ of $u_1$")
    'each Wᵀr of u_1'
    """
    return "".join(to_line(part) if kind == "math" else part for kind, part in pieces(text))


def _question(sheet, k, question):
    answer = question.answer
    kinds = {Numbers: "cloze", Choice: "multichoice", Table: "matching", Words: "essay"}
    given = ", ".join(f"${name} = {array(x)}$" for name, x in sheet.given.items())
    text = answer.match if isinstance(answer, Table) else question.text
    body = f"<p>{html(given)}</p>\n<p>{html(text)}</p>"
    grade, more = {"defaultgrade": question.points}, []
    if isinstance(answer, Numbers):
        body += "".join(map(_entry, answer.entries))
        grade = {}  # a cloze question has its points inside
    elif isinstance(answer, Choice):
        more = _choice(answer)
    elif isinstance(answer, Table):
        more = _matching(answer)
    else:
        more = _plain(responseformat="editor", responserequired=1, responsefieldlines=5,
                      attachments=0)  # fmt: skip
        more += [_html("graderinfo", html(answer.answer)), _html("responsetemplate", "")]
    return new(
        "question",
        new("name", new("text", f"{sheet.code}, question {k}")),
        _html("questiontext", body),
        _html("generalfeedback", "<br/>".join(map(html, question.explained))),
        _plain(**grade, penalty=0, hidden=0, idnumber=f"{sheet.code}-{k}"),
        more,
        type=kinds[type(answer)],
    )


def _plain(**values):
    return [new(tag, str(value)) for tag, value in values.items()]


def _entry(entry):
    """Return an array as a table of fields, a point for each."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{{1:NUMERICAL:={decimal(x)}:0}}</td>" for x in row) + "</tr>"
        for row in entry.rows
    )
    name = html(f"${entry.name} =$")
    return f"\n<p>{name}</p>\n<table><tbody>{rows}</tbody></table>"


def _choice(answer):
    options = [
        _html("answer", html(x.text), _html("feedback", html(x.feedback)),
              fraction="100" if x.right else "0") for x in answer.options
    ]  # fmt: skip
    return [*_plain(single="true", shuffleanswers="true", answernumbering="none"), *options]


def _matching(table):
    pairs = [
        _html("subquestion", html(shown), new("answer", new("text", plain(wanted))))
        for shown, wanted in (*table.pairs, ("", table.never))
    ]
    # This shuffles the lines of a derivation; Moodle shuffles what is matched to them in any case.
    return [*_plain(shuffleanswers="false"), *pairs]
