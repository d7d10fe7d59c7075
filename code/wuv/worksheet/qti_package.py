"""The questions of sheets as a QTI 2.1 package: a zip file with items, a test and a manifest.

Numbers are text entries compared without tolerance, matrices a table of them, derivations are
matched, slips multiple choice with the words of `wuv.diagnose` as feedback, and sentences extended
text, which a person marks. The test draws, for each question of a topic, one of the sheets.

Source: IMS Question and Test Interoperability, version 2.1 (2012), and IMS Content Packaging 1.1.
"""

import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from wuv.mathtext import mathml
from wuv.worksheet.pieces import pieces
from wuv.worksheet.record import Choice, Numbers, Sheet, Table, Words
from wuv.worksheet.written import array, decimal
from wuv.worksheet.xml_elements import elements

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
MATH = "http://www.w3.org/1998/Math/MathML"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PLACES = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    CP: "http://www.imsglobal.org/xsd/imscp_v1p1.xsd",
}
new, packed = elements(QTI), elements(CP)


def qti(sheets: Iterable[Sheet]) -> bytes:
    """Return a QTI 2.1 content package with the questions of the sheets, a zip file in bytes."""
    items: dict[str, bytes] = {}
    sections: dict[tuple, dict] = {}
    for sheet in sheets:
        for k, question in enumerate(sheet.questions, start=1):
            name = f"q-{sheet.code}-{k}"
            items[name] = xml(item(sheet, k, question), QTI)
            section = sections.setdefault((sheet.code.topic, sheet.code.level), {})
            section.setdefault(k, []).append(name)
    files = {"imsmanifest.xml": xml(_manifest(items), CP), "test.xml": xml(_test(sections), QTI)}
    files |= {f"items/{name}.xml": data for name, data in items.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():  # with the same date always: the same bytes
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xml(root, namespace):
    """Return an element as a file."""
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {PLACES[namespace]}")
    ET.register_namespace("", namespace)
    ET.register_namespace("m", MATH)
    ET.register_namespace("xsi", XSI)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _rich(text):
    """Return what a text is made of: plain text, its formulas as MathML, its code."""
    made = {"math": lambda x: _mathml(mathml(x)), "code": lambda x: new("code", x)}
    return [made.get(kind, str)(part) for kind, part in pieces(text)]


def _mathml(text):
    """Return MathML in its namespace, without what MathML 2 does not know."""
    root = ET.fromstring(text)
    for node in root.iter():
        node.attrib.pop("scriptlevel", None)
        node.tag = f"{{{MATH}}}{node.tag}"
    return root


def item(sheet, k, question):
    """Return one question as an assessmentItem."""
    write = {Numbers: _numbers, Choice: _choice, Table: _match, Words: _words}
    declared, body, processing, feedback = write[type(question.answer)](question)
    given = ", ".join(f"${name} = {array(x)}$" for name, x in sheet.given.items())
    return new(
        "assessmentItem", declared, _outcome("SCORE", "float", normalMaximum=question.points),
        new("itemBody", new("p", _rich(given)), body), processing, feedback,
        identifier=f"q-{sheet.code}-{k}", title=f"{sheet.code}, question {k}", adaptive="false",
        timeDependent="false",
    )  # fmt: skip


def _declaration(name, cardinality, kind, values, *more):
    correct = new("correctResponse", [new("value", x) for x in values])
    named = {"identifier": name, "cardinality": cardinality, "baseType": kind}
    return new("responseDeclaration", correct, *more, **named)


def _outcome(name, kind, **more):
    """Declare an outcome; a number begins at 0."""
    begin = [] if kind == "identifier" else [new("defaultValue", new("value", "0"))]
    named = {"identifier": name, "cardinality": "single", "baseType": kind}
    return new("outcomeDeclaration", begin, **named, **more)


def _variable(name):
    return new("variable", identifier=name)


def _correct(name):
    return new("correct", identifier=name)


def _number(x, kind="float"):
    return new("baseValue", str(x), baseType=kind)


def _set(name, value):
    return new("setOutcomeValue", value, identifier=name)


def _if(test, then):
    return new("responseCondition", new("responseIf", test, then))


def _score(points, right, parts):
    """Let the score be points · right / parts: divided once, and last, since a player may round
    whatever it stores."""
    return _set("SCORE", new("divide", new("product", _number(points), right), _number(parts)))


def _numbers(question):
    body, declared, counted = [new("p", _rich(question.text))], [], []

    def field(value):
        """Ask for a number, and count it among the right ones, if it is."""
        name = f"R{len(declared) + 1}"
        declared.append(_declaration(name, "single", "float", [decimal(value)]))
        same = new("equal", _variable(name), _correct(name), toleranceMode="exact")
        more = new("sum", _variable("RIGHT"), _number(1, "integer"))
        counted.append(_if(same, _set("RIGHT", more)))
        asked = new("textEntryInteraction", responseIdentifier=name, expectedLength=6)
        return new("td", asked)

    for entry in question.answer.entries:
        rows = [new("tr", [field(value) for value in row]) for row in entry.rows]
        body += [new("p", _rich(f"${entry.name} =$")), new("table", new("tbody", rows))]
    score = _score(question.points, _variable("RIGHT"), len(declared))
    declared.append(_outcome("RIGHT", "integer"))
    return declared, body, new("responseProcessing", counted, score), []


def _choice(question):
    options = {f"C{k}": x for k, x in enumerate(question.answer.options, start=1)}
    choices = [new("simpleChoice", _rich(x.text), identifier=k) for k, x in options.items()]
    asked = new(
        "choiceInteraction", new("prompt", _rich(question.text)), choices,
        responseIdentifier="RESPONSE", shuffle="true", maxChoices=1,
    )  # fmt: skip
    feedback = [
        new("modalFeedback", _rich(x.feedback), outcomeIdentifier="FEEDBACK", identifier=k,
            showHide="show") for k, x in options.items()
    ]  # fmt: skip
    right = [k for k, x in options.items() if x.right]
    declared = _declaration("RESPONSE", "single", "identifier", right)
    processing = new(
        "responseProcessing",
        _if(new("match", _variable("RESPONSE"), _correct("RESPONSE")),
            _set("SCORE", _number(question.points))),
        _set("FEEDBACK", _variable("RESPONSE")),
    )  # fmt: skip
    return [declared, _outcome("FEEDBACK", "identifier")], [asked], processing, feedback


def _match(question):
    """Ask what belongs to each line of a table, such as its reason.

    It is dragged to the lines, which are the second set, and keep their order.
    """
    rows = question.answer.pairs
    wanted = list(dict.fromkeys(x for _, x in rows))
    pairs = [f"A{wanted.index(x) + 1} L{k}" for k, (_, x) in enumerate(rows, start=1)]

    def choice(name, text, **how):
        return new("simpleAssociableChoice", _rich(text), identifier=name, **how)

    given = [
        choice(f"A{k}", text, matchMax=0)
        for k, text in enumerate((*wanted, question.answer.never), start=1)
    ]
    lines = [
        choice(f"L{k}", shown, matchMax=1, fixed="true")
        for k, (shown, _) in enumerate(rows, start=1)
    ]
    asked = new(
        "matchInteraction", new("prompt", _rich(question.answer.match)),
        new("simpleMatchSet", given), new("simpleMatchSet", lines), responseIdentifier="RESPONSE",
        shuffle="true", maxAssociations=len(rows),
    )  # fmt: skip
    entries = [new("mapEntry", mapKey=pair, mappedValue=1) for pair in pairs]
    mapping = new("mapping", entries, defaultValue=0)
    declared = _declaration("RESPONSE", "multiple", "directedPair", pairs, mapping)
    answered = new("not", new("isNull", _variable("RESPONSE")))
    right = new("mapResponse", identifier="RESPONSE")
    score = _score(question.points, right, len(pairs))
    return [declared], [asked], new("responseProcessing", _if(answered, score)), []


def _words(question):
    asked = new("extendedTextInteraction", new("prompt", _rich(question.text)),
                responseIdentifier="RESPONSE", expectedLines=question.answer.lines)  # fmt: skip
    named = {"identifier": "RESPONSE", "cardinality": "single", "baseType": "string"}
    for_teacher = new("rubricBlock", new("p", _rich(question.answer.answer)), view="scorer tutor")
    return [new("responseDeclaration", **named)], [asked, for_teacher], [], []


def _test(sections):
    def drawn(topic, k, names):
        items = [new("assessmentItemRef", identifier=x, href=f"items/{x}.xml") for x in names]
        named = {"identifier": f"{topic}-{k}", "title": f"Question {k}", "visible": "false"}
        return new("assessmentSection", new("selection", select=1), items, **named)

    topics = [
        new("assessmentSection", [drawn(f"{topic}-{level}", k, x) for k, x in questions.items()],
            identifier=f"{topic}-{level}", title=f"{topic}, level {level}", visible="true")
        for (topic, level), questions in sections.items()
    ]  # fmt: skip
    part = new("testPart", topics, identifier="part", navigationMode="nonlinear",
               submissionMode="individual")  # fmt: skip
    return new("assessmentTest", part, identifier="wuv-worksheets", title="Worksheets")


def _manifest(items):
    def resource(name, kind, place, *more):
        named = {"identifier": name, "type": kind, "href": place}
        return packed("resource", packed("file", href=place), *more, **named)

    about = [packed("schema", "QTIv2.1 Package"), packed("schemaversion", "1.0.0")]
    needed = [packed("dependency", identifierref=name) for name in items]
    resources = [resource("test", "imsqti_test_xmlv2p1", "test.xml", needed)]
    resources += [resource(x, "imsqti_item_xmlv2p1", f"items/{x}.xml") for x in items]
    return packed("manifest", packed("metadata", about), packed("organizations"),
                  packed("resources", resources), identifier="wuv-worksheets-package")  # fmt: skip
