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

from wuv.worksheet import formula
from wuv.worksheet.record import Choice, Numbers, Sheet, Table, Words
from wuv.worksheet.written import array, decimal


def moodle(sheets: Iterable[Sheet]) -> bytes:
    """Return the questions of the sheets as one Moodle XML file, in bytes."""
    quiz, last = ET.Element("quiz"), None
    for topic, k, variants in _by_question(sheets):
        for sheet, question in variants:
            category = f"$course$/top/wuv/{topic}/question {k}"
            if category != last:
                entry = ET.SubElement(quiz, "question", type="category")
                _text(ET.SubElement(entry, "category"), category)
                last = category
            quiz.append(_question(sheet, k, question))
    ET.indent(quiz, " ")
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"


def _by_question(sheets):
    """Yield (topic and level, number of the question, [(sheet, question)])."""
    groups = {}
    for sheet in sheets:
        for k, question in enumerate(sheet.questions, start=1):
            name = f"{sheet.code.topic}, level {sheet.code.level}"
            groups.setdefault((name, k), []).append((sheet, question))
    for (topic, k), variants in groups.items():
        yield topic, k, variants


def _text(parent, text):
    ET.SubElement(parent, "text").text = text


def _html(parent, tag, html, **more):
    node = ET.SubElement(parent, tag, format="html", **more)
    _text(node, html)
    return node


def html(text):
    r"""Return a text in HTML, its formulas between \( and \), as Moodle's MathJax reads them.

    >>> html("$x < y$ in `x < y`")
    '\\(x &lt; y\\) in <code>x &lt; y</code>'
    """
    written = {"math": r"\(%s\)", "code": "<code>%s</code>", "text": "%s"}
    return "".join(written[kind] % escape(part) for kind, part in formula.pieces(text))


def plain(text):
    r"""Return a text with its formulas as plain text, for a menu that can show no other.

    >>> plain(r"each $W^{\mathsf T}r$ of $u_1$")
    'each Wᵀr of u_1'
    """
    return "".join(
        formula.to_plain(part) if kind == "math" else part for kind, part in formula.pieces(text)
    )


def _question(sheet, k, question):
    answer = question.answer
    kind = {Numbers: "cloze", Choice: "multichoice", Table: "matching", Words: "essay"}
    node = ET.Element("question", type=kind[type(answer)])
    _text(ET.SubElement(node, "name"), f"{sheet.code}, question {k}")
    given = ", ".join(f"${name} = {array(x)}$" for name, x in sheet.given.items())
    text = answer.match if isinstance(answer, Table) else question.text
    body = f"<p>{html(given)}</p>\n<p>{html(text)}</p>"
    if isinstance(answer, Numbers):
        body += "".join(map(_entry, answer.entries))
    _html(node, "questiontext", body)
    _html(node, "generalfeedback", "<br/>".join(map(html, question.explained)))
    if not isinstance(answer, Numbers):  # a cloze question has its points inside
        ET.SubElement(node, "defaultgrade").text = str(question.points)
    ET.SubElement(node, "penalty").text = "0"
    ET.SubElement(node, "hidden").text = "0"
    ET.SubElement(node, "idnumber").text = f"{sheet.code}-{k}"
    if isinstance(answer, Choice):
        _choice(node, answer)
    elif isinstance(answer, Table):
        _matching(node, answer)
    elif isinstance(answer, Words):
        for tag, value in (("responseformat", "editor"), ("responserequired", "1"),
                           ("responsefieldlines", "5"), ("attachments", "0")):  # fmt: skip
            ET.SubElement(node, tag).text = value
        _html(node, "graderinfo", html(answer.answer))
        _html(node, "responsetemplate", "")
    return node


def _entry(entry):
    """Return an array as a table of fields, a point for each."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{{1:NUMERICAL:={decimal(x)}:0}}</td>" for x in row) + "</tr>"
        for row in entry.rows
    )
    name = html(f"${entry.name} =$")
    return f"\n<p>{name}</p>\n<table><tbody>{rows}</tbody></table>"


def _choice(node, answer):
    for tag, value in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "none")):
        ET.SubElement(node, tag).text = value
    for option in answer.options:
        found = _html(node, "answer", html(option.text), fraction="100" if option.right else "0")
        _html(found, "feedback", html(option.feedback))


def _matching(node, table):
    # This shuffles the lines of a derivation; Moodle shuffles what is matched to them in any case.
    ET.SubElement(node, "shuffleanswers").text = "false"
    for shown, wanted in (*table.pairs, ("", table.never)):
        found = _html(node, "subquestion", html(shown))
        _text(ET.SubElement(found, "answer"), plain(wanted))
