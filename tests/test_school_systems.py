"""What worksheets give to a school's system: valid, complete, and marked as on paper."""

import io
import re
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from lxml import etree
from test_worksheet import KINDS, some

from wuv.worksheet import moodle, qti
from wuv.worksheet.qti_package import QTI
from wuv.worksheet.record import Choice, Numbers, Table
from wuv.worksheet.written import decimal

of_every_kind = pytest.mark.xdist_group("every kind")  # made once


@cache
def all_kinds():
    return [x for topic, level in KINDS for x in some(topic, level, 2)]


@of_every_kind
def test_moodle_gets_every_question_with_its_numbers_and_no_tolerance():
    sheets = all_kinds()
    quiz = ET.fromstring(moodle(sheets))
    asked = {x.findtext("idnumber"): x for x in quiz if x.get("type") != "category"}
    kinds = {Numbers: "cloze", Choice: "multichoice", Table: "matching"}
    for found in sheets:
        for k, question in enumerate(found.questions, start=1):
            node = asked.pop(f"{found.code}-{k}")
            assert node.get("type") == kinds.get(type(question.answer), "essay")
            html = node.findtext("questiontext/text")
            ET.fromstring(f"<div>{html}</div>")  # well formed, whatever stands in the formulas
            if isinstance(question.answer, Numbers):
                fields = re.findall(r"\{1:NUMERICAL:=(-?[\d.]+):0\}", html)
                wanted = [decimal(x) for e in question.answer.entries for r in e.rows for x in r]
                assert fields == wanted
            if isinstance(question.answer, Choice):
                assert sorted(x.get("fraction") for x in node.iter("answer"))[-1] == "100"
                assert all(x.findtext("feedback/text") for x in node.iter("answer"))
            if isinstance(question.answer, Table):
                shown = [x.findtext("text") for x in node.findall("subquestion")]
                assert [bool(x) for x in shown] == [True] * len(question.answer.pairs) + [False]
                assert node.findtext("shuffleanswers") == "false"  # the lines keep their order
    assert not asked


def test_a_quiz_can_draw_one_sheet_for_each_question():
    quiz = ET.fromstring(moodle(some("sgd", 1, 4)))
    counts = []
    for node in quiz:
        if node.get("type") == "category":
            counts.append(0)
        else:
            counts[-1] += 1
    assert counts == [4] * len(some("sgd", 1, 1)[0].questions)


def q(tag):
    return f"{{{QTI}}}{tag}"


# What a QTI 2.1 item consists of, in this order (information model, assessmentItem).
PARTS = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing",
         "modalFeedback"]  # fmt: skip


@of_every_kind
def test_qti_items_declare_what_they_ask_and_answer_with_the_key():
    sheets = all_kinds()
    archive = zipfile.ZipFile(io.BytesIO(qti(sheets)))
    assert archive.testzip() is None
    manifest = ET.fromstring(archive.read("imsmanifest.xml"))
    listed = {x.get("href") for x in manifest.iter() if x.tag.endswith("}file")}
    assert listed | {"imsmanifest.xml"} == set(archive.namelist())
    for found in sheets:
        for k, question in enumerate(found.questions, start=1):
            root = ET.fromstring(archive.read(f"items/q-{found.code}-{k}.xml"))
            order = [PARTS.index(x.tag.removeprefix(f"{{{QTI}}}")) for x in root]
            assert order == sorted(order)
            declared = [x.get("identifier") for x in root.findall(q("responseDeclaration"))]
            used = [x.get("responseIdentifier") for x in root.iter() if x.get("responseIdentifier")]
            assert declared == used == list(dict.fromkeys(used))
            if isinstance(question.answer, Numbers):
                right = [x.findtext(f"{q('correctResponse')}/{q('value')}")
                         for x in root.findall(q("responseDeclaration"))]  # fmt: skip
                assert right == [decimal(x) for e in question.answer.entries
                                 for row in e.rows for x in row]  # fmt: skip
            if isinstance(question.answer, Choice):
                shown = [x.get("identifier") for x in root.iter(q("simpleChoice"))]
                told = [x.get("identifier") for x in root.findall(q("modalFeedback"))]
                assert shown == told


def test_the_qti_test_draws_one_of_the_sheets_for_each_question():
    archive = zipfile.ZipFile(io.BytesIO(qti(some("sgd", 1, 4))))
    test = ET.fromstring(archive.read("test.xml"))
    drawn = [x for x in test.iter(q("assessmentSection")) if x.find(q("selection")) is not None]
    assert len(drawn) == len(some("sgd", 1, 1)[0].questions)
    for section in drawn:
        assert len(section.findall(q("assessmentItemRef"))) == 4
        assert section.find(q("selection")).get("select") == "1"


def marked(item, **given):
    """What an item gives for these responses, by its own rules (QTI 2.1, response processing)."""
    now, key, worth = {}, {}, {}
    for x in item.findall(q("responseDeclaration")):
        name, values = x.get("identifier"), [v.text for v in x.findall(f"{q('correctResponse')}/*")]
        numbers = x.get("baseType") == "float"
        key[name] = Fraction(values[0]) if numbers else values
        worth[name] = {
            e.get("mapKey"): Fraction(e.get("mappedValue")) for e in x.iter(q("mapEntry"))
        }
        now[name] = Fraction(given[name]) if numbers and name in given else given.get(name)
    for x in item.findall(q("outcomeDeclaration")):
        now[x.get("identifier")] = Fraction(x.findtext(f"{q('defaultValue')}/{q('value')}") or 0)

    def value(x):
        name, of = x.get("identifier"), [] if x.tag == q("mapResponse") else list(map(value, x))
        match x.tag.removeprefix(f"{{{QTI}}}"):
            case "variable":
                return now[name]
            case "correct":
                return key[name]
            case "baseValue":
                return Fraction(x.text)
            case "mapResponse":
                return sum(worth[name].get(pair, 0) for pair in now[name])
            case "sum":
                return sum(of)
            case "product":
                return of[0] * of[1]
            case "divide":
                return of[0] / of[1]
            case "equal" | "match":
                return of[0] is not None and of[0] == of[1]
            case "isNull":
                return of[0] is None
            case "not":
                return not of[0]

    def obey(rule):
        if rule.tag == q("setOutcomeValue"):
            now[rule.get("identifier")] = value(rule[0])
        elif value(rule[0][0]):
            for x in rule[0][1:]:
                obey(x)

    for rule in item.find(q("responseProcessing")):
        obey(rule)
    return now["SCORE"]


@of_every_kind
def test_qti_gives_all_points_for_the_key_none_for_nothing_and_a_share_for_a_part():
    sheets = all_kinds()
    archive = zipfile.ZipFile(io.BytesIO(qti(sheets)))
    for found in sheets:
        for k, question in enumerate(found.questions, start=1):
            item = ET.fromstring(archive.read(f"items/q-{found.code}-{k}.xml"))
            right = {
                x.get("identifier"): [v.text for v in x.findall(f"{q('correctResponse')}/*")]
                for x in item.findall(q("responseDeclaration"))
            }
            if isinstance(question.answer, Numbers):
                right = {name: x for name, (x,) in right.items()}
                wrong = right | {"R1": str(float(right["R1"]) + 0.5)}
                parts = len(right)
            elif isinstance(question.answer, Table):
                (pairs,) = right.values()
                line = pairs[0].split()[1]
                wrong = {"RESPONSE": [f"A0 {line}", *pairs[1:]]}
                parts = len(question.answer.pairs)
            elif isinstance(question.answer, Choice):
                wrong, parts = {"RESPONSE": ["C0"]}, 1
            else:
                continue
            assert marked(item, **right) == question.points
            assert marked(item) == 0
            assert marked(item, **wrong) == Fraction(question.points * (parts - 1), parts)


def test_code_is_code_and_no_backtick_reaches_a_school():
    sheets = some("shapes", 1, 2) + some("shapes", 2, 2)
    archive = zipfile.ZipFile(io.BytesIO(qti(sheets)))
    files = [moodle(sheets).decode(), *(archive.read(x).decode() for x in archive.namelist())]
    assert not any("`" in x for x in files)
    assert "&lt;code&gt;W @ u&lt;/code&gt;" in files[0]
    assert sum("<code>W @ u</code>" in x for x in files) >= 1


@cache
def schema(name):
    return etree.RelaxNG(file=str(Path(__file__).with_name(name)))


def wrong(name, data):
    """What a schema has to say against a file."""
    found = schema(name)
    found.validate(etree.fromstring(data))
    return list(map(str, found.error_log))


@of_every_kind
def test_moodle_xml_of_every_kind_is_valid():
    assert wrong("moodle_xml.rng", moodle(all_kinds())) == []


@of_every_kind
def test_a_qti_package_of_every_kind_is_valid_and_nothing_in_it_is_missing():
    archive = zipfile.ZipFile(io.BytesIO(qti(all_kinds())))
    for name in archive.namelist():
        assert wrong("qti_2_1.rng", archive.read(name)) == [], name
    manifest, test = (ET.fromstring(archive.read(x)) for x in ("imsmanifest.xml", "test.xml"))
    named = [x.get("identifier") for x in manifest.iter() if x.get("identifier")]
    needed = [x.get("identifierref") for x in manifest.iter() if x.get("identifierref")]
    drawn = [x.get("identifier") for x in test.iter(q("assessmentItemRef"))]
    assert len(named) == len(set(named))
    assert sorted(needed) == sorted(drawn)
    assert set(needed) < set(named)
    sections = [x.get("identifier") for x in test.iter() if x.get("identifier")]
    assert len(sections) == len(set(sections))
    assert {x.get("href") for x in test.iter(q("assessmentItemRef"))} < set(archive.namelist())


@cache
def exported():
    """A file of each kind, {kind: text}."""
    sheets = some("gradient_u", 1, 2)
    archive = zipfile.ZipFile(io.BytesIO(qti(sheets)))
    found = {"test": "test.xml", "manifest": "imsmanifest.xml"}
    for k, question in enumerate(sheets[0].questions, start=1):
        kind = type(question.answer).__name__
        found.setdefault(kind, f"items/q-{sheets[0].code}-{k}.xml")
    files = {kind: archive.read(name).decode() for kind, name in found.items()}
    return files | {"moodle": moodle(sheets).decode()}


# What a kind of file may not be: a pattern of text, and what it is replaced by.
BROKEN = [
    ("Numbers", "<itemBody>", "<itemBody>text without a block"),
    ("Numbers", "<itemBody>.*</itemBody>", ""),
    ("Numbers", "</?tbody>", ""),
    ("Numbers", ' adaptive="false"', ""),
    ("Numbers", ' responseIdentifier="R1"', ""),
    ("Numbers", ' identifier="R1"', ' identifier="1"'),
    ("Numbers", ' baseType="float"', ' baseType="number"'),
    ("Numbers", ' toleranceMode="exact"', ""),
    ("Numbers", "(<responseDeclaration.*</responseDeclaration>)(<outcome.*)(<itemBody)", r"\2\1\3"),
    ("Numbers", "<sum>.*?</sum>", ""),
    ("Numbers", "(<divide>)(<product>.*</product>)", r"\1\2\2"),
    ("Numbers", "<m:mtable", '<m:mtable scriptlevel="0"'),
    ("Numbers", "<m:mtd>.*?</m:mtd>", ""),
    ("Choice", "(<prompt>.*</prompt>)(<simpleChoice.*</simpleChoice>)", r"\2\1"),
    ("Choice", ' maxChoices="1"', ' maxChoices="one"'),
    ("Choice", ' showHide="show"', ""),
    ("Choice", "(<responseProcessing>.*</responseProcessing>)(<modal.*>)(</assess)", r"\2\1\3"),
    ("Choice", "<match>.*?</match>", '<variable identifier="RESPONSE" />'),
    ("Table", "<simpleMatchSet>.*?</simpleMatchSet>", ""),
    ("Table", ' matchMax="1"', ""),
    ("Table", ' mappedValue="1"', ' mappedValue="one"'),
    ("Table", "(<correctResponse>.*</correctResponse>)(<mapping.*</mapping>)", r"\2\1"),
    ("Table", "<mapResponse[^>]*>", "<mapResponse />"),
    ("Words", ' view="scorer tutor"', ' view="teacher"'),
    ("Words", ' expectedLines="[0-9]*"', ' expectedLines="0"'),
    ("test", ' navigationMode="nonlinear"', ""),
    ("test", ' visible="false"', ""),
    ("test", "(<selection[^>]*>)(<assessmentItemRef[^>]*>)", r"\2\1"),
    ("test", ' href="[^"]*"', ""),
    ("manifest", "<organizations />", ""),
    ("manifest", "QTIv2.1 Package", "QTI"),
    ("manifest", "(<file[^>]*>)(<dependency[^>]*>)", r"\2\1"),
    ("manifest", ' type="imsqti_item_xmlv2p1"', ' type="webcontent"'),
    ("manifest", ' xmlns="[^"]*"', f' xmlns="{QTI}"'),
    ("moodle", ' type="cloze"', ' type="numerical"'),
    ("moodle", ":0}", ":0.5}"),
    ("moodle", "NUMERICAL", "NUMBER"),
    ("moodle", "<text>\\$course\\$/top/", "<text>"),
    ("moodle", ' fraction="100"', ' fraction="1"'),
    ("moodle", "<name>.*?</name>", ""),
    ("moodle", "<subquestion format=.html.>\\s*<text />.*?</subquestion>", ""),
    ("moodle", "<responseformat>editor", "<responseformat>html"),
    ("moodle", "<penalty>0", "<penalty>none"),
    ("moodle", ' format="html"', ""),
]


@pytest.mark.parametrize(("kind", "pattern", "instead"), BROKEN)
def test_a_schema_finds_what_is_broken(kind, pattern, instead):
    name = "moodle_xml.rng" if kind == "moodle" else "qti_2_1.rng"
    text = exported()[kind]
    broken = re.sub(pattern, instead, text, flags=re.DOTALL)
    assert broken != text
    assert wrong(name, text.encode()) == []
    assert wrong(name, broken.encode())
