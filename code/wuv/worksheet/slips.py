"""Slips to be named: the words are those of `wuv.diagnose`.

>>> choice = slip("2(Wu − v)Wᵀ", "u", others=("2W(Wu − v)", "−2Wᵀ(Wu − v)"))
>>> [(x.text, x.right) for x in choice.options][0]
('the factors are swapped', True)
"""

from functools import cache

from wuv.diagnosis import diagnose
from wuv.diagnosis.mistakes import heads
from wuv.diagnosis.question import BOOK
from wuv.worksheet.keys import WrongKey
from wuv.worksheet.record import Choice, Option


@cache
def named(answer, wrt, loss=BOOK, order=1):
    """Return a wrong answer's mistake in a few words, and what is said of it: where, and which.

    Raises `wuv.worksheet.keys.WrongKey` for an answer that is right, or has no name.
    """
    diagnosis = diagnose(answer, wrt, loss, order=order)
    if diagnosis.mistake is None and diagnosis.assuming.endswith("is symmetric"):
        return heads("symmetry-assumed"), diagnosis.slip
    if diagnosis.verdict == "right" or diagnosis.mistake is None:
        raise WrongKey(f"{answer} was to be wrong; {diagnosis.headline}")
    return heads(diagnosis.mistake), " ".join([*diagnosis.where.splitlines(), diagnosis.slip])


def slip(answer, wrt, others, loss=BOOK, order=1):
    """Return the `Choice`: what happened in ``answer``? ``others`` are answers whose mistakes are
    the options that are not it."""
    words, said = named(answer, wrt, loss, order)
    options = [Option(words, True, said)]
    for other in others:
        text, why = named(other, wrt, loss, order)
        if text in {x.text for x in options}:
            raise WrongKey(f"{other} has a mistake that is an option already: {text}")
        options.append(Option(text, False, f"That would be said of {other}. {why}"))
    return Choice(tuple(options))
