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

from wuv.worksheet import formula
from wuv.worksheet.record import Choice, Numbers, Sheet, Table, Words
from wuv.worksheet.written import array, decimal

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
MATH = "http://www.w3.org/1998/Math/MathML"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PLACES = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    CP: "http://www.imsglobal.org/xsd/imscp_v1p1.xsd",
}


def qti(sheets: Iterable[Sheet]) -> bytes:
    """Return a QTI 2.1 content package with the questions of the sheets, a zip file in bytes."""
    items: dict[str, bytes] = {}
    sections: dict[tuple, list[str]] = {}
    for sheet in sheets:
        for k, question in enumerate(sheet.questions, start=1):
            name = f"q-{sheet.code}-{k}"
            items[name] = xml(item(sheet, k, question), QTI)
            sections.setdefault((sheet.code.topic, sheet.code.level, k), []).append(name)
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


def _new(tag, parent=None, text=None, **attributes):
    tag = tag if tag.startswith("{") else f"{{{QTI}}}{tag}"
    attributes = {k.rstrip("_"): str(x) for k, x in attributes.items()}
    node = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


def _rich(parent, text):
    """Append a text with its formulas, as MathML, and its code to an element."""
    last = None
    for kind, part in formula.pieces(text):
        if kind == "math":
            last = _mathml(formula.mathml(part))
            parent.append(last)
        elif kind == "code":
            last = _new("code", parent, part)
        elif last is None:
            parent.text = (parent.text or "") + part
        else:
            last.tail = part
    return parent


def _mathml(text):
    """Return MathML in its namespace, without what MathML 2 does not know."""
    root = ET.fromstring(text)
    for node in root.iter():
        node.attrib.pop("scriptlevel", None)
        node.tag = f"{{{MATH}}}{node.tag}"
    return root


def item(sheet, k, question):
    """Return one question as an assessmentItem."""
    answer = question.answer
    name = {"identifier": f"q-{sheet.code}-{k}", "title": f"{sheet.code}, question {k}"}
    root = _new("assessmentItem", **name, adaptive="false", timeDependent="false")
    write = {Numbers: _numbers, Choice: _choice, Table: _match, Words: _words}[type(answer)]
    body = _new("itemBody")
    given = ", ".join(f"${name} = {array(x)}$" for name, x in sheet.given.items())
    _rich(_new("p", body), given)
    declared, processing, feedback = write(body, question)
    for node in declared:
        root.append(node)
    root.append(_outcome("SCORE", "float", normalMaximum=question.points))
    root.append(body)
    if processing is not None:
        root.append(processing)
    for node in feedback:
        root.append(node)
    return root


def _declaration(name, cardinality, kind, values):
    node = _new("responseDeclaration", identifier=name, cardinality=cardinality, baseType=kind)
    correct = _new("correctResponse", node)
    for value in values:
        _new("value", correct, value)
    return node


def _outcome(name, kind, **more):
    """Declare an outcome; a number begins at 0."""
    node = _new("outcomeDeclaration", identifier=name, cardinality="single", baseType=kind, **more)
    if kind != "identifier":
        _new("value", _new("defaultValue", node), "0")
    return node


def _numbers(body, question):
    _rich(_new("p", body), question.text)
    declared, processing = [], _new("responseProcessing")
    for entry in question.answer.entries:
        _rich(_new("p", body), f"${entry.name} =$")
        table = _new("tbody", _new("table", body))
        for row in entry.rows:
            line = _new("tr", table)
            for value in row:
                name = f"R{len(declared) + 1}"
                declared.append(_declaration(name, "single", "float", [decimal(value)]))
                _new("textEntryInteraction", _new("td", line), responseIdentifier=name,
                     expectedLength=6)  # fmt: skip
                _count(processing, name)
    _new("variable", _score(processing, question.points, len(declared)), identifier="RIGHT")
    return [*declared, _outcome("RIGHT", "integer")], processing, []


def _count(processing, name):
    """Count a field among the right ones, if it is."""
    right = _new("responseIf", _new("responseCondition", processing))
    same = _new("equal", right, toleranceMode="exact")
    _new("variable", same, identifier=name)
    _new("correct", same, identifier=name)
    more = _new("sum", _new("setOutcomeValue", right, identifier="RIGHT"))
    _new("variable", more, identifier="RIGHT")
    _new("baseValue", more, "1", baseType="integer")


def _score(parent, points, parts):
    """Let the score be points · n / parts; n goes into the element that is returned.

    It is divided once, and last: a player may round whatever it stores.
    """
    share = _new("divide", _new("setOutcomeValue", parent, identifier="SCORE"))
    product = _new("product", share)
    _new("baseValue", product, str(points), baseType="float")
    _new("baseValue", share, str(parts), baseType="float")
    return product


def _choice(body, question):
    options = question.answer.options
    names = [f"C{k}" for k in range(1, len(options) + 1)]
    right = next(name for name, x in zip(names, options, strict=True) if x.right)
    asked = _new("choiceInteraction", body, responseIdentifier="RESPONSE", shuffle="true",
                 maxChoices=1)  # fmt: skip
    _rich(_new("prompt", asked), question.text)
    feedback = []
    for name, option in zip(names, options, strict=True):
        _rich(_new("simpleChoice", asked, identifier=name), option.text)
        said = _new("modalFeedback", outcomeIdentifier="FEEDBACK", identifier=name,
                    showHide="show")  # fmt: skip
        feedback.append(_rich(said, option.feedback))
    processing = _new("responseProcessing")
    hit = _new("responseIf", _new("responseCondition", processing))
    same = _new("match", hit)
    _new("variable", same, identifier="RESPONSE")
    _new("correct", same, identifier="RESPONSE")
    _new("baseValue", _new("setOutcomeValue", hit, identifier="SCORE"), str(question.points),
         baseType="float")  # fmt: skip
    told = _new("setOutcomeValue", processing, identifier="FEEDBACK")
    _new("variable", told, identifier="RESPONSE")
    declared = _declaration("RESPONSE", "single", "identifier", [right])
    return [declared, _outcome("FEEDBACK", "identifier")], processing, feedback


def _match(body, question):
    """Ask what belongs to each line of a table, such as its reason.

    It is dragged to the lines, which are the second set, and keep their order.
    """
    rows = question.answer.pairs
    wanted = list(dict.fromkeys(x for _, x in rows))
    asked = _new("matchInteraction", body, responseIdentifier="RESPONSE", shuffle="true",
                 maxAssociations=len(rows))  # fmt: skip
    _rich(_new("prompt", asked), question.answer.match)
    given, lines = _new("simpleMatchSet", asked), _new("simpleMatchSet", asked)
    for k, text in enumerate((*wanted, question.answer.never), start=1):
        _rich(_new("simpleAssociableChoice", given, identifier=f"A{k}", matchMax=0), text)
    for k, (shown, _) in enumerate(rows, start=1):
        _rich(_new("simpleAssociableChoice", lines, identifier=f"L{k}", matchMax=1, fixed="true"),
              shown)  # fmt: skip
    pairs = [f"A{wanted.index(x) + 1} L{k}" for k, (_, x) in enumerate(rows, start=1)]
    declared = _declaration("RESPONSE", "multiple", "directedPair", pairs)
    mapping = _new("mapping", declared, defaultValue=0)
    for pair in pairs:
        _new("mapEntry", mapping, mapKey=pair, mappedValue=1)
    processing = _new("responseProcessing")
    answered = _new("responseIf", _new("responseCondition", processing))
    _new("variable", _new("isNull", _new("not", answered)), identifier="RESPONSE")
    _new("mapResponse", _score(answered, question.points, len(pairs)), identifier="RESPONSE")
    return [declared], processing, []


def _words(body, question):
    asked = _new("extendedTextInteraction", body, responseIdentifier="RESPONSE",
                 expectedLines=question.answer.lines)  # fmt: skip
    _rich(_new("prompt", asked), question.text)
    declared = _new("responseDeclaration", identifier="RESPONSE", cardinality="single",
                    baseType="string")  # fmt: skip
    for_teacher = _new("rubricBlock", view="scorer tutor")
    _rich(_new("p", for_teacher), question.answer.answer)
    body.append(for_teacher)
    return [declared], None, []


def _test(sections):
    root = _new("assessmentTest", identifier="wuv-worksheets", title="Worksheets")
    part = _new("testPart", root, identifier="part", navigationMode="nonlinear",
                submissionMode="individual")  # fmt: skip
    topics = {}
    for (topic, level, k), names in sections.items():
        if (topic, level) not in topics:
            name = {"identifier": f"{topic}-{level}", "title": f"{topic}, level {level}"}
            topics[topic, level] = _new("assessmentSection", part, **name, visible="true")
        drawn = _new("assessmentSection", topics[topic, level], identifier=f"{topic}-{level}-{k}",
                     title=f"Question {k}", visible="false")  # fmt: skip
        _new("selection", drawn, select=1)
        for name in names:
            _new("assessmentItemRef", drawn, identifier=name, href=f"items/{name}.xml")
    return root


def _manifest(items):
    def new(tag, parent=None, text=None, **attributes):
        return _new(f"{{{CP}}}{tag}", parent, text, **attributes)

    root = new("manifest", identifier="wuv-worksheets-package")
    about = new("metadata", root)
    new("schema", about, "QTIv2.1 Package")
    new("schemaversion", about, "1.0.0")
    new("organizations", root)
    resources = new("resources", root)
    test = new(
        "resource", resources, identifier="test", type="imsqti_test_xmlv2p1", href="test.xml"
    )
    new("file", test, href="test.xml")
    for name in items:
        new("dependency", test, identifierref=name)
    for name in items:
        place = f"items/{name}.xml"
        one = new("resource", resources, identifier=name, type="imsqti_item_xmlv2p1", href=place)
        new("file", one, href=place)
    return root
