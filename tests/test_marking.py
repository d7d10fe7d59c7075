"""Marking a class's numbers: points, slips, errors carried forward, and what cannot be marked."""

import csv
import json
import random
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worksheet_students import entries_of, lost, row_of, typed, worked

from wuv.__main__ import main
from wuv.diagnosis.given import point
from wuv.diagnosis.mistakes import heads
from wuv.diagnosis.one_point import slips
from wuv.diagnosis.question import question
from wuv.worksheet import LEVELS, TOPICS, SheetCode, WorksheetError, sheet
from wuv.worksheet.answers import Row, columns, read_answers, read_number
from wuv.worksheet.marking import Marked, marks

KINDS = [(topic, level) for topic in TOPICS for level in LEVELS]
CODE, OTHER = "GUA-66GGK", str(SheetCode("gradient_u", 1, "few", 5))


def marked(one, values):
    typed_numbers = row_of(one, values, columns(one))
    return Marked(Row(2, (), one, typed_numbers), tuple(marks(one, typed_numbers)))


def bumped(draw):
    """A slip of arithmetic: one number is another."""

    def slip(value):
        if np.ndim(value) == 0:
            return value + draw.choice([-2, -1, 1, 2])
        value = np.array(value, dtype=object)
        value[tuple(draw.randrange(k) for k in value.shape)] += draw.choice([-2, -1, 1, 2])
        return value

    return slip


# Points


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_who_makes_one_slip_loses_its_points_and_no_others(topic, level):
    draw = random.Random(f"{topic} {level}")
    for _ in range(3):
        one = sheet(SheetCode(topic, level, "few", draw.randrange(900_000)))
        place = draw.choice(entries_of(one))
        values = worked(one, {place: bumped(draw)})
        found = marked(one, values)
        assert sum(found.questions.values()) == found.worth - lost(one, *place, values[place])
        states = [x.state for x in found.marks]
        assert states.count("wrong") == 1
        assert {*states} <= {"right", "carried", "wrong"}


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_a_sheet_with_all_answers_right_has_all_points(topic, level):
    found = marked(one := sheet(SheetCode(topic, level, "few", 4321)), worked(one, {}))
    assert {x.state for x in found.marks} == {"right"}
    assert sum(found.questions.values()) == found.worth
    assert not any(x.said or x.problem for x in found.marks)


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_a_slip_in_a_gradient_gets_its_own_name_or_none(topic, level):
    draw = random.Random(f"slips {topic} {level}")
    one = sheet(SheetCode(topic, level, "few", draw.randrange(900_000)))
    for q, e in entries_of(one):
        entry = one.questions[q].entries[e]
        if entry.slope is None:
            continue
        asked = question(entry.slope.wrt, entry.slope.loss, order=entry.slope.order)
        some = [
            x
            for x in slips(asked, point(asked, entry.slope.at))
            if np.all(x.value == np.round(x.value)) and x.value.shape == entry.value.shape
        ]
        named = 0
        for x in some[:4]:
            value = x.value.astype(int).astype(object)
            values = worked(one, {(q, e): lambda _, value=value: value})
            found = marks(one, row_of(one, values, columns(one)))
            said = next(y.said for y in found if y.state == "wrong")
            ours = (
                heads("+".join(x.explanation.kinds)),
                "right for another loss",
                "it is transposed",
            )
            named += any(y in said for y in ours)
            assert any(y in said for y in (*ours, "not right"))
        assert named or asked.shape[0] == 2


def test_an_error_is_carried_forward_only_where_it_was_made():
    one = sheet(CODE)
    right = row_of(one, worked(one, {}), columns(one))
    W, u, v = (one.given[x] for x in "Wuv")
    r = W @ u - v + [[1], [0], [0]]
    follows = [typed(x) for x in (2 * W.T @ r).flat]
    both = {**right, "3a1": typed(r[0, 0]), "4a1": follows[0], "4a2": follows[1]}
    states = {x.heading.split()[0]: (x.state, x.said) for x in marks(one, both)}
    assert states["3a"] == ("wrong", "one entry is wrong (3a1)")
    assert states["4a"] == ("carried", "follows from r")
    assert states["3b"][0] == "right"
    alone = {**right, "4a1": follows[0], "4a2": follows[1]}
    assert "carried" not in {x.state for x in marks(one, alone)}
    unknown = {**both, "3a1": ""}
    assert "carried" not in {x.state for x in marks(one, unknown)}


def test_the_points_of_a_question_are_shared_among_its_entries_and_their_numbers():
    one = sheet(CODE)
    answers = row_of(one, worked(one, {}), columns(one))
    answers |= {"3a2": "99", "3b": "", "2a": "9", "4a1": "x"}
    found = Marked(Row(2, (), one, answers), tuple(marks(one, answers)))
    assert found.questions == {1: 0, 2: Fraction(3, 2) * Fraction(2, 3), 3: Fraction(3, 2), 4: 4}
    assert (
        found.problem == "2a: “9” is no option; they are counted from 1 to 4; 4a1: “x” is no number"
    )


# Numbers as they are typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("−3,5", Fraction(-7, 2)),
        (" -3.50 ", Fraction(-7, 2)),
        ("1/3", Fraction(1, 3)),
        ("− 2 / 6", Fraction(-1, 3)),
        ("-1 1/2", Fraction(-3, 2)),
        ("\u00a0+7\u202f", 7),
        ("'-2", -2),
        (",5", Fraction(1, 2)),
        ("4.", 4),
    ],
)
def test_a_number_is_read_as_people_type_it(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["abc", "1/0", "1.000,5", "1e3", "", "2-1", "--2", "1 2", "3-Jan", "½", "9" * 41]
)
def test_what_is_no_number_is_said_to_be_none(text):
    with pytest.raises(ValueError, match="is no number"):
        read_number(text)


@given(st.fractions(max_denominator=1000).filter(lambda x: abs(x) < 10**9))
def test_every_fraction_that_is_written_is_read_back(x):
    assert read_number(typed(x)) == x


# The table


@pytest.fixture
def class_of(tmp_path):
    """A function that writes a class's table: a row for each {key: other text}, or as it stands."""
    one = sheet(CODE)
    some = columns(one)
    right = row_of(one, worked(one, {}), some)

    def write(*rows, heads=None, delimiter=","):
        path = tmp_path / "answers.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, delimiter=delimiter)
            table.writerow(heads or ["name", "code", *(x.heading for x in some)])
            for row in rows:
                if isinstance(row, dict):
                    row = ["Ada", CODE, *({**right, **row}[x.key] for x in some)]
                table.writerow(row)
        return path

    return write


def table_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_class_goes_from_the_template_to_its_marks(tmp_path, capsys):
    (tmp_path / "class.csv").write_text("name,id\nAda,7\nBob,8\n", encoding="utf-8")
    out = tmp_path / "out"
    assert not main(["worksheet", "gradient_u", "--students", str(tmp_path / "class.csv"),
                     "--answers", "--out", str(out)])  # fmt: skip
    (path,) = out.glob("numbers-*.csv")
    rows = table_of(path)
    assert [x["name"] for x in rows] == ["Ada", "Bob"]
    for row, slip in zip(rows, (None, "1"), strict=True):
        one = sheet(row["code"])
        answers = row_of(one, worked(one, {}), columns(one))
        row |= {x.heading: answers[x.key].replace(".", ",") for x in columns(one)}
        row["3b L"] = slip or row["3b L"]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], delimiter=";")
        table.writeheader()
        table.writerows(rows)
    capsys.readouterr()
    assert not main(["worksheet", "--mark", str(path), "--out", str(out)])
    printed = capsys.readouterr().out
    assert "3b L" in printed
    ada, bob = table_of(out / f"marked-{path.name}")
    assert (ada["name"], ada["id"], ada["total"], ada["of"]) == ("Ada", "7", "12", "12")
    assert (bob["question 3"], bob["total"], bob["slips"]) == ("1.5", "10.5", "3b L: not right")
    by_question = {x["question"]: x for x in table_of(out / f"questions-{path.name}")}
    assert by_question["3b L"] == {"question": "3b L", "right": "1", "carried": "0", "wrong": "1",
                                   "blank": "0", "common slips": "not right (1)"}  # fmt: skip


def test_a_decimal_comma_is_no_delimiter(class_of):
    (row,) = read_answers(class_of({"3b": "1,5"}, delimiter=";")).rows
    assert row.typed["3b"] == "1,5"


def test_what_is_wrong_with_a_row_is_said_in_it_and_the_others_are_marked(class_of, tmp_path):
    path = class_of(
        {}, ["Bob", "GUA-66GGX", "1"], ["Cy", "GWA-22244", "1"], ["Di", CODE, "1"],
        ["Ed", "", "1"], ["Flo", OTHER, *["1"] * 12], {"3a1": "one"},
    )  # fmt: skip
    assert not main(["worksheet", "--mark", str(path), "--out", str(tmp_path)])
    rows = table_of(tmp_path / "marked-answers.csv")
    said = [x["problem"] for x in rows]
    assert [bool(x["total"]) for x in rows] == [True] + [False] * 6
    for text, problem in zip(
        ("", "mistyped", "this table is of gradient_u, level 1", "stands in row 2 already",
         "there is no code in this row", "more cells than there are headings, 2 too many",
         "stands in row 2"), said, strict=True,
    ):  # fmt: skip
        assert text in problem


def test_an_entry_that_is_no_number_is_said_and_its_row_is_marked(class_of, tmp_path):
    assert not main(["worksheet", "--mark", str(class_of({"3b": "38 cm"})), "--out", str(tmp_path)])
    (row,) = table_of(tmp_path / "marked-answers.csv")
    assert (row["question 3"], row["total"]) == ("1.5", "10.5")
    assert row["problem"] == "3b: “38 cm” is no number"


def test_a_question_that_is_left_out_whole_is_not_counted_and_other_columns_are_kept(class_of):
    some = [x for x in columns(sheet(CODE)) if x.question != 4]
    heads = ["Timestamp", "Code", *(x.key.upper() for x in some)]
    path = class_of(["12:00", CODE.lower(), *["0"] * len(some)], heads=heads)
    answers = read_answers(path)
    assert answers.others == ("Timestamp", "Code")
    assert {x[0] for x in answers.rows[0].typed} == {"2", "3", "4"}


@pytest.mark.parametrize(
    ("heads", "row", "said"),
    [
        (["name", "3b L"], ["Ada", "1"], "no column is called code"),
        (["code", "name"], [CODE, "Ada"], "no heading names an answer, such as 2a option"),
        (["code", "3b L"], [CODE, "1"], "no column is headed 3a1"),
        (["code", "9c L"], [CODE, "1"], "there is no 9c on a sheet of gradient_u, level 1"),
        (["code", "2a", "2a x"], [CODE, "1", "1"], "two columns are headed 2a"),
        (["code", "2a"], ["nonsense", "1"], "no row has the code of a sheet"),
        (["code", "2a"], None, "there are headings and no answers"),
    ],
)
def test_a_table_that_cannot_be_marked_is_told_so_and_nothing_is_written(
    class_of, tmp_path, capsys, heads, row, said
):
    path = class_of(*([row] if row else []), heads=heads)
    out = tmp_path / "out"
    assert main(["worksheet", "--mark", str(path), "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_table_of_more_rows_than_a_school_has_students_is_told_so(class_of):
    path = class_of(*[[CODE, "1"]] * 5001, heads=["code", "2a"])
    with pytest.raises(WorksheetError, match="more than 5000 rows"):
        read_answers(path)


@given(st.text(alphabet="0123456789,./+-−' \u00a0²½eE\t", max_size=60))
def test_any_text_is_a_number_or_is_said_to_be_none(text):
    with suppress(ValueError):
        assert isinstance(read_number(text), Fraction)


@pytest.mark.parametrize(
    "words", [["gradient_u"], ["--key", CODE], ["--count", "3"], ["--answers"], ["--level", "2"]]
)
def test_marking_takes_nothing_that_makes_sheets(class_of, tmp_path, capsys, words):
    path = str(class_of({}))
    assert main(["worksheet", "--mark", path, "--out", str(tmp_path / "out"), *words]) == 2
    assert "--mark takes the codes from its table; leave" in capsys.readouterr().err


def test_marks_have_the_total_of_points_that_the_sheets_have(class_of, tmp_path, capsys):
    path = str(class_of({}))
    assert not main(
        ["worksheet", "--mark", path, "--points", "36", "--out", str(tmp_path), "--json"]
    )
    printed = json.loads(capsys.readouterr().out)
    worth = sum(x.points for x in sheet(CODE).worth(36).questions[1:5])
    assert printed["students"][0]["of"] == worth == int(printed["students"][0]["total"])
    assert main(["worksheet", "--mark", path, "--points", "0", "--out", str(tmp_path)]) == 2
    with pytest.raises(WorksheetError, match="are too few"):
        read_answers(path, 3)
