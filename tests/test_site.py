"""The built site in a real browser, with every other host refused."""

import re
from html import unescape

import pytest
from accessibility import complaints
from conftest import FOLD, chapters

WIDTHS = pytest.mark.parametrize("width", [1350, 360])

# In the page: formulas without a box, although nothing around them is folded or hidden.
UNSEEN = """() => [...document.querySelectorAll("math")].filter(math => {
  if (math.closest("details:not([open])") || !math.checkVisibility()) return false;
  const box = math.getBoundingClientRect();
  return box.width <= 0 || box.height <= 0;
}).map(math => math.textContent)"""

# In the page: the words a reader sees, without formulas, code and scripts.
PROSE = """() => {
  const copy = document.querySelector("article").cloneNode(true);
  copy.querySelectorAll("math, pre, code, .sig, script, style").forEach(node => node.remove());
  return copy.textContent;
}"""

# In the page: what sticks out to the right of the window and is not inside a box that scrolls.
WIDER = """() => [...document.querySelectorAll("body *")].filter(node => {
  const aside = ".sidebar-drawer, .toc-drawer, .overlay, .visually-hidden, .skip-to-content";
  const scrolling = ".formula, pre, .table-wrapper";
  if (node.closest(aside) || node.parentElement.closest(scrolling)) return false;
  return node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1;
}).map(node => node.outerHTML.slice(0, 200))"""


# In the page: how many lines of code go on without a mark.
UNMARKED = """pre => {
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(pre);
  const lines = (height) => Math.round(height / parseFloat(lineHeight));
  const heights = [...pre.querySelectorAll(".l")].map((l) => l.getBoundingClientRect().height);
  const all = lines(pre.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom));
  const more = heights.reduce((sum, height) => sum + lines(height) - 1, 0);
  return all - more - pre.textContent.replace(/\\n$/, "").split("\\n").length;
}"""


@WIDTHS
def test_a_page_asks_no_other_host_and_nothing_fails(tab_of, page_name, width):
    tab = tab_of(page_name, width)
    tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.page.wait_for_load_state("networkidle")
    assert tab.troubles == []
    # What runs cells is asked for when a reader presses Run, not before.
    assert not [url for url in tab.asked if "/live/" in url]


def test_every_formula_is_drawn_and_no_tex_is_left(tab_of, chapter_name):
    page = tab_of(chapter_name, folds=True).page
    assert page.evaluate(UNSEEN) == []
    assert page.locator("div.math:not(:has(math))").count() == 0
    prose = page.evaluate(PROSE)
    assert re.findall(r"\$[^$\n]*\$?|\\[a-zA-Z]{2,}", prose) == []


def test_formulas_are_set_in_the_font_of_the_site(tab_of, chapter_name):
    page = tab_of(chapter_name).page
    if page.locator("math").count():
        loaded = page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').length")
        assert loaded == 1


@WIDTHS
def test_nothing_sticks_out_of_the_window(tab_of, page_name, width):
    page = tab_of(page_name, width, folds=True).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDER) == []


@WIDTHS
def test_axe_finds_nothing(tab_of, page_name, width):
    assert complaints(tab_of(page_name, width, folds=True).page) == []


@WIDTHS
def test_axe_finds_nothing_against_the_colours_in_the_dark(tab_of, page_name, width):
    page = tab_of(page_name, scheme="dark").page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(FOLD, True)
    assert complaints(page, colours_only=True) == []


def test_one_pale_word_among_thousands_would_be_seen(visit):
    page = visit().open("chapters/gradient_u.html")
    parts = ["p:not(td p) mn", "article p", "article code", "td", "li a"]
    for part in parts:
        word = page.locator(part).filter(visible=True, has_text=re.compile(r"\w\w")).last
        word.evaluate("(node, part) => { node.id = part; node.style.color = '#bbb'; }", part)
    found = complaints(page, colours_only=True)
    assert [part for part in parts if not any(f'id="{part}"' in words for words in found)] == []


def test_a_request_to_another_host_would_be_seen_and_does_not_leave(visit):
    tab = visit()
    page = tab.open("chapters/index.html")
    ask = "fetch('https://%s/', {mode: 'no-cors'}).catch((error) => self.%s(error.name))"
    work = ask % ("b.example", "postMessage")
    answers = page.evaluate(f"""() => Promise.all([
      new Promise((done) => {{ self.told = done; {ask % ("a.example", "told")}; }}),
      new Promise((done) => {{
        const worker = new Worker(URL.createObjectURL(new Blob([{work!r}])));
        worker.onmessage = (event) => done(event.data);
      }}),
    ])""")
    assert answers == ["TypeError", "TypeError"]
    for host in "ab":
        assert f"another host: https://{host}.example/" in tab.troubles


def each(page, selector, function):
    """What a function in the page makes of each element that fits a selector."""
    return page.locator(selector).evaluate_all(f"nodes => nodes.map({function})")


def test_every_picture_says_what_it_shows(tab_of, chapter_name):
    page = tab_of(chapter_name).page
    named = "node => ['alt', 'width', 'height'].map((name) => node.getAttribute(name))"
    for words, width, height in each(page, "article img", named):
        assert len((words or "").split()) >= 5, words
        assert not re.search(r"[0-9a-f]{16}|\.(svg|png)|<", words), words
        assert width, words
        assert height, words


def test_pictures_turn_dark_with_the_switch_of_the_page(tab_of, chapter_name):
    page = tab_of(chapter_name).page
    turn = "theme => document.body.dataset.theme = theme"
    before = page.evaluate("document.body.dataset.theme")
    for theme in ("light", "dark"):
        page.evaluate(turn, theme)
        schemes = each(page, "article img", "node => getComputedStyle(node).colorScheme")
        assert set(schemes) <= {theme}
    page.evaluate(turn, before)


def test_on_a_telephone_no_code_is_cut_and_a_broken_line_says_so(tab_of, chapter_name):
    page = tab_of(chapter_name, 360, folds=True).page
    code = ":not(.output) > .highlight > pre"
    assert not any(each(page, code, "node => node.scrollWidth > node.clientWidth"))
    marks = "node => parseFloat(getComputedStyle(node, '::after').height) > 1"
    broken = "node => node.getBoundingClientRect().height > 30"
    assert each(page, f"{code} .l:visible", marks) == each(page, f"{code} .l:visible", broken)
    assert each(page, f"{code}:visible", UNMARKED) == [0] * page.locator(f"{code}:visible").count()
    # An array is not broken: it scrolls, by keyboard too, and is shaded.
    shaded = "node => getComputedStyle(node).backgroundImage.includes('gradient')"
    assert all(each(page, ".output > .highlight > pre", shaded))
    scrolls = each(
        page, ".output > .highlight > pre", "node => node.scrollWidth > node.clientWidth"
    )
    focused = each(page, ".output > .highlight > pre", "node => node.tabIndex === 0")
    assert all(there for there, wide in zip(focused, scrolls, strict=True) if wide)


@pytest.mark.parametrize(
    ("width", "shown", "other"), [(1350, "beside", "why"), (360, "why", "beside")]
)
def test_a_reason_stands_beside_its_line_or_below_it(tab_of, chapter_name, width, shown, other):
    page = tab_of(chapter_name, width, folds=True).page
    assert page.locator(f"math .{other}").filter(visible=True).count() == 0
    reasons = page.locator(f"math .{shown}")
    assert reasons.count() == reasons.filter(visible=True).count()
    if width == 360:
        outside = """node => node.getBoundingClientRect().right
          > node.closest(".formula").getBoundingClientRect().right + 1"""
        assert not any(each(page, "math .why mtext:visible", outside))


def test_a_page_has_one_heading_one_description_one_viewport(tab_of, page_name):
    page = tab_of(page_name).page
    assert page.locator("h1").count() == 1
    assert page.locator("meta[name=viewport]").count() == 1
    assert page.locator("meta[name=description]").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert len(page.title()) > 5


def test_descriptions_are_different_from_page_to_page(site):
    texts = [(site / name).read_text("utf-8") for name in chapters()]
    said = [unescape(re.search(r'<meta name="description" content="(.*?)"', x)[1]) for x in texts]
    assert len(set(said)) == len(said) > 20
    assert all(50 <= len(text) <= 170 for text in said), said


@WIDTHS
def test_only_what_scrolls_in_a_formula_can_be_tabbed_to(tab_of, chapter_name, width):
    page = tab_of(chapter_name, width, folds=True).page
    inside = page.locator("math [tabindex], math a, math button, math[tabindex]").count()
    assert inside == 0
    scrolls = each(page, ".formula", "node => node.scrollWidth > node.clientWidth")
    assert each(page, ".formula", "node => node.getAttribute('tabindex') === '0'") == scrolls


def test_the_chapters_open_by_keyboard_on_a_small_screen(tab_of, chapter_name):
    page = tab_of(chapter_name, 360).page
    page.evaluate("document.body.tabIndex = -1, document.body.focus()")  # where a page begins
    page.evaluate("document.body.removeAttribute('tabindex')")
    drawer = page.locator(".sidebar-drawer")
    link = drawer.locator("nav a").first
    assert not link.is_visible()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "__navigation":
            break
    page.keyboard.press("Space")
    link.wait_for(state="visible")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")


def test_a_folded_solution_opens_by_keyboard(tab_of, chapter_name):
    page = tab_of(chapter_name, folds=False).page
    for fold in page.locator("details:not(.where-room) > summary").all():
        fold.focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("node => node.parentElement.open")


def test_what_folds_on_a_telephone_is_open_where_there_is_room(tab_of, chapter_name):
    page = tab_of(chapter_name, folds=False).page
    folds = page.locator("details.where-room")
    assert all(fold.locator("p, table").first.is_visible() for fold in folds.all())
    assert folds.locator("summary").filter(visible=True).count() == 0
    page = tab_of(chapter_name, 360, folds=False).page
    for fold in page.locator("details.where-room").all():
        inside = fold.locator("p, table").last
        assert not inside.is_visible()
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert inside.is_visible()


def test_a_choice_is_judged_and_opens_the_answer(tab_of, chapter_name):
    page = tab_of(chapter_name, folds=False).page
    for asked in page.locator(".predict:has(.choices)").all():
        answer, verdict = asked.locator(".predict-answer"), asked.locator("[role=status]")
        assert verdict.text_content() == ""
        for right, word in (("false", "Not this one."), ("true", "Yes.")):
            answer.evaluate("node => node.open = false")
            button = asked.locator(f"button[data-right={right}]").first
            button.focus()
            page.keyboard.press("Enter")
            assert verdict.text_content().startswith(word)
            assert answer.evaluate("node => node.open")
            assert asked.locator("[aria-pressed=true]").count() == 1
            assert button.get_attribute("aria-pressed") == "true"


@pytest.fixture(scope="module")
def without_scripts(chromium):
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_page_is_readable_without_scripts(without_scripts, address, chapter_name):
    page = without_scripts
    page.goto(address + chapter_name)
    assert page.locator("h1").is_visible()
    formulas = "article > section > p math:visible"
    assert all(each(page, formulas, "node => node.getBoundingClientRect().width > 0"))


def test_the_root_leads_to_the_first_page(visit):
    tab = visit()
    page = tab.page
    page.goto(tab.address)
    page.wait_for_url("**/chapters/index.html")
    assert page.locator("h1").is_visible()


def test_the_search_finds_a_word_of_the_book(visit):
    tab = visit()
    page = tab.open("chapters/index.html")
    page.keyboard.press("/")
    page.keyboard.type("transpose")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?**")
    page.locator("#search-results li a").first.wait_for()
    assert tab.troubles == []


def test_paper_shows_the_text_and_nothing_around_it(tab_of, chapter_name):
    page = tab_of(chapter_name, folds=False).page
    page.emulate_media(media="print")
    around = ".sidebar-drawer, .toc-drawer, .mobile-header, .page-tools, .copy, .related-pages"
    assert page.locator(around).filter(visible=True).count() == 0
    assert page.locator("h1").is_visible()
    folds = page.locator("details:not(.where-room)")
    shut = page.locator("details:not([open], .where-room)").count()
    assert folds.count() - folds.filter(visible=True).count() == shut
    for fold in page.locator("details.where-room").all():
        assert fold.locator("p, table").first.is_visible()
    page.emulate_media(media="null")


@pytest.mark.live
def test_on_paper_a_long_output_is_whole_and_the_question_box_is_code(visit):
    page = visit().open("chapters/index.html")
    page.evaluate("document.querySelector('.cell_output pre').textContent = 'line\\n'.repeat(100)")
    cut = """[...document.querySelectorAll("pre")]
      .filter((pre) => pre.scrollHeight > pre.clientHeight + 1).length"""
    assert page.evaluate(cut) == 1
    assert page.locator(".ask").is_visible()
    assert not page.locator(".ask-instead").is_visible()
    page.emulate_media(media="print")
    assert page.evaluate(cut) == 0
    assert not page.locator(".ask").is_visible()
    assert page.locator(".ask-instead").is_visible()


def test_solutions_are_printed_if_asked_and_folded_again(visit):
    page = visit().open("chapters/question.html")
    folded = page.locator("details.solution")
    shut = "document.querySelectorAll('details.solution:not([open])').length"
    page.evaluate(f"window.print = () => {{ window.shut = {shut}; }}")
    assert page.evaluate(shut) == folded.count() > 0
    page.get_by_role("button", name="Print with solutions").click()
    assert page.evaluate("window.shut") == 0
    page.emulate_media(media="print")
    assert all(item.is_visible() for item in folded.locator("p").all())
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(shut) == folded.count()


def test_only_pages_with_solutions_offer_to_print_them(site, chapter_name):
    html = (site / chapter_name).read_text("utf-8")
    assert ("data-print=" in html) == ('<details class="solution dropdown' in html)


def test_on_paper_a_link_to_the_world_shows_its_address(visit):
    page = visit().open("chapters/bibliography.html")
    page.emulate_media(media="print")
    link = page.locator("article a.external").first
    shown = link.evaluate("node => getComputedStyle(node, '::after').content")
    assert link.get_attribute("href") in shown
    within = page.locator("article a.internal").first
    assert within.evaluate("node => getComputedStyle(node, '::after').content") == "none"


def test_the_cheat_sheet_is_one_sheet_of_paper(visit):
    page = visit().open("chapters/cheat_sheet.html")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
