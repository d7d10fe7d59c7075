"""Wrong answers as people give them, beyond least squares: each gets its own name, or none.

`cases/answers.jsonl` has a line for each: the loss, the variable, the sizes where letters do not
tell, the answer in the spelling in which such things are typed, the slip as a teacher would say it,
and in "named" the slugs under which it may be told; where these are none, no slip leads there.
"layout", "convention" and "right-if" stand for these verdicts. The kinds are from public threads
and issues; letters and formulas are this book's own.
"""

import json
from pathlib import Path

import pytest

from wuv import diagnose

FILE = Path(__file__).parent / "cases" / "answers.jsonl"
ANSWERS = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
ENOUGH = 0.95


def judged(case):
    return diagnose(case["answer"], case["wrt"], case["loss"], case["shapes"] or None)


def names(found):
    """What a diagnosis says that was done: its slugs in any order, and its verdict."""
    slugs = "+".join(sorted((found.mistake or "").split("+")))
    return {slugs, found.verdict}


def told_nothing(found):
    return found.mistake is None and found.verdict in ("unrecognised", "cannot-evaluate")


@pytest.mark.parametrize("case", ANSWERS, ids=[x["answer"] for x in ANSWERS])
def test_a_slip_gets_its_own_name_or_none(case):
    found = judged(case)
    allowed = {"+".join(sorted(x.split("+"))) for x in case["named"]}
    assert found.verdict not in ("right", "unreadable")
    assert told_nothing(found) or names(found) & allowed, found.message
    assert len(found.headline.split()) <= 12


def test_nearly_all_of_them_are_named():
    named = [not told_nothing(judged(x)) for x in ANSWERS if x["named"]]
    assert sum(named) >= ENOUGH * len(named)
