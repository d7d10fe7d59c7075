"""Do all texts get an answer, soon, and in little memory? Measure it.

    python tools/fuzz.py [--count 1000 --seed 0 --judge 0.1]

Each reader (NumPy's, of typed text, of LaTeX; of losses and of answers) is given so many hostile
texts of `tests/hostile_texts.py`; of those that can be read, the share ``--judge`` is derived or
judged too. Beside that, a fifth as many random losses that are known to be valid are derived, and
what is derived is compared with the slopes of the loss itself. Prints what was raised that is no
refusal, the slowest texts and the memory taken; the exit status is 1 if anything was raised, was
slower than 3 s or was wrong, or if more than 300 MB were taken.
"""

import argparse
import random
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import numpy as np
from hostile_texts import hostile
from numpy_text import run
from random_losses import NAMES, SHAPES, is_gradient, point, random_loss

from wuv import derive, diagnose
from wuv.algebra import AlgebraError, evaluate, free_names, read_numpy, to_book, to_latex, to_text
from wuv.derivation.prepare import read_loss
from wuv.diagnosis.question import question
from wuv.diagnosis.reading import read_answer

LANGUAGES = ("numpy", "typed", "latex")
SLOW, LONG, MEMORY = 3, 20, 300  # seconds, seconds after which a text is given up, megabytes
SHOWN = 8
OWN = 0.2  # of the derived gradients that are judged as answers


class GivenUp(BaseException):
    """A text that took too long."""


def give_up(*_):
    raise GivenUp


class Record:
    """What happened, and how long it took."""

    def __init__(self):
        self.counts, self.failed, self.slowest = Counter(), [], []

    def tried(self, what, text, run):
        """Run something on a text; return its value, or None where it was refused."""
        start = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, LONG)
        self.counts[what] += 1
        try:
            return run()
        except AlgebraError as error:
            if "\n" in str(error) or len(str(error)) > 1000:
                self.failed.append((what, text, f"not one line: {error}"))
            self.counts[f"{what}, refused"] += 1
            return None
        except GivenUp:
            self.failed.append((what, text, f"not done after {LONG} s"))
        except Exception as error:
            self.failed.append((what, text, f"{type(error).__name__}: {error}"))
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            took = time.process_time() - start
            self.slowest.append((took, what, text))
            if len(self.slowest) > 1000:
                self.slowest = sorted(self.slowest, reverse=True)[:SHOWN]
        return None


def hostile_texts(record, count, share, seed):
    """Give hostile texts to every reader."""
    asked = question("u")
    for language in LANGUAGES:
        draw = random.Random(f"{seed} {language}")
        for _ in range(count):
            text = hostile(draw, language)
            read = record.tried(f"loss, {language}", text, partial(read_loss, text))
            names = free_names(read.read) if read else ()
            if names and draw.random() < share:
                wrt, way = draw.choice(names), draw.choice((1, 1, 1, 2))
                found = record.tried("derived", text, partial(derive, text, wrt))
                own = found.numpy if found and way == 1 else draw.choice(names)
                record.tried("judged", text, partial(diagnose, own, wrt, text, order=way))
            text = hostile(draw, language, answer=True)
            read = record.tried(f"answer, {language}", text, partial(read_answer, text, asked))
            if read and draw.random() < share:
                record.tried("judged", text, partial(diagnose, text, "u"))


def valid_losses(record, count, seed):
    """Derive random losses, typed in each of the languages, and compare with their own slopes."""
    draw = random.Random(f"{seed} valid")
    for k in range(count):
        loss = random_loss(draw, draw.choice((2, 3, 3, 4)))
        tree, write = read_numpy(loss), draw.choice((None, to_text, to_latex))
        names = [x for x in free_names(tree) if x in NAMES.values()]
        if not names:
            continue
        # A product such as AB has no inverse if its factors are not square.
        sizes = (3, 3, 3) if "linalg.det" in loss or "linalg.inv" in loss else (2, 3, 4)
        here, wrt, text = point(k, *sizes), draw.choice(names), loss
        if write is not None:
            text = record.tried("loss written", loss, partial(written, tree, write))
            if text and not same(text, loss, here):
                record.counts["loss written, and read otherwise"] += 1
                continue
        found = text and record.tried("valid loss", text, partial(derive, text, wrt, SHAPES))
        if not found:
            continue
        said = f"{text} in {wrt}: {found.numpy}"
        record.tried("compared", said, partial(compare, found.numpy, loss, wrt, here))
        if draw.random() < OWN:
            record.tried("own gradient", said, partial(judge_own, found, wrt, text))


def written(tree, write):
    """Return a loss in a textbook's signs."""
    return write(to_book(tree, SHAPES), SHAPES, book=True)


def same(text, loss, here):
    """Return whether a loss that was written is read as the one it was; ``sum(C²)`` is not."""
    with suppress(AlgebraError):
        read = read_loss(text, SHAPES)
        lengths = {size: len(here[x]) for size, x in zip("mnk", "xyz", strict=True)}
        value = np.asarray(evaluate(read.read, lengths | here), dtype=float)
        return np.allclose(value.ravel(), np.ravel(run(loss, here)))
    return True


def compare(text, loss, wrt, here):
    """Raise `AssertionError` where a gradient is not what the loss's own slopes are."""
    with warnings.catch_warnings(), suppress(np.linalg.LinAlgError):  # no value at this point
        warnings.simplefilter("ignore")
        assert is_gradient(text, loss, wrt, here), "it is not the gradient"


def judge_own(found, wrt, loss):
    """Raise `AssertionError` where a gradient that was derived is not called right."""
    said = diagnose(found.numpy, wrt, loss, SHAPES, language="numpy")
    assert said.verdict == "right", f"it is called {said.verdict}: {said.message}"


def main():
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judge", type=float, default=0.1)
    options = parser.parse_args()
    warnings.simplefilter("error")
    signal.signal(signal.SIGVTALRM, give_up)
    record = Record()
    hostile_texts(record, options.count, options.judge, options.seed)
    valid_losses(record, options.count // 5, options.seed)
    for what, times in sorted(record.counts.items()):
        print(f"{what}: {times}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for seconds, what, text in sorted(record.slowest, reverse=True)[:SHOWN]:
        print(f"{seconds:.2f} s, {what}: {text[:300]!r}")
    for what, text, error in record.failed:
        print(f"{what}: {error[:300]}\n    {text[:2500]!r}")
    slowest = max(x[0] for x in record.slowest)
    print(f"failed: {len(record.failed)}, slowest {slowest:.2f} s, {memory:.0f} MB")
    return int(bool(record.failed) or slowest > SLOW or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
