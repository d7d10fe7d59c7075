"""The code printed on a sheet: all that is needed to make the sheet, and its key, once more.

>>> code = SheetCode("gradient_u", level=1, blanks="few", number=123456)
>>> str(code)
'GUA-66GGK'
>>> read_code("gua 66ggk") == code
True
>>> read_code("GUA-66GKG")  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
wuv.worksheet.sheet_code.BadCode: GUA-66GKG was mistyped somewhere: its last character does not ...

Two letters name the topic, one the level and how much is left blank, four the number from which
everything is drawn; the last one is a check. The alphabet has no 0, 1, I, L and O, which look
alike. It has 31 characters, a prime: so a weighted sum modulo 31 finds every character that was
mistyped, and any two that were exchanged.
"""

from typing import NamedTuple

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
P = len(ALPHABET)
DIGITS = 4  # of the number
NUMBERS = P**DIGITS
BLANKS = ("few", "many", "all")
LEVELS = (1, 2)
TOPICS = {
    "shapes": "SH",
    "chain_rule": "CR",
    "gradient_v": "GV",
    "gradient_u": "GU",
    "gradient_W": "GW",
    "finite_differences": "FD",
    "descent": "DS",
    "curvature": "CV",
    "sgd": "SG",
    "backpropagation": "BP",
}  # in the order of the book
VARIANTS = dict(zip("ABCDEF", [(x, y) for x in LEVELS for y in BLANKS], strict=True))


class WorksheetError(Exception):
    """What cannot be made; the message says why, and what to do."""


class BadCode(WorksheetError):
    """Text that is no code of a sheet."""


class SheetCode(NamedTuple):
    """What a code says. ``str`` writes it."""

    topic: str
    level: int
    blanks: str
    number: int

    def __str__(self) -> str:
        letters = {variant: letter for letter, variant in VARIANTS.items()}
        text = TOPICS[self.topic] + letters[self.level, self.blanks]
        for k in reversed(range(DIGITS)):
            text += ALPHABET[self.number // P**k % P]
        return f"{text[:3]}-{text[3:]}{_check(text)}"


def read_code(text: str) -> SheetCode:
    """Return the `SheetCode` that was typed, in capitals or not, with or without the dash.

    Raises `BadCode`, which says what is wrong with it.
    """
    typed = "".join(x for x in str(text).upper() if x not in " -‐‑–—._\t\r\n")
    shown = f"{typed[:3]}-{typed[3:]}"
    strange = [x for x in typed if x not in ALPHABET]
    if strange:
        raise BadCode(
            f"{ascii(strange[0])[1:-1]} occurs in no code; they are made of 2 to 9 and A to Z "
            "without I, L and O"
        )
    if len(typed) != 3 + DIGITS + 1:
        raise BadCode(
            f"a code has 8 characters, such as GUA-66GGK; {shown if typed else 'this'} "
            f"has {len(typed)}"
        )
    if _check(typed[:-1]) != typed[-1]:
        raise BadCode(
            f"{shown} was mistyped somewhere: its last character does not fit the others. "
            "Compare it with the paper, character by character"
        )
    topics = {letters: topic for topic, letters in TOPICS.items()}
    if typed[:2] not in topics or typed[2] not in VARIANTS:
        raise BadCode(f"{shown} belongs to no topic of this version of wuv")
    number = 0
    for x in typed[3:-1]:
        number = number * P + ALPHABET.index(x)
    return SheetCode(topics[typed[:2]], *VARIANTS[typed[2]], number)


def _check(text):
    # all weights differ and none is 0, modulo P
    return ALPHABET[sum((k + 2) * ALPHABET.index(x) for k, x in enumerate(text)) % P]
