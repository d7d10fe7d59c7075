"""The chapters as texts: what every one of them owes its reader."""

import ast
import re
from pathlib import Path

import pytest
from myst_nb.core.read import read_myst_markdown_notebook

import wuv

BOOK = Path(__file__).parents[1]
CHAPTERS = sorted((BOOK / "chapters").glob("*.md"))
AT_HAND = [
    "bibliography", "cheat_sheet", "exercises", "index", "notation", "other_programs", "reference",
    "teachers",
]  # fmt: skip
WORK = [path for path in CHAPTERS if path.stem not in AT_HAND]


def cells(path, kind):
    notebook = read_myst_markdown_notebook(path.read_text("utf8"))
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def prose(path):
    text = re.sub(r"^---\n.*?\n---\n", "", path.read_text("utf8"), flags=re.DOTALL)
    return re.sub(r"(`{3,}).*?\n\1", "", text, flags=re.DOTALL)


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=[path.stem for path in paths])


def test_the_table_of_contents_lists_every_chapter():
    toc = (BOOK / "_toc.yml").read_text("utf8")
    assert set(re.findall(r"chapters/(\w+)", toc)) == {path.stem for path in CHAPTERS}


@each(WORK)
def test_a_chapter_says_what_is_ahead_asks_before_it_tells_and_where_to_go(path):
    text = path.read_text("utf8")
    assert text.count(":::{ahead}\n") == 1
    assert [label for label in ("In one line", "Where next") if f"**{label}.**" not in text] == []
    assert "::::{predict}\n" in text, "no prediction before a run"


@each(CHAPTERS)
def test_what_directives_say_is_not_written_by_hand(path):
    text = path.read_text("utf8")
    assert "Reading time" not in text, "it is computed"
    assert not re.search(r"\{admonition\}\s+Predict", text), "::::{predict} has an answer"


@each(CHAPTERS)
def test_cells_are_short_and_fit_the_page(path):
    for cell in cells(path, "code"):
        lines = cell.source.splitlines()
        assert len([line for line in lines if line.strip()]) <= 16, cell.source
        assert max(map(len, lines)) <= 78, cell.source


@each(CHAPTERS)
def test_every_exercise_has_a_folded_solution_with_a_cell(path):
    text = path.read_text("utf8")
    exercises = re.findall(r"\{exercise-start\}.*\n:label: (\S+)", text)
    solutions = re.findall(
        r"\{solution-start\} (\S+)\n:class: dropdown\n(.*?)\{solution-end\}", text, re.DOTALL
    )
    assert exercises == [label for label, _ in solutions]
    assert all("{code-cell}" in body for _, body in solutions)


@each(CHAPTERS)
def test_an_exercise_that_asks_for_a_gradient_has_a_cell_for_the_answer(path):
    asks = r"(Find|, find|to find) (the gradient|\$\\nabla)"
    for label, body in re.findall(
        r"\{exercise-start\}.*\n:label: (\S+)\n(.*?)\{exercise-end\}",
        path.read_text("utf8"),
        re.DOTALL,
    ):
        if re.search(asks, body):
            assert "diagnose(" in body, label
        if "diagnose(" in body:
            assert re.search(r'answer = (""|\[\])  # ', body), f"{label}: it does not start empty"


def levels(path):
    return re.findall(
        r"\{exercise-start\}.*\n:label: \S+\n:class: level-([123])\n", path.read_text("utf8")
    )


@each(CHAPTERS)
def test_every_exercise_has_a_level(path):
    assert len(levels(path)) == path.read_text("utf8").count("{exercise-start}")


@each(WORK)
def test_a_chapter_has_exercises_of_every_level_the_easy_ones_first(path):
    found = levels(path)
    assert len(found) >= 5
    assert set(found) == {"1", "2", "3"}
    assert found == sorted(found)


def test_the_book_has_more_than_a_hundred_exercises_of_every_level():
    found = [level for path in CHAPTERS for level in levels(path)]
    assert len(found) >= 100
    assert min(found.count(level) for level in "123") >= 20


@each(WORK)
def test_a_chapter_has_a_picture(path):
    assert any("figures." in cell.source for cell in cells(path, "code"))


@each(CHAPTERS)
def test_the_words_that_belittle_are_not_used(path):
    unwanted = r"\b(obviously|simply|just|trivial|trivially|clearly|of course)\b"
    assert re.findall(unwanted, prose(path), re.IGNORECASE) == []


@each(CHAPTERS)
def test_transposes_are_spelled_one_way(path):
    assert re.findall(r"\^\\top|\^T\b|\^\{T\}|\^\{\\top\}|\^\\intercal", prose(path)) == []


def test_every_public_function_is_used_by_a_chapter():
    used = set()
    for path in CHAPTERS:
        for cell in cells(path, "code"):
            used |= {n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name)}
    functions = {name for name in wuv.__all__ if not isinstance(getattr(wuv, name), type)}
    assert functions - used == set()
