"""Cells run in the page: in a real browser, with every other host refused."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

MINUTE = 60_000
CELL = ".cell[data-live-state]"

# In the page: what each cell shows, as one text a cell; a figure by its words.
SHOWN = r"""() => [...document.querySelectorAll(".cell[data-live-state]")].map((cell) => {
  const output = cell.querySelector(".cell_output")?.cloneNode(true);
  if (!output) return "";
  output.querySelectorAll("figcaption").forEach((node) => node.remove());
  output.querySelectorAll("math").forEach((math) => {
    const tex = math.querySelector("annotation").textContent;
    math.replaceWith(tex.replace("\\displaystyle", ""));
  });
  output.querySelectorAll("img").forEach((image) => image.replaceWith(image.alt));
  return output.textContent;
})"""
SETTLED = """() => {
  const states = [...document.querySelectorAll("[data-live-state]")].map((c) => c.dataset.liveState);
  return states.some((state) => state !== "idle") && !states.some((state) => /ing$/.test(state));
}"""

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d*)?(?:[eE][-+−]?\d+)?")
# Two versions of SymPy and NumPy: their own numbers, and the words of NumPy's errors.
VERSION = re.compile(r"(SymPy|NumPy) \d+(\.\d+)+")
MATMUL = re.compile(r"\(size (\d+) is different from (\d+)\)|with gufunc signature \S+")


# What rounding leaves over depends on the machine, and there it is what the figure shows.
ROUNDING = {("chapters/finite_differences.html", 4)}


def settle(page):
    page.wait_for_function(SETTLED, timeout=3 * MINUTE)


def state(cell):
    return cell.get_attribute("data-live-state")


def plain(text):
    """What is compared: the words and signs, without spaces, and the numbers."""
    text = VERSION.sub(r"\1", text).replace("\N{MINUS SIGN}", "-")
    words = re.sub(r"[\s\u2061-\u2064\u200b]+", "", NUMBER.sub("#", text))
    return words, [float(x) for x in NUMBER.findall(text)]


def agree(here, built):
    """Whether two outputs say the same; numbers to the last digits that versions may change."""
    (words, numbers), (expected, values) = plain(here), plain(built)
    return words == expected and numbers == pytest.approx(values, rel=1e-5, abs=1e-12)


def live(chapter_name, visit, width=1350):
    tab = visit(width)
    page = tab.open(chapter_name)
    if not page.locator(CELL).count():
        pytest.skip("no cells on this page")
    return tab, page


def test_outputs_are_told_apart():
    assert agree("a 1.0000001 b", "a  1.0 b")
    assert not agree("a 1.1 b", "a 1.0 b")
    assert not agree("a 1 b", "a 1 c")
    assert not agree("a 1", "a 1 2")


def test_every_cell_of_a_chapter_runs_and_shows_what_the_book_shows(visit, chapter_name):
    tab, page = live(chapter_name, visit)
    built = page.evaluate(SHOWN)
    failing = page.locator(f"{CELL}:has(.traceback)").count()
    page.get_by_role("button", name="Run all", exact=True).click()
    settle(page)
    shown = page.evaluate(SHOWN)
    wrong = [
        f"cell {number}: {here!r} is not {book!r}"
        for number, (here, book) in enumerate(zip(shown, built, strict=True))
        if not (agree(here, book) or (chapter_name, number) in ROUNDING)
    ]
    assert wrong == []
    assert page.locator(f"{CELL}[data-live-state=error]").count() == failing
    assert page.locator(f"{CELL}[data-live-state=idle]").count() == 0
    for image in page.locator(f"{CELL} img").all():
        assert image.evaluate("node => node.decode().then(() => node.naturalWidth > 50)")
    assert tab.troubles == []
