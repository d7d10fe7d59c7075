"""Handwritten digits: a thousand pictures of 8×8 numbers, as columns.

>>> learn, test = digits()
>>> learn.U.shape, learn.V.shape, test.U.shape
((64, 800), (10, 800), (64, 200))
>>> int(learn.labels[7]), learn.V[:, 7]
(7, array([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]))

Source: the first thousand of the test set of E. Alpaydin and C. Kaynak, "Optical Recognition of
Handwritten Digits", UCI Machine Learning Repository (1998), doi 10.24432/C50P49, licence CC BY 4.0.
Thirteen people wrote them. Each entry counts the ink in one of 8×8 squares, from 0 to 16.
In `handwriting.txt` a line is a picture: its digit, and its 64 entries row by row, as 0…9, a…g.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from wuv.shapes import Array

FILE = Path(__file__).with_name("handwriting.txt")
SIGNS = "0123456789abcdefg"
LEARN = 800


class Digits(NamedTuple):
    """Pictures and what they show, a column for each.

    ``U`` has shape ``(64, N)``, whole numbers from 0 to 16; ``V`` has shape ``(10, N)``, with one 1
    in each column; ``labels`` has shape ``(N,)``, the digits themselves.
    """

    U: Array
    V: Array
    labels: Array


def digits() -> tuple[Digits, Digits]:
    """Return two `Digits`: 800 pictures to learn from, and 200 that were not learned from."""
    lines = FILE.read_text("ascii").split("\n")[:-1]
    U = np.array([[SIGNS.index(x) for x in line[2:]] for line in lines]).T
    labels = np.array([int(line[0]) for line in lines])
    V = (labels == np.arange(10)[:, None]).astype(int)
    parts = slice(LEARN), slice(LEARN, None)
    learn, test = (Digits(U[:, part], V[:, part], labels[part]) for part in parts)
    return learn, test
