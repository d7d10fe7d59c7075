"""Cells run in the page: in a real browser, with every other host refused."""

import re

import pytest
from accessibility import complaints
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
ROUNDING = {("chapters/finite_differences.html", 5)}


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
def reading(chromium, address):
    """A function that gives a page which tests go on with; Python is there since the first."""
    tabs = {}

    def page(name):
        if name not in tabs:
            tabs[name] = Visit(chromium, address)
            tabs[name].open(name)
        return tabs[name].page

    yield page
    for tab in tabs.values():
        tab.context.close()


@pytest.fixture
def read_page(reading):
    """A chapter of which some has been run."""
    return reading("chapters/gradient_u.html")


@pytest.fixture
def desk(read_page):
    """A cell of it to write in."""
    return read_page.locator(CELL).first


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


def test_a_reset_brings_back_the_book(read_page):
    cell = cell_with(read_page, "check_gradient(L,")
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


def test_axe_finds_nothing_with_an_editor_open_and_outputs_shown(page):
    first, second = page.locator(CELL).nth(0), cell_with(page, "derive(")
    write(first, "def f(x):\n    'text'  # comment\n    return x + 1\nprint('x' * 300)\n1 / 0")
    run(first, "error")
    run(second, "done")
    for width in (1350, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(100)
            assert complaints(page, colours_only=scheme == "dark") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["chapters/index.html", "chapters/diagnose.html"])
def test_the_book_answers_a_question_and_a_link_that_asks_it_shows_the_answer(visit, name):
    tab = visit()
    page = tab.open(name)
    form = page.locator(".ask")
    form.get_by_label("the gradient is").fill("2*(Wu - v)W^T")  # judged nowhere yet
    form.get_by_role("button", name="Ask").click()
    wait_for(form, "done")
    assert form.locator(".diagnosis[data-mistake]").is_visible()
    assert not form.locator(".cell_output math").is_visible()
    assert not form.get_by_text("the factors are swapped").is_visible()
    for fold in ("Which slip?", "What is right?", "Step by step"):
        form.get_by_text(fold, exact=True).click()
    assert form.get_by_text("the factors are swapped").is_visible()
    assert form.locator(".diagnosis-solution p").inner_text() == "2Wᵀ(Wu − v)"
    assert form.locator(".cell_output math").is_visible()
    again = tab.context.new_page()
    again.goto(page.url)
    assert "answer=" in page.url
    wait_for(again.locator(".ask"), "done")
    shown = "node => node.textContent"
    asked_again = again.locator(".ask .diagnosis").evaluate(shown)
    assert asked_again == form.locator(".diagnosis").evaluate(shown)
    again.wait_for_timeout(500)
    seen = "node => { const { top } = node.getBoundingClientRect(); return top > 0 && top < 600; }"
    assert again.locator(".ask .diagnosis").evaluate(seen)
    assert tab.troubles == []


@pytest.mark.parametrize("name", ["chapters/index.html", "chapters/diagnose.html"])
def test_what_is_sure_to_be_asked_is_answered_at_once_without_python(visit, name):
    tab = visit()
    page = tab.open(name)
    form = page.locator(".ask")
    buttons = form.locator("[data-answer]")
    assert buttons.count() == form.locator("template").count() >= 5
    for button in buttons.all():
        button.click()
        assert form.get_by_label("the gradient is").input_value() in button.evaluate(
            "node => node.dataset.answer"
        )
        assert form.locator(".diagnosis").is_visible()
    form.get_by_label("With respect to").fill("u")
    form.get_by_label("the gradient is").fill(r"2 (Wu − v) W^{\mathsf T}")
    form.get_by_role("button", name="Ask").click()
    assert form.locator(".diagnosis[data-mistake=factors-swapped]").is_visible()
    assert not form.get_by_text("the factors are swapped").is_visible()
    again = tab.context.new_page()
    again.goto(page.url)
    again.locator(".ask .diagnosis[data-mistake=factors-swapped]").wait_for()
    assert complaints(page) == []
    assert not [url for url in tab.asked if "/live/" in url]
    assert tab.troubles == []


def test_what_the_page_has_ready_is_what_python_says(visit):
    page = visit().open("chapters/index.html")
    form = page.locator(".ask")
    said = "node => node.querySelector('.diagnosis').textContent"
    form.locator("[data-answer]").first.click()
    ready = form.evaluate(said)
    form.get_by_label("the gradient is").fill("2*(Wu - v)W^T")
    form.get_by_role("button", name="Ask").click()
    wait_for(form, "loading")
    wait_for(form, "done")
    assert form.evaluate(said) == ready


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


# --- What a cell shows


def test_an_endless_loop_of_prints_leaves_the_page_alone_and_can_be_stopped(page):
    cell = page.locator(CELL).first
    write(cell, "i = 0\nwhile True:\n    i += 1\n    print(i, flush=i % 2)")
    press(cell, "Run")
    cell.get_by_text("more lines are left out").wait_for()
    first = cell.locator(".live-more").inner_text()
    page.wait_for_timeout(400)
    assert cell.locator(".live-more").inner_text() != first  # it counts on
    slow = page.evaluate("""async () => {
      const start = performance.now();
      for (let i = 0; i < 20; i += 1) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    }""")
    assert slow < 5000
    box = cell.locator(".cell_output .stream pre")
    assert box.inner_text().split()[:2000] == [str(i + 1) for i in range(2000)]
    assert box.get_attribute("tabindex") == "0"  # it scrolls
    assert box.bounding_box()["height"] < 500
    cell.get_by_role("button", name="Stop", exact=True).click(timeout=2000)
    wait_for(cell, "error", timeout=2000)
    assert box.is_visible()  # what was printed stays
    assert "variables are gone" in cell.locator(".cell_output").inner_text()


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("for i in range(100_000): print(i)", 2000),
        ("print('x' * 1_000_000)", 1),
        ("list(range(200_000))", 1),
        ("for i in range(3000): display(i)", 200),
    ],
)
def test_what_a_cell_shows_ends_somewhere_and_says_how_much_is_missing(desk, code, lines):
    write(desk, code)
    run(desk, "done")
    assert len(desk.locator(".live-more").inner_text().split()) > 3
    texts = desk.locator(".cell_output pre").all_inner_texts()
    assert len("\n".join(texts).split()) == lines or len(texts[0]) <= 200_001
    write(desk, "print('short')")
    assert run(desk, "done").strip() == "short"


def test_a_plot_is_shown_where_it_is_asked_for_and_once(desk):
    write(desk, "import matplotlib.pyplot as plt\nplt.plot([1, 3]);\nplt.show()\nprint('after')")
    assert run(desk, "done").strip() == "after"  # and no warning
    kinds = "node => [...node.children].map(child => child.localName)"
    assert desk.locator(".cell_output").evaluate(kinds) == ["img", "div"]
    for code in ("fig, ax = plt.subplots()\nfig", "plt.plot([1, 2])\nplt.gcf()"):
        write(desk, f"%matplotlib inline\n{code}")
        assert run(desk, "done").strip() == ""
        assert desk.locator(".cell_output img").count() == 1
    write(desk, "print(plt.get_fignums())")
    assert run(desk, "done").strip() == "[]"


def test_a_caption_of_the_book_stands_under_its_own_figure_only(page):
    cells = page.locator(CELL)
    number = "cells => cells.findIndex(cell => cell.querySelector('figcaption'))"
    cell = cells.nth(cells.evaluate_all(number))
    press(cell, "Run all above")
    run(cell, "done")
    assert cell.locator("figcaption").count() == 1
    write(cell, "import numpy as np\nfigures.outer_product(np.ones((2, 1)), np.ones((3, 1)))")
    run(cell, "done")
    assert cell.locator("img").count() == 1
    assert cell.locator("figcaption").count() == 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("!ls", "not Python: leave it out"),
        ("x = 1\n%timeit x", "not Python: leave it out"),
        ("%%time\n1 + 1", "not Python: leave it out"),
        ("pip install numpy", "nothing can be installed here"),
        ("loss?", "not Python: leave it out"),
        ("name = input('Name? ')", "a cell in the page cannot ask"),
        ("import asyncio\nawait asyncio.sleep(0.1)\n6 * 7", "42"),
        (
            "import sys\nsys.setrecursionlimit(10**6)\nf = lambda: f()\nf()",
            "RecursionError: maximum",
        ),
        ("import js\njs.postMessage('x')\njs.postMessage(None)\n'still here'", "still here"),
        ("__import__('auto' + 'grad')", "write import autograd into this one"),
    ],
)
def test_what_a_notebook_has_and_a_page_has_not_is_understood(desk, code, said):
    write(desk, code)
    assert said in run(desk)
    write(desk, "1 + 1")
    assert run(desk, "done").strip() == "2"


def test_what_notebooks_import_to_display_is_there(desk):
    write(
        desk,
        "from IPython.display import HTML, Latex, Markdown, Math, display\n"
        "display(Math('x^2'), HTML('<b>bold</b>'), Markdown('plain'))\nLatex('$y$')",
    )
    run(desk, "done")
    assert desk.locator(".cell_output math").count() == 2
    assert desk.locator(".cell_output b").inner_text() == "bold"
    assert "plain" in desk.locator(".cell_output").inner_text()


@pytest.mark.parametrize(
    "code",
    [
        "from wuv.figures import adjoint\nadjoint([[1, 0], [0, 1]])",
        "import wuv.figures as f\nf.adjoint([[1, 0], [0, 1]])",
        "from wuv import figures as F\nF.adjoint([[1, 0], [0, 1]])",
    ],
)
def test_figures_are_fetched_however_they_are_imported(page, code):
    cell = page.locator(CELL).first
    write(cell, code)
    assert "No module" not in run(cell)


# --- The queue


def states(page):
    return [state(cell) for cell in page.locator(CELL).all()]


def test_a_second_press_on_run_does_nothing_while_the_cell_runs(page):
    cell = page.locator(CELL).first
    write(cell, "while True: pass")
    cell.get_by_role("button", name="Run", exact=True).dblclick()
    wait_for(cell, "running")
    press(cell, "Run")
    press(cell, "Stop")
    page.wait_for_timeout(300)
    assert states(page)[0] == "error"


def test_stop_while_python_is_fetched_ends_the_fetching(page):
    cell = page.locator(CELL).first
    cell.get_by_role("button", name="Run", exact=True).dblclick()
    wait_for(cell, "loading")
    page.wait_for_function("document.querySelector('.cell [data-live=stop]:enabled')")
    press(cell, "Stop")
    assert state(cell) == "error"
    assert "gone" not in cell.locator(".cell_output").inner_text()
    page.wait_for_timeout(5000)
    assert state(cell) == "error"
    assert run(cell, "done") is not None


def test_stop_takes_a_waiting_cell_out_and_lets_python_go_on(page):
    cells = page.locator(CELL)
    first, second, third = (cells.nth(i) for i in range(3))
    write(first, "import time\nkept = 5\nwhile kept: pass")
    write(second, "print('second')")
    write(third, "print('third')")
    for cell in (first, second, third):
        press(cell, "Run")
    wait_for(first, "running")
    assert states(page)[:3] == ["running", "loading", "loading"]
    press(second, "Stop")
    assert states(page)[:3] == ["running", "idle", "loading"]
    press(first, "Stop")
    page.wait_for_timeout(500)
    assert states(page)[:3] == ["error", "idle", "idle"]
    write(first, "import time\ntime.sleep(1)\nkept = 5")
    write(second, "kept")
    press(first, "Run")
    press(third, "Run")
    press(second, "Run")
    press(third, "Stop")
    wait_for(second, "done")
    assert states(page)[:3] == ["done", "done", "idle"]


def test_stop_during_run_all_leaves_every_state_true(page):
    cells = page.locator(CELL)
    write(cells.nth(1), "while True: pass")
    page.get_by_role("button", name="Run all", exact=True).click()
    wait_for(cells.nth(1), "running")
    press(cells.nth(3), "Run")
    press(cells.nth(5), "Run")
    press(cells.nth(1), "Stop")
    page.wait_for_timeout(500)
    assert states(page) == ["idle", "error", *["idle"] * (cells.count() - 2)]


def test_a_question_waits_for_the_cell_that_runs_and_may_be_withdrawn(visit):
    page = visit().open("chapters/diagnose.html")
    cell, form = page.locator(CELL).first, page.locator(".ask")
    write(cell, "while True: pass")
    press(cell, "Run")
    wait_for(cell, "running")
    form.get_by_label("the gradient is").fill("2rW")
    form.get_by_role("button", name="Ask").click()
    wait_for(form, "loading")
    form.get_by_role("button", name="Stop").click()
    assert state(form) == "idle"
    assert state(cell) == "running"
    form.get_by_role("button", name="Ask").click()
    press(cell, "Stop")
    assert [state(cell), state(form)] == ["error", "idle"]


def test_run_all_says_how_far_it_is_and_how_it_ended(page):
    cells, head = page.locator(CELL), page.locator(".page-tools [role=status]")
    number = cells.count()
    page.get_by_role("button", name="Run all", exact=True).click()
    page.wait_for_function(
        "/^Running cell/.test(document.querySelector('.page-tools [role=status]').textContent)"
    )
    settle(page)
    assert head.inner_text() == f"All {number} cells ran"
    write(cells.nth(4), "1 / 0")
    page.get_by_role("button", name="Run all", exact=True).click()
    wait_for(cells.nth(4), "error")
    assert head.inner_text() == "Stopped at cell 5: it ended with an error"
    page.evaluate("scrollTo(0, 0)")
    head.get_by_role("link").click()
    page.wait_for_timeout(600)
    assert cells.nth(4).evaluate("node => Math.abs(node.getBoundingClientRect().top) < 300")


# --- Edits


def test_two_presses_on_edit_open_one_editor(page):
    cell = page.locator(CELL).first
    cell.get_by_role("button", name="Edit", exact=True).dblclick()
    wait_for_editor(cell)
    page.wait_for_timeout(300)
    assert cell.locator(".cm-editor").count() == 1


def test_an_edit_outlives_a_reload_until_it_is_reset(visit):
    tab = visit()
    page = tab.open("chapters/gradient_u.html")
    cell = page.locator(CELL).nth(1)
    write(cell, "print('mine')")
    page.reload()
    cell.locator(".cm-editor").wait_for()
    assert "Your edit; Reset brings back the book" in cell.locator(".live-status").inner_text()
    assert page.locator(".cm-editor").count() == 1
    assert run(cell, "done").strip() == "mine"
    press(cell, "Reset")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    tab.open("chapters/gradient_u.html")
    page.wait_for_load_state("networkidle")
    assert page.locator(".cm-editor").count() == 0
    assert not [url for url in asked if "/live/" in url]


def test_an_edit_of_code_that_the_book_has_changed_since_is_dropped(visit):
    tab = visit()
    page = tab.open("chapters/gradient_u.html")
    page.evaluate('sessionStorage[`edits ${location.pathname}`] = \'{"0": ["as it was", "mine"]}\'')
    tab.open("chapters/gradient_u.html")
    page.wait_for_load_state("networkidle")
    assert page.locator(".cm-editor").count() == 0
    assert tab.troubles == []


# --- A page that cannot do it says so


def test_a_page_opened_as_a_file_says_what_to_do(chromium, site):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((site / "chapters" / "index.html").as_uri())
    cell, form = page.locator(CELL).first, page.locator(".ask")
    for name in ("Run", "Edit"):
        press(cell, name)
        assert "python3 -m http.server" in cell.locator(".live-status").inner_text()
    page.get_by_role("button", name="Run all", exact=True).click()
    assert "http.server" in page.locator(".page-tools [role=status]").inner_text()
    form.get_by_label("the gradient is").fill("2rW")
    form.get_by_role("button", name="Ask").click()
    assert "http.server" in form.locator(".live-status").inner_text()
    context.close()


def test_without_scripts_python_stands_where_the_book_would_be_asked(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}chapters/index.html")
    assert not page.locator(".ask").is_visible()
    page.locator(".ask-instead").scroll_into_view_if_needed()
    page.locator(".ask-instead").get_by_text("from wuv import diagnose").wait_for()
    context.close()


def test_a_press_is_answered_before_the_script_is_there(visit):
    tab = visit()
    page = tab.open("chapters/gradient_u.html")
    held = []
    tab.context.route("**/live/live.js*", lambda route: held.append(route))
    cell = page.locator(CELL).first
    press(cell, "Run")
    page.wait_for_timeout(200)
    assert cell.locator(".live-status").inner_text() == "Fetching Python"
    held.pop().continue_()
    wait_for(cell, "done")


# --- Asking


def test_the_verdict_is_told_where_there_is_no_derivation(reading):
    page = reading("chapters/index.html")
    cell, form = page.locator(CELL).first, page.locator(".ask")
    write(
        cell,
        "import wuv\nfrom wuv.derivation import CannotDerive\nkept = wuv.derive\n"
        "def derive(loss, wrt): raise CannotDerive('there is no rule')\nwuv.derive = derive",
    )
    run(cell, "done")
    form.get_by_label("the gradient is").fill("2 W^T W u - 2 W^T v")  # not judged already
    form.get_by_role("button", name="Ask").click()
    wait_for(form, "error")
    shown = form.locator(".cell_output > *")
    assert shown.first.locator(".diagnosis-right").is_visible()
    assert "there is no rule" in shown.last.inner_text()
    write(cell, "wuv.derive = kept")
    run(cell, "done")


def test_an_answer_that_cannot_be_read_is_not_told_the_right_one(reading):
    form = reading("chapters/index.html").locator(".ask")
    form.get_by_label("the gradient is").fill("2 W^T (Wu -")
    form.get_by_role("button", name="Ask").click()
    form.locator(".diagnosis-unreadable").wait_for()
    wait_for(form, "done", "error")
    assert form.locator(".cell_output > *").count() == 1


# --- For ears and fingers


def test_what_is_read_out_is_the_beginning_and_the_end(page):
    cell = page.locator(CELL).first
    page.evaluate("""() => {
      window.heard = [];
      const status = document.querySelector(".cell [role=status]");
      new MutationObserver(() => heard.push(status.textContent))
        .observe(status, { childList: true, characterData: true, subtree: true });
    }""")
    run(cell, "done")
    heard = [words for words in page.evaluate("heard") if words]
    assert set(heard) == {"Fetching Python", "Running", "Done"}
    assert len(heard) <= 4
    assert cell.get_attribute("aria-busy") is None
    assert page.locator(CELL).nth(4).get_by_role("group", name="Cell 5").count() == 1
    assert page.get_by_role("button", name="Run all above", exact=True).first.is_disabled()


def test_what_a_cell_shows_is_busy_while_it_runs_and_focus_goes_back_to_run(page):
    cell = page.locator(CELL).first
    write(cell, "print('here', flush=True)\nwhile True: pass")
    press(cell, "Run")
    cell.get_by_text("here", exact=True).last.wait_for()
    assert cell.locator(".cell_output").get_attribute("aria-busy") == "true"
    cell.get_by_role("button", name="Stop", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    assert cell.locator(".cell_output").get_attribute("aria-busy") == "false"


def test_under_a_finger_buttons_are_large_and_no_field_makes_the_phone_zoom(visit_at, address):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = visit_at(address, permissions=["clipboard-write"], **phone).open("chapters/index.html")
    for button in page.locator(".live-bar button:visible, .page-tools button:visible").all():
        assert button.bounding_box()["height"] >= 40
    cell = page.locator(CELL).first
    bar = cell.locator(".live-bar")
    assert bar.get_by_role("button", name="Copy").is_visible()  # beside the code, not on it
    assert bar.bounding_box()["height"] < 60
    size = "node => getComputedStyle(node).fontSize"
    assert page.get_by_label("the gradient is").evaluate(size) == "16px"
    cell.get_by_role("button", name="Edit", exact=True).tap()
    wait_for_editor(cell)
    assert cell.locator(".cm-content").evaluate(size) == "16px"
    assert not cell.locator(".live-hint").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
