"""Searching: what a reader would type leads to the section that answers it."""

import pytest
from conftest import Visit

# What is typed, and which of the first three addresses it should lead to.
QUERIES = {
    "why transpose": "index.html",
    "W^T": "gradient_u.html#why-not",
    "2(Wu-v)W^T": "gradient_u.html#why-not",
    "r u^T": "gradient_W.html",
    "outer product": "shapes.html#the-outer-product",
    "flat array": "numpy_traps.html#flat-arrays",
    "broadcast": "numpy_traps.html#broadcasting",
    "gradeint": "gradient.html",
    "row or column": "gradient.html#the-row-and-the-column",
    "chain rule": "chain_rule.html",
    "kronecker": "routes.html",
    "check my gradient": "finite_differences.html",
    "sympy diff wrong": "other_programs.html#silently-wrong",
    "learning rate too big": "descent.html#how-large",
    "hessian": "curvature.html",
    "condition number": "momentum.html#the-shape-of-the-valley",
    "momentum": "momentum.html#remember",
    "minibatch": "sgd.html",
    "collapse": "embeddings.html",
    "backpropagation": "backpropagation.html",
}


pytestmark = pytest.mark.xdist_group("search")  # all in one tab


@pytest.fixture(scope="module")
def tab(chromium, address):
    tab = Visit(chromium, address)
    yield tab
    tab.context.close()


def found(page, address, text):
    page.goto(f"{address}search.html")
    page.locator("main .sidebar-search").fill(text)
    page.keyboard.press("Enter")
    page.locator("#search-count:not(:empty)").wait_for()
    return [link.get_attribute("href") for link in page.locator("#search-results a").all()]


@pytest.mark.parametrize(("text", "wanted"), QUERIES.items(), ids=QUERIES.keys())
def test_a_search_leads_to_the_section_in_the_first_three(tab, text, wanted):
    links = found(tab.page, tab.address, text)
    assert any(link.startswith(f"chapters/{wanted}") for link in links[:3]), links[:3]
    assert tab.troubles == []


def test_what_is_nowhere_is_said_to_be_nowhere(tab):
    assert found(tab.page, tab.address, "xylophone zebra") == []
    assert "Nothing for" in tab.page.locator("#search-count").inner_text()


def test_what_is_typed_is_shown_as_text(tab):
    found(tab.page, tab.address, "<img src=x onerror=alert(1)> transpose")
    assert tab.page.locator("main img").count() == 0


def test_searching_works_in_a_folder_without_a_server(chromium, site):
    page = chromium.new_page()
    page.goto((site / "search.html").as_uri() + "?q=outer%20product")
    page.locator("#search-results a").first.wait_for()
    page.close()
