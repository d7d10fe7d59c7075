"""What people asked in public threads is answered rightly, or refused; never wrongly.

`cases/questions.jsonl` has a line for each question: the loss as it was typed there, with other
letters; the known gradient in NumPy, verified by central differences of the loss written in NumPy
by hand; the thread's own attempts, each with what is true of it; and its source. "sizes" say what
the letters are, "domain" where they are drawn, and "samples" whose rows x_1, x_2, … stand in the
sum. "refused" is a loss that may be refused for the time being.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy_text import run

from wuv import derive, diagnose
from wuv.algebra import AlgebraError, declare

FILE = Path(__file__).parent / "cases" / "questions.jsonl"
QUESTIONS = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
DOMAINS = {
    "spd": lambda x, draw: x @ x.T + np.eye(len(x)) + (x - x.T) / 5,
    "near": lambda x, draw: x / 2 + 1.5 * np.eye(len(x)),
    "wide": lambda x, draw: 2 * x,
    "bin": lambda x, draw: np.where(x > 0, 1.0, 0.0),
    "label": lambda x, draw: draw.integers(1, 5, x.shape),
    "onehot": lambda x, draw: (
        np.eye(len(x))[:, [draw.integers(len(x))]]
        if x.shape[1] == 1
        else np.eye(x.shape[1])[draw.integers(x.shape[1], size=len(x))]
    ),
}


def named(text):
    """The parts of a text like "spd:S; N=5"."""
    return [x.strip() for x in text.split(";") if x.strip()]


def drawn(question, seed):
    """An array or a number for each letter, columns being n×1."""
    draw, values = np.random.default_rng(seed), {}
    for letter, shape in declare(question["sizes"]).items():
        values[letter] = draw.uniform(-1, 1, shape) if shape else draw.uniform(0.4, 1.6)
    for rule in named(question["domain"]):
        kind, _, letter = rule.partition(":")
        if letter:
            values[letter] = DOMAINS[kind](values[letter], draw)
        else:
            letter, _, count = rule.partition("=")
            values[letter] = int(count)
    return values


def bound(shapes, values, samples):
    """The values as a reading shapes them, or None where it took a letter for something else."""
    found, sizes = {}, {}
    for letter, shape in shapes.items():
        known = letter if letter in values else letter.swapcase()
        if known not in values or (known != letter and known not in samples):
            return None
        value = np.asarray(values[known], dtype=float)
        turns = [value, value.T] if known in samples else [value.ravel()] * (len(shape) == 1)
        for turn in turns or [value]:
            pairs = list(zip(shape, turn.shape, strict=False))
            if all(n == (x if isinstance(x, int) else sizes.get(x, n)) for x, n in pairs):
                found[letter] = turn
                sizes |= dict(pairs)
                break
        else:
            return None
    return found


def agrees(found, question, seed):
    """Whether a derivation has the known gradient at a point."""
    values = drawn(question, seed)
    here = bound(found.shapes, values, question["samples"].split(", "))
    if here is None:
        return False
    value = np.asarray(run(found.numpy, here), dtype=float)
    known = np.asarray(run(question["gradient"], values), dtype=float)
    if value.ndim < 2 or known.size == 1:
        value, known = value.ravel(), known.ravel()
    return value.shape == known.shape and np.allclose(value, known)


@pytest.mark.parametrize("question", QUESTIONS, ids=[x["source"] for x in QUESTIONS])
def test_a_question_is_answered_rightly_or_refused(question):
    try:
        found = derive(question["loss"], question["wrt"], question["shapes"] or None)
    except AlgebraError:
        assert question.get("refused"), "this could be read"
        return
    assert all(agrees(found, question, seed) for seed in (1, 2)), found.read_as


@pytest.mark.parametrize("question", QUESTIONS, ids=[x["source"] for x in QUESTIONS])
def test_no_attempt_of_a_thread_is_judged_falsely(question):
    """A right one and its transpose are not called wrong, and a wrong one is not called right."""
    for text, truth, slip in question["answers"]:
        try:
            verdict = diagnose(text, question["wrt"], question["loss"], question["shapes"]).verdict
        except AlgebraError:
            assert question.get("refused"), text
            continue
        false = {"right": "wrong", "layout": "wrong", "wrong": "right"}.get(truth)
        assert verdict != false, (text, slip)
