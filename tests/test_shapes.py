"""Shapes: what fits passes untouched, what doesn't is told how to."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from strategies import problems

from wuv import ShapeError, case_a, column, loss, residual
from wuv.shapes import array, finite, matrix, positive, problem

W, U, V = case_a()


@given(problems(pairs=3))
def test_arrays_that_fit_pass_as_they_are(found):
    for before, after in zip(found, problem(*found), strict=True):
        assert after is before


def test_a_column_stands():
    assert column(1, 2, 3).tolist() == [[1], [2], [3]]
    assert column(1, 2, 3).dtype == np.int64
    assert column(0.5, 2).dtype == float
    assert column(Fraction(1, 2), 2).tolist() == [[Fraction(1, 2)], [2]]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((W, [1, 2], V), r"u has shape \(2,\), a flat array; make it a column: u.reshape\(-1, 1\)"),
        ((W, U, [1, 0, -1]), r"v has shape \(3,\).*silently become \(3, 3\).*v.reshape\(-1, 1\)"),
        ((W, U, [1]), r"v has shape \(1,\), a flat array"),
        (([1, 2], U, V), r"W has shape \(2,\), a flat array; give it rows and columns"),
        ((W, U.T, V), r"W has 2 columns, so u needs 2 rows; .*\(1, 2\), a row; transpose it: u.T"),
        ((W, U, V.T), r"W has 3 rows, so v needs 3 rows; .*\(1, 3\), a row; transpose it: v.T"),
        ((W.T, U, V), r"W has 3 columns, so u needs 3 rows; it has shape \(2, 1\)$"),
        ((W, V, U), r"W has 2 columns, so u needs 2 rows; it has shape \(3, 1\)$"),
        ((W, np.ones((5, 2)), V), "its columns and rows exchanged; transpose it: u.T"),
        ((W, np.hstack([U, U]), V), "u has 2 columns and v has 1.*one column of v for each"),
        ((W, U, np.hstack([V, V])), "u has 1 columns and v has 2.*one column of v for each"),
        ((5, U, V), r"W is a single number; as a 1×1 array it is \[\[5\]\]"),
        ((W, 5, V), r"u is a single number; as a 1×1 array it is \[\[5\]\]"),
        ((W, U, 5), r"v is a single number; as a 1×1 array it is \[\[5\]\]"),
        ((W[None], U, V), r"W has shape \(1, 3, 2\); it needs two dimensions"),
        ((np.empty((0, 2)), U, V), r"W is empty \(shape \(0, 2\)\); give it at least one entry"),
        ((W, [], V), r"u is empty \(shape \(0,\)\); give it at least one entry"),
        ((W, U, np.empty((3, 0))), "v is empty"),
        (([[1, 2], [3]], U, V), "W has rows of different lengths; give each row as many"),
        ((W, U, [[1], [2, 3], [4]]), "v has rows of different lengths; give each row as many"),
    ],
)
def test_a_shape_that_does_not_fit_is_told_what_would(arguments, hint):
    with pytest.raises(ShapeError, match=hint):
        problem(*arguments)


def test_a_shape_error_is_a_value_error():
    with pytest.raises(ValueError, match="flat"):
        residual(W, [1, 2], V)


@pytest.mark.parametrize("entry", ["a", None, {}, [1], {1, 2}, object(), b"1"])
def test_what_is_no_number_is_shown(entry):
    held = np.empty((2, 1), object)
    held[0, 0], held[1, 0] = 1, entry
    with pytest.raises(TypeError, match=r"u holds .*, which is not a number; use numbers only"):
        problem(W, held, V)


def test_text_in_place_of_an_array_is_shown():
    with pytest.raises(TypeError, match=r"W holds .*abc.*, which is not a number"):
        loss("abc", U, V)


def test_a_missing_argument_value_is_shown():
    with pytest.raises(TypeError, match=r"u holds None, which is not a number"):
        loss(W, None, V)


@pytest.mark.parametrize("kind", ["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32"])
def test_small_integers_become_64_bits_wide(kind):
    assert array("x", np.ones(3, kind)).dtype == np.int64


@pytest.mark.parametrize("top", [2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**200])
@pytest.mark.parametrize("other", [0, -1])
def test_whole_numbers_of_any_size_stay_as_they_are(top, other):
    assert array("x", [[top], [other]]).tolist() == [[top], [other]]
    assert column(top, other).tolist() == [[top], [other]]


def test_large_unsigned_arrays_stay_as_they_are():
    assert array("x", np.array([2**64 - 1], "uint64")).tolist() == [2**64 - 1]
    assert array("x", np.array([2**63 - 1], "uint64")).dtype == np.int64


@pytest.mark.parametrize("number", [Fraction(1, 3), Decimal("0.1"), 2**70])
def test_exact_numbers_of_other_kinds_are_kept(number):
    assert array("x", [[number]])[0, 0] == number
    assert type(array("x", [[number]])[0, 0]) is type(number)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "complex64", "complex128"])
def test_inexact_types_are_kept(kind):
    assert array("x", np.ones(3, kind)).dtype == kind


def test_matrices_of_the_old_kind_become_arrays():
    with pytest.warns(PendingDeprecationWarning):
        old = np.matrix([[1, 2]])
    assert type(matrix("W", old)) is np.ndarray


def test_finite_passes_whole_numbers_and_names_the_first_that_is_not():
    assert finite("x", W) is W
    with pytest.raises(ValueError, match=r"x\[0, 1\] is nan"):
        finite("x", np.array([[1, np.nan], [np.inf, 0]]))
    with pytest.raises(ValueError, match=r"x is inf; every entry must be finite"):
        finite("x", np.array(np.inf))


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf, -np.inf, "1", None, 1j, [1]])
def test_positive_wants_a_positive_number(bad):
    with pytest.raises(ValueError, match=r"the rate is .*; it must be a positive number"):
        positive("the rate", bad)


def test_positive_gives_a_python_number():
    assert type(positive("the step", np.int8(3))) is int
    assert type(positive("the step", np.float32(0.5))) is float
    assert positive("the step", Fraction(1, 3)) == Fraction(1, 3)
