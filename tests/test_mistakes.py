"""What `make mistakes` counts: which explanations are exact, which not, and their families."""

import dataclasses
import json

import mistakes
import pytest
from gradient_questions import QUESTIONS
from spellings import spelled
from wrong_gradients import single

from wuv import diagnose
from wuv.diagnosis.mistakes import MISTAKES

BOOK = QUESTIONS[0]
FIGURES = json.loads(mistakes.FIGURES.read_text("utf-8"))


def outcome(text, made, row=BOOK, **changed):
    _, loss, wrt, shapes, _ = row
    said = dataclasses.replace(diagnose(text, wrt, loss, shapes), **changed)
    return mistakes.outcome(said, text, made, row)


def test_every_kind_of_mistake_has_one_family():
    said = [x for slugs in mistakes.SAID.values() for x in slugs]
    assert sorted(said) == sorted(MISTAKES)
    made = [x for kinds in mistakes.MADE.values() for x in kinds]
    assert len(made) == len({*made})
    assert {kind for row in QUESTIONS[:40] for kind, _ in single(row)} <= {*made}


def test_the_figures_in_the_book_are_those_of_these_losses_and_kinds():
    """After a change of either, `make mistakes OPTIONS=--write` measures them anew."""
    assert FIGURES["fingerprint"] == mistakes.fingerprint()
    chapter = mistakes.CHAPTER.read_text("utf-8")
    assert mistakes.put(chapter, mistakes.page(FIGURES)) == chapter
    assert sum(map(sum, (x.values() for x in FIGURES["table"].values()))) == sum(
        FIGURES["one"].values()
    )


def test_what_the_book_says_of_the_judge_holds():
    assert FIGURES["trials"]["wrong called right"] == FIGURES["trials"]["right called wrong"] == 0
    assert FIGURES["called right"] == FIGURES["called wrong"] == 0
    one = FIGURES["one"]
    assert one["wrong name"] <= mistakes.MOST_WRONG * sum(one.values())


def test_the_losses_are_many_and_have_names_of_their_own():
    assert len(QUESTIONS) >= 40
    assert len({row[0] for row in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("text", "made", "is_"),
    [
        ("2 * W @ (W @ u - v)", 1, "exactly"),
        ("W @ (W @ u - v)", 2, "exactly"),
        ("W @ (W @ u - v)", 1, "longer"),
        ("u + np.exp(u)", 2, "unrecognised"),
        ("np.sum(u)", 2, "unrecognised"),
    ],
)
def test_an_explanation_is_exact_if_it_has_no_more_mistakes_than_were_made(text, made, is_):
    assert outcome(text, made) == is_


@pytest.mark.parametrize(
    "slip",
    [
        "W.T stands where W belongs.",
        "W stands where v belongs.",
        "W @ W is enough where W @ u stands.",
        "v is enough where W @ u stands.",
    ],
)
def test_a_sentence_that_does_not_hold_makes_a_wrong_name(slip):
    assert outcome("2 * W @ (W @ u - v)", 1, slip=slip) == "wrong name"


def test_right_if_something_is_assumed_is_counted_apart():
    row = next(x for x in QUESTIONS if x[0] == "quadratic")
    assert outcome("2 * A @ x", 1, row) == "right if"


def test_a_wrong_gradient_is_spelled_in_every_way_and_stays_wrong():
    ways = set()
    for row in QUESTIONS[:12]:
        _, loss, wrt, shapes, _ = row
        for _, text in single(row)[:4]:
            found, way = mistakes.written(text, row)
            ways.add(way)
            assert diagnose(found, wrt, loss, shapes).verdict != "right", found
    assert ways == {"numpy", "typed", "latex", "torch"}


def test_texts_are_judged_in_the_same_way_again():
    counts, wrong = mistakes.judged(20, seed=3)
    assert (counts["trials"], wrong) == (20, [])
    assert mistakes.judged(20, seed=3)[0] == counts
    assert 0 < counts["right ones"] < 20


def test_a_spelling_is_the_same_for_the_same_seed():
    text, shapes = "2 * X.T @ (X @ w - y)", "X:m,n; w:n,1; y:m,1"
    ways = dict(spelled(text, shapes, seed)[::-1] for seed in range(40))
    assert ways["typed"] == "2Xᵀ(Xw − y)"
    assert ways["latex"] == r"2X^{\mathsf T}(Xw - y)"
    assert ways["numpy"] == text
    assert spelled(text, shapes, 7) == spelled(text, shapes, 7)
