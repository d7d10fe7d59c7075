"""Cells run in the page: in a real browser, with every other host refused."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Visit

pytestmark = pytest.mark.live

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
  const cells = [...document.querySelectorAll("[data-live-state]")];
  const states = cells.map((cell) => cell.dataset.liveState);
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


def cell_with(page, text):
    return page.locator(CELL).filter(has_text=text).first


def press(cell, name):
    cell.get_by_role("button", name=name, exact=True).click()


def wait_for(cell, *states, timeout=MINUTE):
    wanted = "(node, states) => states.includes(node.dataset.liveState)"
    handle = cell.element_handle()
    cell.page.wait_for_function(
        f"([node, states]) => ({wanted})(node, states)", arg=[handle, list(states)], timeout=timeout
    )


def wait_for_editor(cell):
    cell.locator(".cm-content").wait_for()
    cell.page.wait_for_function("document.activeElement.matches('.cm-content')")


def write(cell, code):
    """Put `code` into the cell's editor, by keyboard."""
    press(cell, "Edit")
    wait_for_editor(cell)
    cell.page.keyboard.press("Control+a")
    cell.page.keyboard.insert_text(code)


def run(cell, *states):
    press(cell, "Run")
    wait_for(cell, *(states or ("done", "error")))
    return cell.locator(".cell_output").inner_text() if cell.locator(".cell_output").count() else ""


@pytest.fixture
def page(visit):
    """A chapter of which nothing has been run."""
    return visit().open("chapters/gradient_u.html")


@pytest.fixture(scope="module")
def desk(chromium, address):
    """A cell to write in; Python is there since the first test that used it."""
    tab = Visit(chromium, address)
    yield tab.open("chapters/gradient_u.html").locator(CELL).first
    tab.context.close()


def test_each_cell_has_its_buttons_and_the_page_has_one_for_all(page):
    for name in ("Run", "Run all above", "Edit", "Reset", "Stop"):
        buttons = page.locator(CELL).get_by_role(
            "button", name=name, exact=True, include_hidden=True
        )
        assert buttons.count() == page.locator(CELL).count()
    assert page.get_by_role("button", name="Run all", exact=True).count() == 1
    assert all(state(cell) == "idle" for cell in page.locator(CELL).all())


def test_cells_share_their_variables_and_a_missing_one_says_where_it_is(page):
    cell = page.locator(CELL).nth(1)
    write(cell, "r.sum()")
    shown = run(cell)
    assert state(cell) == "error"
    assert "→ r.sum()" in shown
    assert "NameError: name 'r' is not defined" in shown
    assert "Run all above" in shown
    press(cell, "Run all above")
    wait_for(page.locator(CELL).first, "done")
    assert "8" in run(cell)
    assert state(cell) == "done"


def test_a_reset_brings_back_the_book(page):
    cell = cell_with(page, "check_gradient(lambda u")
    before = cell.locator(".cell_output").inner_html()
    assert cell.get_by_role("button", name="Reset", exact=True).is_disabled()
    write(cell, "print('mine')")
    assert run(cell).strip() == "mine"
    press(cell, "Reset")
    wait_for(cell, "idle")
    assert cell.locator(".cell_output").inner_html() == before
    assert cell.locator(".cm-editor").count() == 0
    assert cell.locator(".cell_input pre").is_visible()


def test_text_streams_formulas_tables_and_plots_are_shown(desk):
    write(desk, "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')")
    shown = run(desk)
    assert [line for line in shown.split() if line] == ["one", "two", "three"]
    write(desk, "import sympy as sp\nx = sp.Symbol('x')\nsp.Matrix([[x**2, 1]]).T")
    run(desk, "done")
    assert desk.locator(".cell_output math mtable").is_visible()
    write(desk, "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);")
    run(desk, "done")
    image = desk.locator(".cell_output img")
    assert image.evaluate("node => node.decode().then(() => node.naturalWidth)") > 100
    assert image.get_attribute("alt")
    write(desk, "from wuv import diagnose\ndiagnose('2rW', 'u')")
    run(desk, "done")
    assert desk.locator(".diagnosis a").is_visible()


def test_text_that_looks_like_markup_stays_text(desk):
    write(desk, "print('<img src=x onerror=alert(1)>')\n'<b>bold</b>'")
    assert "<img src=x" in run(desk)
    assert desk.locator(".cell_output :is(img, b)").count() == 0


def test_a_syntax_error_names_its_line(desk):
    write(desk, "a = 1\nb = = 2")
    shown = run(desk)
    assert "→ b = = 2" in shown
    assert "SyntaxError" in shown


def test_a_package_that_is_not_there_is_said_to_be_missing(desk):
    write(desk, "import pandas")
    assert "The page carries NumPy" in run(desk)


def test_stop_ends_a_loop_without_end_and_the_next_run_starts_anew(page):
    first, cell = page.locator(CELL).nth(0), page.locator(CELL).nth(1)
    run(first, "done")
    write(cell, "print('here', flush=True)\nwhile True:\n    pass")
    press(cell, "Run")
    wait_for(cell, "running")
    press(cell, "Stop")
    wait_for(cell, "error")
    assert "variables are gone" in cell.locator(".cell_output").inner_text()
    assert state(first) == "idle"
    press(cell, "Reset")
    press(cell, "Run all above")
    wait_for(first, "done")
    assert run(cell, "done") is not None


def test_too_much_memory_is_an_error_and_python_goes_on(desk):
    write(desk, "big = []\nwhile True:\n    big.append(bytearray(200_000_000))")
    assert "MemoryError" in run(desk) or "variables are gone" in run(desk)
    write(desk, "1 + 1")
    assert run(desk, "done").strip() == "2"


def test_a_worker_that_dies_is_told_and_replaced(desk):
    write(desk, "import js\njs.setTimeout(js.Function.new('throw new Error(\"gone\")'), 500)")
    assert "variables are gone" in run(desk, "error")
    write(desk, "2 + 3")
    assert "5" in run(desk, "done")


def test_a_runtime_that_cannot_be_fetched_is_told_and_tried_again(visit):
    tab = visit()
    page = tab.open("chapters/gradient_u.html")
    tab.context.route("**/*.wasm", lambda route: route.abort())
    cell = page.locator(CELL).first
    press(cell, "Run")
    wait_for(cell, "error")
    assert "could not be fetched" in cell.locator(".cell_output").inner_text()
    tab.context.unroute("**/*.wasm")
    press(cell, "Run")
    wait_for(cell, "done")


def test_an_unexpected_error_ends_run_all_where_it_is(page):
    cells = page.locator(CELL)
    write(cells.nth(1), "1 / 0")
    page.get_by_role("button", name="Run all", exact=True).click()
    wait_for(cells.nth(1), "error")
    assert state(cells.nth(0)) == "done"
    assert state(cells.nth(2)) == "idle"


def test_the_keyboard_alone_edits_runs_stops_and_leaves(page):
    cell = page.locator(CELL).first
    keys = page.keyboard
    cell.get_by_role("button", name="Edit", exact=True).focus()
    keys.press("Enter")
    wait_for_editor(cell)
    keys.press("Control+a")
    keys.type("if True:\nwhile True: pass")
    keys.press("Home")
    keys.press("Tab")  # indents, and stays
    assert page.evaluate("document.activeElement.matches('.cm-content')")
    keys.press("Shift+Enter")
    wait_for(cell, "running")
    keys.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    for _ in range(5):
        keys.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Stop":
            break
    keys.press("Enter")
    wait_for(cell, "error")
    keys.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.cm-editor')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1350, 360])
def test_axe_finds_nothing_with_an_editor_open_and_outputs_shown(visit, width, scheme):
    page = visit(width, scheme=scheme).open("chapters/gradient_u.html")
    first, second = page.locator(CELL).nth(0), cell_with(page, "derive(")
    write(first, "def f(x):\n    'text'  # comment\n    return x + 1\nprint('x' * 300)\n1 / 0")
    run(first, "error")
    run(second, "done")
    page.wait_for_timeout(100)
    found = [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["chapters/index.html", "chapters/diagnose.html"])
def test_the_book_answers_a_question_and_links_to_it(visit, name):
    tab = visit()
    page = tab.open(name)
    form = page.locator(".ask")
    form.get_by_label("the gradient is").fill("2(Wu - v)W^T")
    form.get_by_role("button", name="Ask").click()
    wait_for(form, "done")
    assert form.locator(".diagnosis[data-mistake]").is_visible()
    assert form.locator(".cell_output math").is_visible()
    again = tab.context.new_page()
    again.goto(page.url)
    assert "answer=" in page.url
    wait_for(again.locator(".ask"), "done")
    assert again.locator(".ask .diagnosis").inner_html() == form.locator(".diagnosis").inner_html()
    assert tab.troubles == []


def test_a_question_may_be_about_another_loss_and_nothing_in_it_is_run(visit):
    page = visit().open(
        "chapters/index.html?wrt=w&answer=2*X.T@(X@w-y)&loss=np.linalg.norm(X@w-y)**2"
    )
    form = page.locator(".ask")
    wait_for(form, "done")
    assert form.locator(".diagnosis-right").is_visible()
    form.get_by_label("the gradient is").fill("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    form.locator(".diagnosis-unreadable").wait_for()
    assert form.locator("img").count() == 0
    form.get_by_label("Loss").fill("__import__('os').getcwd()")
    page.keyboard.press("Enter")
    wait_for(form, "error")
