"""Worksheets: a code says everything, the key is right, and nothing is half written."""

import io
import itertools
import json
import os
import re
import stat
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pikepdf
import pypdf
import pytest
import wheel
import worksheet_answers
from hypothesis import given
from hypothesis import strategies as st

from wuv.__main__ import main
from wuv.worksheet import (
    BLANKS,
    LEVELS,
    NUMBERS,
    TOPICS,
    BadCode,
    Copy,
    Look,
    SheetCode,
    Student,
    WorksheetError,
    assigned,
    derivations,
    files,
    keys,
    making,
    pdf,
    read_code,
    read_students,
    sheet,
    topics,
    typesetting,
)
from wuv.worksheet.drawing import Draw, good
from wuv.worksheet.keys import WrongKey, agreed
from wuv.worksheet.record import Choice, Numbers, Table
from wuv.worksheet.sheet_code import ALPHABET
from wuv.worksheet.slips import slip
from wuv.worksheet.typesetting import clean, printable

KINDS = [(topic, level) for topic in TOPICS for level in LEVELS]
CODES = st.builds(
    SheetCode,
    st.sampled_from(sorted(TOPICS)),
    st.sampled_from(LEVELS),
    st.sampled_from(BLANKS),
    st.integers(0, NUMBERS - 1),
)
every_kind = pytest.mark.parametrize(
    ("topic", "level"),
    [pytest.param(*kind, marks=pytest.mark.xdist_group(f"sheet {kind}")) for kind in KINDS],
)
made = cache(sheet)


def some(topic, level, count=3, blanks="few", make=made):
    """Sheets of a topic and a level; each is made once, unless ``make`` is `sheet` itself."""
    return [make(SheetCode(topic, level, blanks, 7919 * k + 5)) for k in range(count)]


def entries(found):
    return [e for q in found.questions if isinstance(q.answer, Numbers) for e in q.answer.entries]


def same(a, b):
    return np.shape(a) == np.shape(b) and bool(np.all(np.asarray(a) == np.asarray(b)))


# The code


@given(CODES)
def test_a_code_is_read_back_as_it_was_written(code):
    assert read_code(str(code)) == code
    for dash in " ", "", "\N{NON-BREAKING HYPHEN}", " – ":
        assert read_code(str(code).lower().replace("-", dash)) == code


@given(CODES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_always_found(code, place, other):
    text = str(code).replace("-", "")
    typed = text[:place] + other + text[place + 1 :]
    if typed != text:
        with pytest.raises(BadCode, match="mistyped"):
            read_code(typed)


@given(CODES, st.integers(0, 6))
def test_two_characters_that_changed_places_are_always_found(code, k):
    text = str(code).replace("-", "")
    typed = text[:k] + text[k + 1] + text[k] + text[k + 2 :]
    if typed != text:
        with pytest.raises(BadCode, match="mistyped"):
            read_code(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "has 0"), ("GUA-66GG", "has 7"), ("GUA-66GGO", "O occurs in no code"),
     ("GUA-6\u200b6GGK", "occurs in no code"), ("GUA-66GGK-2", "has 9")],
)  # fmt: skip
def test_what_is_no_code_is_told_so(typed, said):
    with pytest.raises(BadCode, match=said):
        read_code(typed)


@given(st.text())
def test_no_text_is_read_as_a_code_by_accident_or_crashes(text):
    with suppress(BadCode):
        assert str(read_code(text)).replace("-", "") in re.sub(r"[^A-Z2-9]", "", text.upper())


# The numbers


@given(st.integers(0, 10**6), st.sampled_from([(3, 2), (2, 2), (2, 3)]))
def test_a_problem_hides_no_mistake(number, size):
    W, u, v = Draw(f"test-{number}").problem(*size)
    r = W @ u - v
    assert np.linalg.matrix_rank(W) == min(size)
    assert all(x.all() for x in (W.any(axis=0), W.any(axis=1), u, r, W.T @ r))
    assert v.any()
    if size == (2, 2):
        assert (W @ r != W.T @ r).any()
        assert (r @ u.T != u @ r.T).any()


def test_a_case_that_forgives_is_not_good():
    u, v = np.array([[1], [2]]), np.array([[0], [5]])
    assert not good(np.array([[2, 1], [1, 3]]), u, v)  # symmetric
    assert not good(np.array([[1, 2], [0, 0]]), u, v)  # a row of zeros
    assert good(np.array([[1, 2], [0, -1]]), u, v)
    assert not good(np.array([[1, 2], [0, -1]]), u, 0 * v)  # v can be dropped


@every_kind
def test_a_code_gives_the_same_sheet_and_another_code_other_numbers(topic, level):
    first, again, other = (sheet(SheetCode(topic, level, "few", k)) for k in (1, 1, 2))
    assert all(same(first.given[k], again.given[k]) for k in first.given)
    assert str(first) == str(again) != str(other)
    assert any(not same(first.given[k], other.given[k]) for k in first.given)


@every_kind
def test_more_blanks_ask_more_of_the_same_sheet(topic, level):
    few, many, every = (some(topic, level, 1, blanks)[0] for blanks in BLANKS)
    assert all(same(few.given[k], every.given[k]) for k in few.given)

    def blank(found):
        return {(k, c) for k, q in enumerate(found.questions)
                if isinstance(q.answer, Table) for c in q.answer.blank}  # fmt: skip

    assert blank(few) < blank(many) < blank(every)


# of three sheets each, as `meaning` says it; a sheet that was once printed must keep its key
MEANT = {
    ("shapes", 1): "3463da64 cec255d2 3ab38855",
    ("shapes", 2): "189f4c75 4485f5b0 bdba6573",
    ("chain_rule", 1): "61321a92 44b2029c f1eb6799",
    ("chain_rule", 2): "1856b58c 968bad69 a38b2f00",
    ("gradient_v", 1): "d412326f 680203a8 d468d95f",
    ("gradient_v", 2): "762bb135 c8ece6f5 2f0bdf33",
    ("gradient_u", 1): "d28a152f 45034540 6468db3f",
    ("gradient_u", 2): "deb4701d b4e0b721 dfc66adb",
    ("gradient_W", 1): "f72af66b 4251d743 2ba70e5d",
    ("gradient_W", 2): "0859d553 2b264fa0 044be63c",
    ("finite_differences", 1): "4c95fc14 1e843517 e4b9bbe2",
    ("finite_differences", 2): "e8499628 c7346274 aae41f14",
    ("descent", 1): "4b93ce3d 03ad322a 42d477f3",
    ("descent", 2): "2fa0c128 58e52561 3134f649",
    ("curvature", 1): "d3d64f3a 484492a2 e11ca1bc",
    ("curvature", 2): "0f0b2455 a1878657 b17e987e",
    ("sgd", 1): "6b12fb0a 621e167f 491ffbca",
    ("sgd", 2): "b1b69123 d40cd22d c4b0d52d",
    ("backpropagation", 1): "6d209ed4 50235b62 da05ccee",
    ("backpropagation", 2): "5911357e 4530cf98 c7a4f1f5",
}


def meaning(found):
    """What is printed of a sheet's numbers, answers and blanks, in a few characters."""
    said = [str({k: x.tolist() for k, x in found.given.items()})]
    for question in found.questions:
        answer = question.answer
        said.append(f"{type(answer).__name__} {question.points}")
        if isinstance(answer, Numbers):
            said += [
                f"{e.name} = {[list(map(str, row)) for row in e.rows]}" for e in answer.entries
            ]
        elif isinstance(answer, Choice):
            said += [str(option.right) for option in answer.options]
        elif isinstance(answer, Table):
            said += [f"{len(answer.rows)} {sorted(answer.blank)}"]
    return sha256("\n".join(said).encode()).hexdigest()[:8]


def test_what_a_code_means_never_changes():
    for topic, level in KINDS:
        codes = [SheetCode(topic, level, x, 12345 * level + 678) for x in BLANKS]
        assert " ".join(meaning(sheet(x)) for x in codes) == MEANT[topic, level], (topic, level)


# The key


@every_kind
def test_every_answer_is_what_the_printed_numbers_give(topic, level):
    solve = getattr(worksheet_answers, f"{topic}_{level}")
    for found in some(topic, level):
        paper = pdf([Copy(found)])
        numbers, tuples = worksheet_answers.read_paper(
            paper, {name: x.shape for name, x in found.given.items()}
        )
        assert all(same(numbers[k], x) for k, x in found.given.items())
        answers = solve(tuples, *numbers.values())
        names = [x.name for x in entries(found)]
        assert len(answers) == len(names)
        for name, answer, entry in zip(names, answers, entries(found), strict=True):
            assert same(answer, entry.value), f"{found.code}: {name}"


def test_the_key_in_print_has_these_answers():
    for found in some("gradient_u", 1):
        text = re.sub(r"\s", "", worksheet_answers.text_of(pdf([Copy(found)], key=True)))
        slopes, loss = entries(found)[2].value.ravel().tolist(), entries(found)[1].value
        assert f"L={loss}" in text
        assert re.search(rf"∇uL=\(+{slopes[0]}{slopes[1]}\)+", text)


def test_a_key_is_made_from_the_code_on_the_paper_alone(tmp_path):
    assert main(["worksheet", "gradient_W", "--level", "2", "--out", str(tmp_path / "a")]) == 0
    (paper,) = (tmp_path / "a").glob("*[!y].pdf")
    code = re.search(r"GW[A-F]-\w{5}", worksheet_answers.text_of(paper.read_bytes()))[0]
    assert main(["worksheet", "--key", code, "--out", str(tmp_path / "b")]) == 0
    (key,) = (tmp_path / "b").iterdir()
    assert key.read_bytes() == (tmp_path / "a" / key.name).read_bytes()


def test_a_wrong_gradient_makes_no_sheet(monkeypatch):
    monkeypatch.setitem(keys.GRADIENTS, "u", lambda W, u, v: 2 * W.T @ (W @ u - v) + 1)
    with pytest.raises(WrongKey, match="agree"):
        some("gradient_u", 1, 1, make=sheet)


def test_an_answer_needs_a_second_way_that_agrees():
    assert agreed(3, 1 + 2) == 3
    for others in [(), (4,), (3, 5), (np.array([[3]]),)]:
        with pytest.raises(WrongKey):
            agreed(3, *others)


def test_a_slip_that_is_right_or_two_with_one_name_make_no_choice():
    with pytest.raises(WrongKey, match="was to be wrong"):
        slip("2Wᵀ(Wu − v)", "u", ())
    with pytest.raises(WrongKey, match="already"):
        slip("2W(Wu − v)", "u", ("2W(Wu − v)",))


@every_kind
def test_one_option_is_right_and_each_says_why(topic, level):
    choices = [q.answer for q in some(topic, level, 1)[0].questions if isinstance(q.answer, Choice)]
    for choice in choices:
        assert sum(x.right for x in choice.options) == 1
        assert len({x.text for x in choice.options}) == len(choice.options) >= 3
        assert all(x.feedback for x in choice.options)
    assert all(x.explained for x in some(topic, level, 1)[0].questions
               if isinstance(x.answer, Choice))  # fmt: skip


def test_the_right_option_stands_in_every_place():
    places = set()
    for found in some("gradient_u", 1, 30):
        (choice,) = (q.answer for q in found.questions if isinstance(q.answer, Choice))
        places.add([x.right for x in choice.options].index(True))
    assert places == {0, 1, 2, 3}


# The derivations


@every_kind
def test_a_derivation_stands_in_its_chapter_or_among_the_four_routes(topic, level):
    pages = [derivations.chapters() / f"{name}.md" for name in (topic, "routes")]
    chapter = "".join("".join(page.read_text("utf-8").split()) for page in pages)
    tables = [q.answer for q in some(topic, level, 1)[0].questions if isinstance(q.answer, Table)]
    lines = [row[1] for x in tables if x.heads == derivations.HEADS for row in x.rows]
    assert lines
    for line in lines:
        last = "".join(re.split(r"\s=\s|\\leftarrow", line.strip("$"))[-1].split()).strip("=")
        assert last in chapter


def test_an_equation_that_is_false_makes_no_sheet(monkeypatch, tmp_path):
    text = (derivations.chapters() / "gradient_u.md").read_text("utf-8")
    wrong = text.replace(r"\langle 2W^{\mathsf T} r,\, \mathrm{d}u\rangle",
                         r"\langle W^{\mathsf T} r,\, \mathrm{d}u\rangle")  # fmt: skip
    assert wrong != text
    (tmp_path / "gradient_u.md").write_text(wrong, "utf-8")
    monkeypatch.setattr(derivations, "chapters", lambda: tmp_path)
    derivations._lines.cache_clear()
    with pytest.raises(WorksheetError, match="eq-nudge: false"):
        derivations.steps("gradient_u", "eq-nudge", {})
    with pytest.raises(WorksheetError, match="no equation eq-none"):
        derivations.steps("gradient_u", "eq-none", {})
    derivations._lines.cache_clear()


def test_an_installed_wheel_has_the_same_derivations(monkeypatch, tmp_path):
    pages = derivations.chapters()
    for page in pages.glob("*.md"):
        short = wheel.extract(page.read_text("utf-8"))
        assert len(short) < len(page.read_text("utf-8")) / 2
        (tmp_path / page.name).write_text(short, "utf-8")
    here = [str(some(topic, level, 1)[0]) for topic, level in KINDS]
    derivations._lines.cache_clear()
    derivations.title.cache_clear()
    monkeypatch.setattr(derivations, "chapters", lambda: tmp_path)
    assert [str(some(*kind, 1, make=sheet)[0]) for kind in KINDS] == here
    derivations._lines.cache_clear()


def test_sizes_that_the_numbers_contradict_make_no_sheet():
    assert derivations.steps("gradient_u", "eq-nudge", {"W": (3, 2), "r": (3, 1)})
    for sizes in [{"W": (3, 2), "r": (2, 1)}, {"u": (2, 2)}, {"W": (1, 2), "r": (3, 1)}]:
        with pytest.raises(WrongKey, match="eq-nudge"):
            derivations.steps("gradient_u", "eq-nudge", sizes)


def test_sizes_are_those_of_the_factors_as_they_stand():
    def sizes(label, **shapes):
        return [x.shape for x in derivations.steps("routes", label, shapes, "abcd")]

    assert sizes("eq-w-nudge", W=(3, 2)) == [
        "1×3 · 3×2 · 2×1", "tr(1×3 · 3×2 · 2×1)", "tr(2×1 · 1×3 · 3×2)", "⟨3×2, 3×2⟩",
    ]  # fmt: skip
    transposed = derivations.steps("routes", "eq-jacobian", {"W": (3, 2)}, "ab")
    assert [x.shape for x in transposed] == ["(1×3 · 3×2)ᵀ", "2×3 · 3×1"]
    second = derivations.steps("curvature", "eq-curvature-second", {"W": (3, 2)}, "ab")
    assert second[0].shape == "⟨3×1, 3×1⟩"


@every_kind
def test_a_blank_line_begins_with_its_left_side_and_how_is_said_to_students_alone(topic, level):
    (found,) = some(topic, level, 1, "all")
    (table,) = (
        x.answer for x in found.questions if getattr(x.answer, "heads", 0) == derivations.HEADS
    )
    assert (0, 1) not in table.blank
    for (i, j), begun in table.begun.items():
        assert table.rows[i][j].startswith(begun[:-1])
        assert begun.endswith(("=$", r"\leftarrow$"))
    paper, key = (worksheet_answers.text_of(pdf([Copy(found)], key=x)) for x in (False, True))
    assert "a few words of your own" in " ".join(paper.split())
    assert "a few words of your own" not in " ".join(key.split())
    assert "other words" in " ".join(key.split())


def test_every_topic_is_a_module_and_every_module_a_topic():
    modules = {x.stem for x in Path(topics.__file__).parent.glob("*.py")} - {"__init__"}
    assert modules == set(TOPICS)


# The paper


@every_kind
def test_a_sheet_fits_on_two_pages_and_each_has_the_code(topic, level):
    for found in some(topic, level, 2, "all"):
        for look, most in [(Look(), 2), (Look("letter"), 2), (Look("letter", large=True), 4)]:
            pages = worksheet_answers.pages_of(pdf([Copy(found)], look))
            assert len(pages) <= most
            for k, text in enumerate(pages, start=1):
                assert str(found.code) in text
                assert f"page {k} of {len(pages)}" in text


def test_the_same_sheet_is_the_same_file_to_the_byte_tagged_and_titled():
    copies = [Copy(x) for x in some("sgd", 1, 2)]
    first = pdf(copies)
    assert first == pdf(copies) != pdf(copies, key=True)
    reader = pypdf.PdfReader(io.BytesIO(first))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert str(copies[0].sheet.code) in reader.metadata.title


def test_qpdf_has_nothing_to_say():
    for found in (some(topic, level, 1)[0] for topic, level in KINDS):
        for key in (False, True):
            with pikepdf.open(io.BytesIO(pdf([Copy(found)], key=key))) as paper:
                assert paper.check_pdf_syntax() == []


def test_for_the_printer_each_sheet_begins_on_a_front():
    copies = [Copy(x) for x in some("descent", 1, 3)]
    pages = [len(pypdf.PdfReader(io.BytesIO(pdf([x], key=True))).pages) for x in copies]
    together = pypdf.PdfReader(io.BytesIO(pdf(copies, Look(backs=True), key=True))).pages
    fronts = [k for k, page in enumerate(together) if "page 1 of" in page.extract_text()]
    assert len(fronts) == 3
    assert all(k % 2 == 0 for k in fronts)
    assert len(together) == sum(n + n % 2 for n in pages) - pages[-1] % 2


HOSTILE = ['#panic("x")', "$x$ *b* _i_", '"]#eval', "\\ ` @a <b> //c /*d", "Zoë O'Brien-Łuk"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_printed_as_it_is_and_never_read(name):
    text = worksheet_answers.text_of(pdf([Copy(some("sgd", 1, 1)[0], name, "17")]))
    assert re.sub(r"\s", "", name) in re.sub(r"\s", "", text)


def test_a_name_is_cleaned_of_signs_that_cannot_be_seen():
    assert clean(" A\tB\x00\x1bC\u2028 \n") == "A B C"
    assert clean("A\u202eda") == "Ada"
    assert clean("\u200b\u200d") == ""
    assert all(map(printable, ("Ada", "אבי כהן", "Łukasz Чехов")))
    assert not printable("\U0010fffd of nobody's")


def test_every_formula_of_a_sheet_has_words():
    reader = pypdf.PdfReader(io.BytesIO(pdf([Copy(some("gradient_u", 1, 1)[0])])))
    formulas = [x for x in _elements(reader) if x.get("/S") == "/Formula"]
    assert len(formulas) > 15
    assert all(x.get("/Alt", "").strip() for x in formulas)


def _elements(reader):
    todo = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            yield node
            if "/K" in node:
                todo.append(node["/K"])


# A class


def table(path, text):
    path.write_text(text, "utf-8")
    return path


def test_students_come_from_a_table_in_their_order(tmp_path):
    found = read_students(table(tmp_path / "c.csv", "\ufeffID;Name\n7; Ada\n;Bob \n"))
    assert found == [Student("Ada", "7"), Student("Bob", None)]
    assert read_students(table(tmp_path / "e.csv", "sep=;\nID;Name\n7; Ada\n;Bob \n")) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("first,last\na,b\n", "no column is called name"), ("name\n", "no students"),
     ("name,id\nAda,1\nBob,1\n", "two students have the id 1"), ("name,id\n ,4\n", "has no name"),
     ('name,id\n"Ada,1\nBob,2\n', "quotation mark missing")],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_told_so(tmp_path, text, said):
    with pytest.raises(WorksheetError, match=said):
        read_students(table(tmp_path / "c.csv", text))


def test_a_student_keeps_the_numbers_whatever_the_others_do():
    ada, bob, eve = Student("Ada", "1"), Student("Bob"), Student("Eve")
    one = dict(zip("abe", assigned([ada, bob, eve], "sgd"), strict=True))
    two = dict(zip("eba", assigned([eve, bob, ada], "sgd"), strict=True))
    assert one == two
    assert assigned([Student("Ada Lovelace", "1")], "sgd") == [one["a"]]
    assert assigned([bob], "sgd", seed="2") != [one["b"]]


@given(st.lists(st.sampled_from(["Ada", "Bob", "Eve"]), min_size=1, max_size=40))
def test_no_two_sheets_of_a_class_are_alike_not_even_those_of_one_name(names):
    codes = assigned([Student(x) for x in names], "gradient_u")
    assert len({x.number for x in codes}) == len(names)


# The command


def run(tmp_path, *words):
    return main(["worksheet", "--out", str(tmp_path / "out"), *words])


def test_a_class_gets_sheets_keys_and_a_list_with_safe_file_names(tmp_path, capsys):
    names = table(
        tmp_path / "c.csv",
        'name\nAda\n"../O\'Brien, ""Kit""/x"\nאבי כהן\n\U0010fffd\n=1+2\nAda\n',
    )
    assert run(tmp_path, "gradient_u", "--students", str(names)) == 0
    files = sorted(x.name for x in (tmp_path / "out").iterdir())
    assert len(files) == 2 * 6 + 2
    assert all(re.fullmatch(r"(list-|marks-)?GUA-\w{5}(-key)?\.(pdf|csv)", x) for x in files)
    (listed,) = (tmp_path / "out").glob("list-*.csv")
    text = listed.read_text("utf-8-sig")
    assert all(x in text for x in ("'=1+2", "\U0010fffd", "אבי כהן"))
    assert "no font here has all signs" in capsys.readouterr().err


def test_the_same_command_writes_the_same_files(tmp_path):
    words = ["sgd", "--count", "2", "--moodle", "--qti", "--together"]
    for name in "ab":
        assert run(tmp_path / name, *words) == 0
    a, b = (sorted((tmp_path / x / "out").iterdir()) for x in "ab")
    assert [x.name for x in a] == [x.name for x in b]
    assert [x.read_bytes() for x in a] == [x.read_bytes() for x in b]
    assert len(a) == 6


def test_a_class_gets_a_marking_grid_with_a_row_for_each_sheet(tmp_path):
    names = table(tmp_path / "c.csv", "name,id\nAda,17\nBob,18\n")
    assert run(tmp_path, "gradient_u", "sgd", "--students", str(names), "--points", "20") == 0
    (grid,) = (tmp_path / "out").glob("marks-*.pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(grid).pages]
    sheets = [
        x.stem for x in (tmp_path / "out").glob("*.pdf") if re.fullmatch(r"\w{3}-\w{5}", x.stem)
    ]
    assert len(pages) == 2
    for page, topic in zip(pages, ("GUA", "SGA"), strict=True):
        assert all(x in page for x in ("Ada", "17", "Bob", "18", "20 points"))
        assert set(re.findall(r"[A-Z]{3}-\w{5}", page)) == {x for x in sheets if x[:3] == topic}


def test_one_sheet_without_a_name_needs_no_marking_grid(tmp_path):
    assert run(tmp_path, "sgd") == 0
    assert len(list((tmp_path / "out").iterdir())) == 2


@every_kind
def test_points_are_shared_out_in_proportion_and_each_question_has_some(topic, level):
    found = some(topic, level, 1)[0]
    now = [x.points for x in found.questions]
    assert found.worth(found.points) == found
    for points in (len(now), 20, 37, 100):
        shares = [x.points for x in found.worth(points).questions]
        assert sum(shares) == points
        assert min(shares) >= 1
        assert all(
            a >= b for (x, a), (y, b) in itertools.product(zip(now, shares, strict=True), repeat=2)
            if x > y
        )  # fmt: skip
    with pytest.raises(WorksheetError, match="too few"):
        found.worth(len(now) - 1)


def test_points_are_on_the_sheet_and_its_key_or_on_neither(tmp_path):
    assert run(tmp_path, "sgd", "--points", "50") == 0
    paper, key = sorted((tmp_path / "out").iterdir(), key=lambda x: len(x.name))
    assert "50 points" in worksheet_answers.text_of(key.read_bytes())
    assert re.search(r"points(\s*\d+)+\s*50", worksheet_answers.text_of(paper.read_bytes()))
    assert run(tmp_path / "none", "sgd", "--points", "0") == 0
    for path in (tmp_path / "none" / "out").iterdir():
        text = worksheet_answers.text_of(path.read_bytes())
        assert not re.search(r"\d points?|points\s*\d", text)


def test_all_is_every_topic(tmp_path):
    assert run(tmp_path, "all", "--json") == 0
    starts = {x.name[:2] for x in (tmp_path / "out").glob("*-key.pdf")}
    assert starts == set(TOPICS.values())


def test_json_says_what_was_made(tmp_path, capsys):
    assert run(tmp_path, "gradient_u", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    (one,) = made["sheets"]
    found = sheet(one["code"])
    assert one["points"] == found.points
    assert one["given"]["W"] == found.given["W"].tolist()
    assert sorted(made["files"]) == sorted(x.name for x in (tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [(["gradiant_u"], "did you mean gradient_u"), ([], "a TOPIC is wanted"),
     (["sgd", "--count", "0"], "from 1 to 5000"), (["sgd", "--count", "-3"], "from 1 to 5000"),
     (["sgd", "--students", "nowhere.csv"], "nowhere.csv"), (["GUA-66GKG"], "mistyped"),
     (["sgd", "--points", "3"], "too few"), (["sgd", "--points", "-1"], "too few"),
     (["sgd", "--points", "0", "--qti"], "wants points"), (["--key", "GUA-66GKG"], "mistyped"),
     (["sgd", "--key", "GUA-66GGK"], "leave the topics"),
     (["--key", "GUA-66GGK", "--count", "2"], "leave the topics"), (["GUA-6"], "8 characters"),
     (["--key", "gradient_u"], "is a topic"), (["GUA-66GGK", "--count", "2"], "wants a topic"),
     (["GUA-66GGK", "--level", "2"], "says its level"), (["sgd", "--points", "2000"], "more than"),
     (["sgd", "--out", ""], "--out wants a folder")],
)  # fmt: skip
def test_a_command_that_cannot_be_understood_writes_nothing(tmp_path, capsys, words, said):
    assert run(tmp_path, *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_when_it_stops_in_the_middle_nothing_is_left(tmp_path, monkeypatch, error):
    calls = []

    def stops(*args, **how):
        calls.append(1)
        if len(calls) == 3:
            raise error
        return b"a PDF"

    monkeypatch.setattr(making, "pdf", stops)
    assert run(tmp_path, "sgd", "--count", "5") in (2, 130)
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    calls.clear()
    assert run(tmp_path, "sgd", "--count", "5") in (2, 130)
    assert [x.name for x in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_when_a_file_cannot_be_moved_in_the_others_are_as_they_were(tmp_path, capsys):
    assert run(tmp_path, "sgd") == 0
    key, paper = sorted((tmp_path / "out").iterdir())
    key.write_bytes(b"mine")
    paper.unlink()
    paper.mkdir()
    assert run(tmp_path, "sgd") == 2
    assert f"{paper}: is a folder" in capsys.readouterr().err
    assert sorted((tmp_path / "out").iterdir()) == [key, paper]
    assert key.read_bytes() == b"mine"


@pytest.mark.parametrize("failing", range(1, 5))
def test_an_interrupted_move_leaves_everything_as_it_was(tmp_path, monkeypatch, failing):
    assert run(tmp_path, "sgd") == 0
    names = [x.name for x in (tmp_path / "out").iterdir()]
    for name in names:
        (tmp_path / "out" / name).write_bytes(b"mine " + name.encode())
    calls, replace = [], os.replace

    def stops(*places):
        calls.append(places)
        if len(calls) == failing:
            raise KeyboardInterrupt
        replace(*places)

    monkeypatch.setattr(files.os, "replace", stops)
    assert run(tmp_path, "sgd") == 130
    after = {x.name: x.read_bytes() for x in (tmp_path / "out").iterdir()}
    assert after == {name: b"mine " + name.encode() for name in names}


def test_where_nothing_can_be_written_it_says_so(tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert run(tmp_path, "sgd") == 2
    assert "choose another with --out" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "a file"


def test_a_folder_without_permission_is_told_so(tmp_path, capsys):
    folder = tmp_path / "out"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        (folder / "probe").write_text("x")
    except OSError:
        assert run(tmp_path, "sgd") == 2
        assert "Permission denied" in capsys.readouterr().err
    else:
        pytest.skip("this user may write everywhere")
    finally:
        folder.chmod(stat.S_IRWXU)


def test_without_typst_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    typesetting._compiler.cache_clear()
    assert run(tmp_path, "sgd") == 2
    assert "pip install 'wuv[worksheet]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
