"""Changes of the package: each is put in place, and what was not tried is not counted."""

import importlib.util
import os

import mutants
import pytest
from mutants import Change, altered, changes, drawn, in_a_copy, put_in_place

TEXT = """
from functools import cache

@cache
def twice(x):
    return 2 * x

def less(x, y=3):
    return x - y if x > 2 else "none"

class Row:
    @property
    def sum(self):
        return max([add(1, 2) for add in [lambda a, b: a + b]])
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of its own, which was imported."""
    path = tmp_path / "rows.py"
    path.write_text(TEXT, "utf-8")
    monkeypatch.setattr(mutants, "PACKAGE", tmp_path)
    spec = importlib.util.spec_from_file_location("rows", path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return path, found


def test_every_change_is_in_a_function_and_computes_something_else(module):
    path, _ = module
    sample, every = drawn([path], 10**6, seed=0)
    assert len(sample) == every == len(changes(path)[1]) > 5
    still = [x for x in sample if not altered(x)]  # a default is set when the function is made
    assert [str(x).splitlines()[-1] for x in still] == ["+def less(x, y=4):"]
    assert "rows @@" not in str(sample[0])
    assert str(sample[0]).startswith("rows -")


@pytest.mark.parametrize(
    ("old", "new", "count", "values"),
    [
        ("2 * x", "2 / x", 1, (0.5, 3)),
        ("a + b", "a - b", 1, (8, -1)),
        ("max", "min", 1, (8, 3)),
        ("a, b: a", "b, a: a", 1, (8, 3)),
        ("Row", "Line", 0, (8, 3)),
    ],
)
def test_a_change_is_put_in_place_where_the_function_is(module, old, new, count, values):
    path, found = module
    change = Change(path, TEXT, TEXT.replace(old, new))
    assert put_in_place(change) == count
    found.twice.cache_clear()
    assert (found.twice(4), found.Row().sum) == values


def test_how_a_copy_ended_is_told_and_an_error_means_that_nothing_was_tried():
    assert [mutants.FATES[in_a_copy(lambda k=k: k)] for k in range(2)] == ["killed", "survived"]
    assert mutants.FATES[in_a_copy(lambda: 1 / 0)] == "not tried"
    assert in_a_copy(lambda: os.kill(os.getpid(), 9)) == -9


def test_what_was_not_tried_is_not_counted(capsys):
    fates = [("tape", "killed"), ("tape", "not tried"), ("tree", "timed out"), ("tree", "killed")]
    mutants.report([*fates, ("tree", "reached by no test")])
    rows = [x.split() for x in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [
        ["tape", "1", "1", "0", "0", "0", "1"],
        ["tree", "2", "1", "0", "1", "1", "0"],
        ["all", "3", "2", "0", "1", "1", "1"],
    ]
