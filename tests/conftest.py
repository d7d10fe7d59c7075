"""What the tests share: the built site, a server for it, a browser that can reach nothing else."""

import browser
import pytest
import serve
from playwright.sync_api import sync_playwright
from serve import SITE

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1"
ABOUT = {"page_name", "chapter_name"}
NEED_THE_BOOK = {"site", "launch", *ABOUT}


def pages():
    """Every page of the built site, by its path; the root only leads to the first of them.

    JupyterLite's own page, which is not ours, is tested in `test_lite.py`.
    """
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return [page for page in found if page != "index.html" and not page.startswith("lite/")]


def chapters():
    return [page for page in pages() if page.startswith("chapters/")]


def pytest_generate_tests(metafunc):
    """Tests that ask for a `page_name` or `chapter_name` run once for each page or chapter."""
    for name, values in (("page_name", pages), ("chapter_name", chapters)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values(), scope="session")  # page by page


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What needs the book is marked so, and what is about one page runs in one worker."""
    for item in items:
        if NEED_THE_BOOK & set(item.fixturenames):
            item.add_marker("book")
        if item.get_closest_marker("live") and not (SITE / "live").is_dir():
            item.add_marker(pytest.mark.skip(reason="the book was built without live cells"))
        if "reading" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("reading"))
        about = getattr(item, "callspec", None) and ABOUT & set(item.callspec.params)
        for name in about or ():
            item.add_marker(pytest.mark.xdist_group(item.callspec.params[name]))


def pytest_runtest_setup(item):
    if item.get_closest_marker("book") and not SITE.is_dir():
        pytest.fail("there is no site to test: run `make book` first", pytrace=False)


@pytest.fixture(scope="session")
def site():
    return SITE


@pytest.fixture(scope="session")
def address(site):
    with serve.serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def launch():
    """A function that starts the browser with these arguments besides its own."""
    path = browser.get()
    with sync_playwright() as playwright:

        def start(*more):
            arguments = [*browser.arguments(), NO_OTHER_HOST, *more]
            return playwright.chromium.launch(executable_path=path, args=arguments)

        yield start


@pytest.fixture(scope="session")
def chromium(launch):
    chromium = launch()
    yield chromium
    chromium.close()


class Visit:
    """A browser tab that remembers what it asked for and what went wrong."""

    def __init__(self, chromium, address, **options):
        self.address = address
        self.troubles, self.asked = [], []
        self.context = chromium.new_context(service_workers="block", **options)
        self.context.on("request", self.note)
        self.page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("requestfailed", self.notice)
        self.page.on("response", self.look)

    def note(self, request):
        self.asked.append(request.url)
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.troubles.append(f"another host: {request.url}")

    def hear(self, message):
        if "Service Worker registration blocked" in message.text:
            return  # as asked for above
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    def notice(self, request):
        if request.failure != "net::ERR_ABORTED":  # the page was left while it still loaded
            self.troubles.append(f"failed: {request.url}")

    def look(self, response):
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def open(self, name):
        self.page.goto(self.address + name, wait_until="load")
        self.page.evaluate("document.fonts.ready.then(() => null)")
        self.page.wait_for_function("document.documentElement.classList.contains('whole')")
        return self.page


@pytest.fixture
def visit_at(chromium):
    """A function that opens a tab for the server at an address."""
    opened = []

    def start(address, **options):
        opened.append(Visit(chromium, address, **options))
        return opened[-1]

    yield start
    for tab in opened:
        tab.context.close()


@pytest.fixture
def visit(visit_at, address):
    """A function that opens a tab of the given width and colour scheme."""

    def start(width=1350, height=900, scheme="light"):
        size = {"width": width, "height": height}
        return visit_at(address, viewport=size, color_scheme=scheme)

    return start


FOLD = """open => {
  document.querySelectorAll("details").forEach((box) => (box.open = open));
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""


@pytest.fixture(scope="session")
def tab_of(chromium, address):
    """A function that gives the tab of a width and a scheme in which a page was opened.

    Tests that look at one page share it, since it is opened once; a test that changes more than
    the folds puts it back. ``folds`` says whether they are open; None leaves them as they are.
    """
    tabs, shown = {}, {}

    def start(name, width=1350, scheme="light", folds=None):
        key = width, scheme
        if key not in tabs:
            size = {"width": width, "height": 900}
            tabs[key] = Visit(chromium, address, viewport=size, color_scheme=scheme)
        tab = tabs[key]
        if shown.get(key) != name:
            tab.troubles.clear()
            tab.asked.clear()
            tab.open(name)
            shown[key] = name
        if folds is not None:
            tab.page.evaluate(FOLD, folds)
        return tab

    yield start
    for tab in tabs.values():
        tab.context.close()
