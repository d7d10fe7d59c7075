"""The verdicts that people need: right under which assumption, or the answer to which question.

`cases/verdicts.jsonl` has a line for each answer: the loss, the variable, the shapes, the answer as
it was typed, and what is to be said of it: the verdict, the mistake, what is assumed, and a phrase.
"""

import json
from pathlib import Path

import pytest

from wuv import diagnose

FILE = Path(__file__).parent / "cases" / "verdicts.jsonl"
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{x['loss']}: {x['answer']}" for x in CASES])
def test_an_answer_gets_the_verdict_that_helps(case):
    found = diagnose(case["answer"], case["wrt"], case["loss"], case["shapes"])
    said = (found.verdict, found.mistake or "", found.assuming)
    assert said == (case["verdict"], case["mistake"], case["assuming"]), found
    assert case["phrase"] in found.message
