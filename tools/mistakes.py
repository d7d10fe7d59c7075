r"""Does `wuv.diagnose` name mistakes that it has not seen? Measure it.

    python tools/mistakes.py [--pairs 1000 --trials 20000 --seed 0] [--write]
    python tools/mistakes.py --sample 0.1 --pairs 50 --trials 500 --only softmax-z,mask

The gradients of the losses in `tests/gradient_questions.py` are changed, one place at a time and in
random pairs of places, by `tests/wrong_gradients.py`, which knows nothing of the search; and
written in NumPy, as typed, in LaTeX or for PyTorch (`tests/spellings.py`), which is drawn. What is
said of each is one of these:

exactly, right if
    It names no more mistakes than were made. What it names computes what the changed text computes,
    so it is the change or an algebraically equal one; and where it says that X stands where Y
    belongs, X does stand in the text, and with Y in its place real NumPy gets the gradient.
    The second is said of an answer that is right where something is assumed that the loss does not
    say, such as a symmetric matrix, and tells what.
longer
    It names more mistakes than were made, and what it says holds.
unrecognised
    It names none, or tells what the answer is (one number for an array, equal at some sizes), not
    what was done.
wrong name
    What it says does not hold: X does not stand in the text, or what is mended as it says is not
    the gradient. It does not help that the mistake is of the family that was made.

Beside that, ``--trials`` texts, rewritten and with up to two changes each, at sizes that are drawn
anew, are asked one question only: right or wrong? What real NumPy computes decides.

Prints what was not named exactly, the rates, a table of what was made and what was said, and times;
``--write`` puts the figures into `tests/cases/mistakes.json` and the table into the chapter. The
exit status is 1 if a rate is too low, or if a wrong answer was called right or a right one wrong.
"""

import argparse
import hashlib
import itertools
import json
import os
import random
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from gradient_questions import QUESTIONS
from spellings import on_paper, spelled
from wrong_gradients import POINTS, alters, changes, claims, double, mended, points, rewrites, run
from wrong_gradients import single as changed_once

from wuv import diagnose
from wuv.algebra import AlgebraError, to_numpy
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer
from wuv.diagnosis.rightness import is_right

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "tests" / "cases" / "mistakes.json"
CHAPTER = ROOT / "chapters" / "diagnose.md"
BEGIN, END = "% written by make mistakes: begin", "% written by make mistakes: end"
ENOUGH = {1: 0.97, 2: 0.85}
MOST_WRONG = 0.01
OUTCOMES = ("exactly", "right if", "longer", "unrecognised", "wrong name")
CHUNK = 250  # trials for one process
MADE = {  # family: the kinds of `wrong_gradients`
    "a transpose, or the order": ["drop a transpose", "add a transpose", "swap two factors"],
    "a sign": ["flip a sign"],
    "a constant": ["change a constant", "constant", "factor in a term", "mean for sum"],
    "a factor": ["drop a factor"],
    "a term": ["drop a term"],
    "another kind of product": ["inner for outer", "outer for inner", "elementwise for matrix",
        "matrix for elementwise"],
    "sum, product, quotient": ["plus for times", "times for plus", "divided for multiplied",
        "multiplied for divided", "lose a denominator", "double a denominator"],
    "a power, a norm": ["lose a power", "raise a power", "square a norm"],
    "a function": ["lose a function", "another function", "other side of a kink"],
    "a letter": ["one letter for another"],
}  # fmt: skip
SAID = {  # family: the slugs of `wuv.diagnosis.mistakes`
    "a transpose, or the order": ["transpose-dropped", "transpose-added", "transpose-misplaced",
        "factors-swapped", "inverse-for-transpose", "transpose-for-inverse", "row-for-column",
        "transposed", "flat"],
    "a sign": ["sign", "sign-of-one-term", "inner-sign-lost", "inverse-sign-lost", "uphill"],
    "a constant": ["factor", "constant", "factor-of-one-term", "mean-for-sum", "sum-for-mean"],
    "a factor": ["factor-dropped", "factor-added"],
    "a term": ["term-dropped", "term-added", "counted-once", "symmetry-assumed", "quadratic-rule",
        "constant-added", "term-not-there", "counted-twice"],
    "another kind of product": ["inner-for-outer", "outer-for-inner", "elementwise-for-matrix",
        "matrix-for-elementwise", "elementwise-for-outer", "outer-for-elementwise",
        "number-with-at", "column-needed"],
    "sum, product, quotient": ["plus-for-times", "times-for-plus", "divided-for-multiplied",
        "multiplied-for-divided", "denominator-lost", "brackets", "number-in-sum"],
    "a power, a norm": ["power", "power-kept", "norm-for-square", "square-for-norm", "norm-lost",
        "norm-added", "norm-kept"],
    "a function": ["function-lost", "function-added", "slope-misplaced", "slope-for-function",
        "function-for-slope", "slope-added", "sum-lost", "sum-added", "wrong-axis",
        "inverse-lost", "inverse-added", "inverse-once", "inverse-on-one-side", "diagonal-lost",
        "diagonal-only"],
    "a letter": ["variable-for-variable", "letters-exchanged", "another-variable"],
    "a step of the derivation": ["inner-derivative-lost", "outer-derivative-lost", "slope-lost",
        "undifferentiated", "normaliser-still", "slope-of-another", "another-loss",
        "loss-itself", "minimiser", "normal-equations", "zero", "hessian", "gradient-for-hessian"],
    "none": ["number-for-array", "some-sizes", "nearly",
        "one-entry", "entry-sign", "entry-digits", "entry-product-lost", "entry-product-sign"],
}  # fmt: skip
UNTOLD = SAID["none"]


def family(slug, families):
    """The family of a kind of mistake."""
    return next(name for name, slugs in families.items() if slug in slugs)


def fingerprint():
    """What the figures belong to: the losses, and the kinds of changes."""
    text = json.dumps([QUESTIONS, MADE], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# What is said of one wrong text


def outcome(said, text, made, row, way="numpy"):
    """Which of the `OUTCOMES` a diagnosis is, for a NumPy text with so many mistakes, which was
    typed in some way."""
    kinds = (said.mistake or "").split("+")
    if said.verdict == "right-if":
        return "right if"
    if said.mistake is None or {*kinds} & {*UNTOLD}:
        return "unrecognised"
    if not said.assuming and not holds(said, kinds, text, row, way):
        return "wrong name"
    return "exactly" if len(kinds) <= made else "longer"


def holds(said, kinds, text, row, way):
    """Whether the sentences on a mistake are true of a NumPy text: what they name stands in it, and
    if each mistake has its sentence, what they mend is the gradient."""
    _, _, _, shapes, right = row
    free = {*kinds} & {"sign", "factor"}
    told = claims(said.slip)
    if way != "numpy":
        told = [pair for x in told if (pair := in_numpy(x, row)) is not None]
    texts = [text]
    for now, was in told:
        some = [mended(x, now, was, shapes) for x in texts]
        if all(x is None for x in some):
            return False
        texts = [*itertools.chain.from_iterable(x or [] for x in some)][:60]
    if len(told) + len(free) < len(kinds) or not told or not texts or said.verdict == "layout":
        return True
    texts += [on_paper(x) for x in texts]  # that @ takes no numbers is said with the sizes
    if free:
        return any(is_multiple(right, x, shapes) for x in texts)
    return not all(alters(right, x, shapes) for x in texts)


def in_numpy(formulas, row):
    """The formulas of a message as NumPy text, or None where one has none."""
    _, loss, wrt, shapes, _ = row
    asked = question(wrt, loss, shapes)
    with suppress(AlgebraError, SyntaxError, ValueError):
        texts = [to_numpy(read_answer(x, asked).tree, asked.shapes) for x in formulas]
        for x in texts:
            compile(x, "", "eval")
        return texts
    return None


def is_multiple(right, text, shapes):
    """Whether a text is a number times the right gradient, at each of a few points."""
    for values in itertools.islice(points(shapes, 0), POINTS):
        try:
            wanted, found = run(right, values), run(text, values)
        except (AttributeError, ValueError, np.linalg.LinAlgError, TypeError, ZeroDivisionError):
            return False
        at = np.unravel_index(np.argmax(abs(wanted)), wanted.shape)
        if found.shape != wanted.shape or not np.allclose(found, wanted * (found[at] / wanted[at])):
            return False
    return True


def written(text, row):
    """(a NumPy text as it is spelled, the way): one that is wrong there, too."""
    name, _, _, shapes, right = row
    found, way = spelled(text, shapes, f"{name} {text}")
    if way in ("typed", "latex") and not alters(right, on_paper(text), shapes):
        return text, "numpy"
    return found, way


def named(row, sample, pairs, seed):
    """[what became of each changed gradient of one loss], as dicts."""
    warnings.simplefilter("ignore")
    name, loss, wrt, shapes, right = row
    found = [{"wrong": diagnose(right, wrt, loss, shapes).verdict != "right"}]
    one, draw = changed_once(row), random.Random(f"{name} {seed}")
    some = draw.sample(one, round(sample * len(one)))
    for made, cases in ((1, some), (2, double(row, pairs, seed) if pairs else [])):
        for kinds, text in cases:
            typed, way = written(text, row)
            start = time.process_time()
            said = diagnose(typed, wrt, loss, shapes)
            found.append({
                "seconds": time.process_time() - start, "made": made, "kinds": kinds, "way": way,
                "loss": loss, "wrt": wrt, "shapes": shapes, "text": typed,
                "verdict": said.verdict, "mistake": said.mistake, "slip": said.slip,
                "outcome": outcome(said, text, made, row, way),
            })  # fmt: skip
    return found


# Right or wrong?


def judged(count, seed):
    """How often texts rewritten and changed were judged, how often wrongly, and these in words."""
    warnings.simplefilter("ignore")
    draw, counts, wrong = random.Random(seed), Counter(), []
    while counts["trials"] < count:
        name, loss, wrt, shapes, right = draw.choice(QUESTIONS)
        text = right
        for _ in range(draw.randint(0, 3)):
            some = rewrites(text)
            text = draw.choice(some) if some else text
        for _ in range(draw.randint(0, 2)):
            some = changes(text, shapes)
            text = draw.choice(some)[1] if some else text
        if len(text) > 400:
            continue
        typed, way = spelled(text, shapes, f"{seed} {counts['trials']}")
        meant = on_paper(text) if way in ("typed", "latex") else text
        truth = not alters(right, meant, shapes, seed=draw.randrange(10**6))
        asked = question(wrt, loss, shapes)
        try:
            verdict = is_right(read_answer(typed, asked), asked)
        except AlgebraError:
            verdict = False
        counts["trials"] += 1
        counts["right ones"] += truth
        counts["wrong called right"] += verdict and not truth
        counts["right called wrong"] += truth and not verdict
        if verdict != truth:
            wrong.append(f"called {'right' if verdict else 'wrong'}: {typed}   ({name}: {loss} in "
                         f"{wrt}, {shapes}; from {text})")  # fmt: skip
    return counts, wrong


# What comes of it


def counted(found):
    """The figures that are printed, and written for the book."""
    cases = [x for x in found if "made" in x]
    rates = {made: Counter(x["outcome"] for x in cases if x["made"] == made) for made in (1, 2)}
    ways = {way: Counter(x["outcome"] for x in cases if x["way"] == way)
            for way in ("numpy", "typed", "latex", "torch")}  # fmt: skip
    table = {name: Counter() for name in MADE}
    for x in cases:
        if x["made"] == 1:
            said = {"unrecognised": "none", "right if": "right if"}.get(x["outcome"])
            said = said or family(x["mistake"].split("+")[0], SAID)
            table[family(x["kinds"], MADE)][said] += 1
    return {
        "fingerprint": fingerprint(),
        "losses": len(QUESTIONS),
        "one": {k: rates[1][k] for k in OUTCOMES},
        "two": {k: rates[2][k] for k in OUTCOMES},
        "ways": {way: {k: some[k] for k in OUTCOMES} for way, some in ways.items()},
        "table": {made: {x: row[x] for x in ("right if", *SAID)} for made, row in table.items()},
        "called right": sum(x["verdict"] == "right" for x in cases),
        "called wrong": sum(x.get("wrong", False) for x in found),
    }


def page(figures):
    """The figures as the two tables of the chapter."""
    heads = [*figures["table"]]
    others = ["a step of the derivation", "right if", "none"]
    columns = [*map(str, range(1, len(heads) + 1)), "step", "if", "none"]
    lines = [f"| what was made | {' | '.join(columns)} |", "|:--|" + "--:|" * len(columns)]
    for i, (made, row) in enumerate(figures["table"].items(), 1):
        cells = [str(row[x] or "·") for x in [*heads, *others]]
        lines.append(f"| {i}: {made} | " + " | ".join(cells) + " |")
    rates = ["| made | cases | exactly | right if | longer | not at all | wrongly |",
             "|:--|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    for word, row in (("one mistake", figures["one"]), ("two mistakes", figures["two"])):
        total = sum(row.values())
        cells = [f"{row[x] / max(total, 1):.1%}".replace("%", " %") for x in OUTCOMES]
        rates.append(f"| {word} | {total} | " + " | ".join(cells) + " |")
    trials = figures["trials"]
    said = (
        f"Besides, {trials['trials']} texts, right ones and wrong ones, of {figures['losses']} "
        f"losses, were judged at sizes drawn anew.\n"
        f"A wrong one was called right {_times(trials['wrong called right'])}, "
        f"a right one wrong {_times(trials['right called wrong'])}."
    )
    return "\n".join([*rates, "", *lines, "", said])


def _times(count):
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def put(text, table):
    """A chapter with another table between the two lines that mark its place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def report(figures, found, wrong):
    """Print what was measured; return whether it is enough."""
    for x in found:
        if x.get("outcome", "exactly") != "exactly":
            print(f"{x['outcome']}: {x['text']}   ({x['loss']} in {x['wrt']}, {x['shapes']}; made: "
                  f"{x['kinds']}; said: {x['verdict']}, {x['mistake']}: {x['slip']})")  # fmt: skip
    print(*wrong, sep="\n")
    fine = True
    for edits, word in ((1, "one"), (2, "two")):
        row = figures[word]
        total = max(sum(row.values()), 1)
        fine &= (row["exactly"] + row["right if"]) / total >= ENOUGH[edits]
        fine &= row["wrong name"] / total <= MOST_WRONG
        print(f"{word}: {total}, " + ", ".join(f"{k} {row[k] / total:.2%}" for k in OUTCOMES))
    for way, row in figures["ways"].items():
        total = max(sum(row.values()), 1)
        print(f"{way}: {total}, " + ", ".join(f"{k} {row[k] / total:.2%}" for k in OUTCOMES))
    print(page(figures))
    seconds = sorted(x["seconds"] for x in found if "seconds" in x)
    if seconds:
        print(f"seconds: median {seconds[len(seconds) // 2]:.3f}, "
              f"95 in 100 below {seconds[len(seconds) * 95 // 100]:.3f}, "
              f"longest {seconds[-1]:.3f}")  # fmt: skip
    calls = sum(figures["trials"][x] for x in ("wrong called right", "right called wrong"))
    calls += figures["called right"] + figures["called wrong"]
    print(f"trials: {figures['trials']}; wrong called right or right called wrong: {calls}")
    return fine and not calls


def main():
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=float, default=1, help="of the single changes")
    parser.add_argument("--pairs", type=int, default=1000, help="of changes, in all")
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of losses")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--write", action="store_true", help="the figures, and the chapter's table")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    rows = [x for x in QUESTIONS if not only or x[0] in only]
    pairs = -(-options.pairs // max(len(rows), 1))
    ask = partial(named, sample=options.sample, pairs=pairs, seed=options.seed)
    seeds = [f"{options.seed} {i}" for i in range(-(-options.trials // CHUNK))]
    sizes = [min(CHUNK, options.trials - i * CHUNK) for i in range(len(seeds))]
    with ProcessPoolExecutor(options.jobs) as processes:
        found = [x for some in processes.map(ask, rows) for x in some]
        some = [*processes.map(judged, sizes, seeds)]
    trials, wrong = Counter(), []
    for counts, words in some:
        trials.update(counts)
        wrong += words
    keys = ("trials", "right ones", "wrong called right", "right called wrong")
    figures = counted(found) | {"trials": {k: trials[k] for k in keys}}
    fine = report(figures, found, wrong)
    if options.write:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
        CHAPTER.write_text(put(CHAPTER.read_text("utf-8"), page(figures)), "utf-8")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
