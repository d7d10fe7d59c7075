"""The notebooks that the site offers: plain, valid, and running as they are downloaded."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import running_notebooks
from serve import SITE

CHAPTERS = Path(__file__).parents[1] / "chapters"
pytestmark = pytest.mark.book
NOTEBOOKS = sorted(SITE.glob("notebooks/*.ipynb"))
EACH = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

# What MyST would read as more than Markdown.
LEFT_OVER = {
    "a directive": re.compile(r"^\s*(```+|~~~+|:::+)\s*\{", re.MULTILINE),
    "a colon fence": re.compile(r"^\s*:::+", re.MULTILINE),
    "a role": re.compile(r"\{[a-zA-Z][\w:+-]*\}`"),
    "a target": re.compile(r"^\([^)\n]+\)=\s*$", re.MULTILINE),
    "a comment": re.compile(r"^%", re.MULTILINE),
    "an equation label": re.compile(r"\$\$\s*\(eq-[\w-]+\)"),
    "a page's address": re.compile(r"\]\((?!https:)[^)]*\.(md|html)[#)]"),
}
RELATIVE = re.compile(r'\]\((?![a-z]+:)([^)\s]+)\)|(?:href|src)="(?![a-z]+:)([^"]+)"')


def relative_links(text):
    """The links of a Markdown cell, or of an HTML output, that name no host."""
    text = re.sub(r"```\w*\n.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return {first or second for first, second in RELATIVE.findall(text)}


def text_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]


def first_code(path):
    return next(c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")


def test_every_chapter_with_cells_has_its_notebook():
    sources = {path.stem: path.read_text("utf-8") for path in CHAPTERS.glob("*.md")}
    wanted = {name for name, text in sources.items() if "{code-cell}" in text}
    assert {path.stem for path in NOTEBOOKS} == wanted != set()


@EACH
def test_a_notebook_is_valid_and_carries_no_output(path):
    notebook = json.loads(path.read_text("utf-8"))
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@EACH
def test_a_notebook_is_plain_markdown(path):
    for cell in text_cells(path):
        text = re.sub(r"```\w*\n.*?```", "", cell.source, flags=re.DOTALL)
        for what, pattern in LEFT_OVER.items():
            assert not pattern.search(text), f"{what} is left over: {cell.source}"


@EACH
def test_every_link_of_a_notebook_leads_to_a_file_that_the_zip_has(site, path):
    (archive,) = site.glob("notebooks/*.zip")
    files = {Path(name).name for name in zipfile.ZipFile(archive).namelist()}
    assert {link for cell in text_cells(path) for link in relative_links(cell.source)} <= files


@EACH
def test_a_notebook_closes_what_it_opens(path):
    for cell in text_cells(path):
        text = re.sub(r"`[^`\n]*`", "", re.sub(r"```\w*\n.*?```", "", cell.source, flags=re.DOTALL))
        assert text.count("<details>") == text.count("</details>")
        assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0, text


@pytest.fixture(scope="module")
def processes():
    with running_notebooks.processes() as ready:
        yield ready


@EACH
def test_a_notebook_runs_in_an_empty_folder(processes, path, tmp_path):
    cells = processes.submit(running_notebooks.run, path, tmp_path).result()
    assert [(cell.source, cell.error) for cell in cells if cell.error] == []
    shown = [data.get("text/html", "") for cell in cells for data in cell.outputs]
    assert {link for html in shown for link in relative_links(html)} == set()
    setup = cells[0]
    assert (setup.text, setup.outputs) == ("", ()), "with the package there, it says nothing"


def test_an_error_in_a_notebook_ends_it_unless_its_cell_expects_one(processes, tmp_path):
    def cell(source, *tags):
        return {"cell_type": "code", "source": source, "metadata": {"tags": tags}}

    path = tmp_path / "failing.ipynb"
    cells = [cell("1 / 0", "raises-exception"), cell("wuv.loss"), cell("1")]
    path.write_text(json.dumps({"cells": cells}))
    ran = processes.submit(running_notebooks.run, path, tmp_path).result()
    assert [bool(cell.error) for cell in ran] == [False, True]


@EACH
def test_without_the_package_the_first_cell_says_how_to_get_it(path, tmp_path):
    # -I -S: a Python with nothing installed, whatever this environment holds.
    command = [sys.executable, "-I", "-S", "-c", first_code(path).source]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    lines = result.stdout.splitlines()
    assert len(lines) == 1
    assert "%pip install" in lines[0]
    wheel = re.search(r"wuv-[\w.]+-py3-none-any\.whl", lines[0])
    assert (SITE / "notebooks" / wheel[0]).is_file()


def test_the_wheel_holds_the_package_and_nothing_else(site):
    (wheel,) = site.glob("notebooks/wuv-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "wuv/__init__.py" in names
    assert all(name.startswith(("wuv/", "wuv-")) for name in names)


def test_equation_numbers_are_those_of_the_page(site):
    for path in NOTEBOOKS:
        page = (site / "chapters" / f"{path.stem}.html").read_text("utf-8")
        on_page = re.findall(r'class="eqno"><a [^>]*>\((\d[\d.]*)\)', page)
        in_notebook = [
            n for cell in text_cells(path) for n in re.findall(r"\\tag\{([\d.]+)\}", cell.source)
        ]
        assert sorted(on_page) == sorted(in_notebook)
