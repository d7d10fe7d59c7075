"""The check is checked: an equation that was altered is found to be false."""

import pytest
from mutate import BOOK, Mutant, fate, mutants, mutations

from wuv.equations import Page, displays

KINDS = {"drop a transpose", "swap two factors", "flip a sign", "change a number",
         "add a transpose", "one letter for another", "drop a factor", "drop a d"}  # fmt: skip


def test_a_change_that_alters_the_mathematics_is_rejected():
    found = list(mutants(sorted(BOOK.glob("*.md")), sample=200, seed=7))
    assert {x.kind for x in found} >= KINDS
    assert sum(x.fate == "survived" for x in found) <= len(found) / 100
    assert sum(x.fate == "false" for x in found) >= 120


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (r"\nabla_u L = 2W r", "false"),
        (r"\nabla_u L = W^{\mathsf T} r 2", "same"),
        (r"\nabla_u L = 2W^{\mathsf T} (", "unreadable"),
    ],
)
def test_fates_are_told_apart(new, wanted):
    old = r"\nabla_u L = 2W^{\mathsf T} r"
    mutant = Mutant("", "page.md", 1, old, new)
    assert fate(mutant, displays(f"$$ {old} $$"), Page(), Page()) == wanted


def test_every_change_is_one_and_none_comes_twice():
    old = r"(AB)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T} + 2C"
    found = [new for _, new in mutations(old)]
    assert old not in found
    assert len(found) == len(set(found)) > 10
