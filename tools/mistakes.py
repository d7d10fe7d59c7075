"""Does `wuv.diagnose` name mistakes that it has not seen? Measure it.

    python tools/mistakes.py [--pairs 25 --trials 10000 --seed 0]

The gradients of 25 losses are changed, one place at a time and in random pairs of places, by
`tests/wrong_gradients.py`, which knows nothing of the search. A change counts as named if the
explanation has no more edits than were made: it computes exactly what the changed text computes,
so it is the change or an algebraically equal one. Beside that, as many texts as ``--trials`` says,
rewritten and with up to two changes each, are asked one question only: right or wrong? What real
NumPy computes decides. Prints rates and times; the exit status is 1 if a rate is too low, or if a
wrong answer was called right or a right one wrong.
"""

import argparse
import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from wrong_gradients import QUESTIONS, alters, changes, double, rewrites, single

from wuv import diagnose
from wuv.algebra import AlgebraError
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.diagnosis.rightness import is_right

ENOUGH = {1: 0.97, 2: 0.85}


def named(pairs, seed):
    """Return counts, seconds for each diagnosis, and the texts whose change was not named."""
    counts, seconds, missed = Counter(), [], []
    for row in QUESTIONS:
        name, loss, wrt, shapes, right = row
        counts["right called wrong"] += diagnose(right, wrt, loss, shapes).verdict != "right"
        for edits, cases in ((1, single(row)), (2, double(row, pairs, seed))):
            for kind, text in cases:
                start = time.process_time()
                said = diagnose(text, wrt, loss, shapes)
                seconds.append(time.process_time() - start)
                counts["wrong called right"] += said.verdict == "right"
                few = said.mistake is not None and said.mistake.count("+") < edits
                counts[edits, "all"] += 1
                counts[edits, "named"] += few
                if not few:
                    missed.append(f"{name}: {kind}: {text}: {said.verdict}, {said.mistake}")
    return counts, sorted(seconds), missed


def judged(trials, seed):
    """Return how often texts rewritten and changed, were judged, and how often wrongly."""
    draw, counts = random.Random(seed), Counter()
    while counts["trials"] < trials:
        _, loss, wrt, shapes, right = draw.choice(QUESTIONS)
        text = right
        for _ in range(draw.randint(0, 3)):
            some = rewrites(text)
            text = draw.choice(some) if some else text
        for _ in range(draw.randint(0, 2)):
            some = changes(text, shapes)
            text = draw.choice(some)[1] if some else text
        if len(text) > 400:
            continue
        asked = question(wrt, loss, shapes)
        try:
            verdict = is_right(read_answer(text, asked), asked)
        except AlgebraError:
            verdict = False
        counts["trials"] += 1
        truth = not alters(right, text, shapes, seed=counts["trials"])
        counts["right ones"] += truth
        counts["wrong called right"] += verdict and not truth
        counts["right called wrong"] += truth and not verdict
        if verdict != truth:
            print(f"called {'right' if verdict else 'wrong'}: {text}   ({loss} in {wrt}, {shapes})")
    return counts


def main():
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=25, help="of each loss")
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    counts, seconds, missed = named(options.pairs, options.seed)
    for line in missed:
        print(f"not named: {line}")
    low = False
    for edits, word in ((1, "single changes"), (2, "pairs of changes")):
        rate = counts[edits, "named"] / max(counts[edits, "all"], 1)
        low |= rate < ENOUGH[edits]
        print(f"{word}: {counts[edits, 'all']}, named {rate:.2%}")
    if seconds:
        print(f"seconds: median {seconds[len(seconds) // 2]:.3f}, "
              f"95 in 100 below {seconds[len(seconds) * 95 // 100]:.3f}, "
              f"longest {seconds[-1]:.3f}")  # fmt: skip
    trials = judged(options.trials, options.seed)
    print(f"right or wrong: {trials['trials']} trials, {trials['right ones']} of them right")
    wrong = sum(
        c[x] for c in (counts, trials) for x in ("wrong called right", "right called wrong")
    )
    print(f"wrong called right or right called wrong: {wrong}")
    return int(low or wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
