"""The handwritten digits: a thousand columns, each with what it shows."""

from collections import Counter

import numpy as np
import pytest

from wuv import ShapeError, digits, figures
from wuv.handwriting import FILE

LEARN, TEST = digits()


@pytest.mark.parametrize(("part", "N"), [(LEARN, 800), (TEST, 200)])
def test_each_column_is_a_picture_and_says_what_it_shows(part, N):
    assert (part.U.shape, part.V.shape, part.labels.shape) == ((64, N), (10, N), (N,))
    assert (part.U.min(), part.U.max()) == (0, 16)
    assert np.unique(part.V).tolist() == [0, 1]
    assert (part.V.sum(axis=0) == 1).all()
    assert (part.V.argmax(axis=0) == part.labels).all()


def test_every_digit_occurs_about_as_often():
    assert all(0.08 < count / 800 < 0.12 for count in Counter(LEARN.labels.tolist()).values())


def test_the_file_is_read_row_by_row():
    first = FILE.read_text("ascii").split("\n")[0].split()[1]
    assert [int(sign, 17) for sign in first] == LEARN.U[:, 0].tolist()


def test_no_picture_is_in_both_parts():
    assert not {x.tobytes() for x in LEARN.U.T} & {x.tobytes() for x in TEST.U.T}


def test_pictures_show_what_is_below_zero_in_another_way():
    signs = [[1, -1]] * 4
    picture = figures.pixels(signs, ["plus", "minus"], shape=(2, 2))
    assert "-1 to 1" in picture.alt
    assert "url(#h" in picture.svg
    assert "url(#h" not in figures.pixels(np.abs(signs), ["a", "b"], shape=(2, 2)).svg


@pytest.mark.parametrize("columns", [np.ones((63, 2)), np.ones(64)])
def test_what_is_no_picture_is_refused(columns):
    with pytest.raises(ShapeError, match="columns of 64 entries"):
        figures.pixels(columns, ["a", "b"])


def test_a_label_for_each_picture_is_wanted():
    with pytest.raises(ShapeError, match="2 pictures and 1 labels"):
        figures.pixels(np.ones((64, 2)), ["a"])
