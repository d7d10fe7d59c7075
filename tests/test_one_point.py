"""Numbers as an answer: which slips are told, which are not, and never another's."""

import random

import numpy as np
import pytest

from wuv import case_a, case_b, diagnose
from wuv.diagnosis.answer import Answer
from wuv.diagnosis.given import point
from wuv.diagnosis.judge import judged
from wuv.diagnosis.one_point import slips
from wuv.diagnosis.question import question
from wuv.worksheet import SheetCode, sheet

OTHERS = "All the others are right."


def test_numbers_that_fit_nothing_get_no_story():
    at, draw, told = case_b()._asdict(), random.Random(2), 0
    for _ in range(800):
        pair = [[draw.randint(-20, 20)], [draw.randint(-20, 20)]]
        found = diagnose(pair, "u", at=at) if pair != [[4], [6]] else None
        told += found is not None and found.verdict != "unrecognised"
        if found is not None and found.mistake is None:
            assert found.where.startswith("Look at entry [")
            assert found.solution not in found.message
    assert told <= 4  # one in 200
    assert diagnose([[3], [-5]], "u", at=at).headline == "Not yet: this is not the gradient."


def sheets_points():
    """Numbers of the book's two cases, and of worksheets."""
    yield from (case_a()._asdict(), case_b()._asdict())
    some = (("gradient_u", 1, 77), ("gradient_u", 2, 77), ("gradient_W", 1, 77), ("sgd", 2, 1148))
    for topic, level, number in some:
        yield {x: sheet(SheetCode(topic, level, "few", number)).given[x] for x in "Wuv"}


@pytest.mark.parametrize("wrt", ["u", "v", "W"])
def test_numbers_never_get_the_name_of_another_slip(wrt):
    asked, named, some = question(wrt), 0, 0
    for at in sheets_points():
        here = point(asked, at)
        for slip in slips(asked, here):
            found = judged(Answer("", array=slip.value), asked, here)
            told = found.best and [x.kinds for x in (found.best, *found.others)]
            some += 1
            if told not in (None, [("zero",)]):
                assert slip.explanation.kinds in told
                named += len(told) == 1
    assert named > some / 2


@pytest.mark.parametrize(
    ("wrt", "at", "array", "mistake", "said"),
    [
        (
            "v",
            case_a,
            [[8], [4], [4]],
            "inner-sign-lost",
            "Look at entry [0, 0] first: it is not 8.",
        ),
        ("u", case_a, [[20], [-16]], "entry-sign", "it is not −16. The other one is right."),
        ("W", case_a, [[8, 16], [4, 8], [4, 9]], "one-entry", "All the others are right."),
        ("W", case_a, [[8, 61], [4, 8], [4, 8]], "entry-digits", "it is not 61."),
        ("W", case_a, [[8, 4, 4], [16, 8, 8]], "transposed", "Yours is 2×3; W is 3×2."),
        ("W", case_a, [8, 16, 4, 8, 4, 8], "flat", "Yours is (6,); W is 3×2."),
        ("u", case_a, [[-8], [-4], [-4]], "another-variable", "Its shape is 3×1; u has 2×1."),
        ("u", case_b, [[0], [-2]], "transpose-dropped|factor-dropped", "it is not 0."),
    ],
)
def test_wrong_numbers_lead_to_their_slip_and_to_no_right_number(wrt, at, array, mistake, said):
    found = diagnose(array, wrt, at=at()._asdict())
    assert found.mistake == mistake
    assert said in found.hint(1)
    assert found.solution not in found.message


def test_a_product_that_is_lost_or_turned_in_one_entry_is_told():
    X, U = np.array([[1, 2, -1], [3, 1, 2]]), np.array([[1, 2], [3, -1], [2, 2]])
    right, part = 2 * X @ U @ U.T, 2 * (X @ U)[0, 1] * U[0, 1]
    for times, slug in ((1, "entry-product-lost"), (2, "entry-product-sign")):
        array = right.copy()
        array[0, 0] -= times * part
        found = diagnose(array, "X", "‖XU‖²", "X:m,n; U:n,k", at={"X": X, "U": U})
        assert found.mistake == slug
        assert found.where == f"Look at entry [0, 0] first: it is not {array[0, 0]}. {OTHERS}"


def test_a_factor_is_told_where_enough_entries_show_it():
    at = case_a()._asdict()
    found = diagnose([[24, 48], [12, 24], [12, 24]], "W", at=at)
    assert (found.mistake, found.slip) == ("factor", "It is 3 times the gradient.")
    assert diagnose([[60], [48]], "u", at=at).mistake is None
