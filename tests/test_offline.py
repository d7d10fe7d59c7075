"""Without a network: what was visited works on, and a new build replaces the old.

The book is served here under the name of a far host, since on the reader's own machine its service
worker asks the server first.
"""

import json
import os
import re
import shutil
import threading
import time
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
import serve
from test_lite import ERRORS, run_all, wait_for_notebook

from _ext.offline import keeper

HOST = "book.test"
CHAPTER = "chapters/gradient_u.html"
OTHER = "chapters/layouts.html"
MINUTE = 60_000
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) {
      const [path, revision] = url.slice(location.origin.length + 1).split("?");
      found[decodeURI(path)] = revision;
    }
  }
  return found;
}"""


class Server(ThreadingHTTPServer):
    """A server that can go away, come back with other files, and tells what it sent.

    One that is slow sends the beginning of a file and waits whether its packed form is preferred,
    since this machine, unlike a network, would have sent it all.
    """

    def __init__(self, handler=serve.Handler, slow=False):
        class Telling(handler):
            def send_head(self):
                if self.server.gone:
                    raise ConnectionAbortedError
                self.directory = os.fspath(self.server.folder)
                return super().send_head()

            def copyfile(self, source, target):
                path, sent = unquote(urlsplit(self.path).path).lstrip("/"), self.server.sent
                sent.setdefault(path, 0)
                while part := source.read(1 << 16):
                    target.write(part)
                    sent[path] += len(part)
                    if slow:
                        self.wait_for_packed(path)

            def wait_for_packed(self, path):
                if not (path.startswith("live/") and path.endswith((".wasm", ".zip", ".whl"))):
                    return
                for _ in range(300):
                    if f"{path}.gz" in self.server.sent:
                        break
                    time.sleep(0.1)
                time.sleep(0.1)

            def log_message(self, *args):
                pass

        self.begin()
        super().__init__(("127.0.0.1", 0), Telling)
        self.address = f"http://{HOST}:{self.server_port}/"

    def begin(self):
        """Be there, with the site as it was built, and as if nothing had been sent."""
        self.sent = {}  # how many bytes of which file
        self.gone, self.folder = False, serve.SITE
        return self

    def handle_error(self, request, client_address):
        pass  # somebody left, or we did


@contextmanager
def running(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def servers():
    """Both servers of this file; the second, as `python -m http.server`, compresses nothing."""
    with running(Server()) as usual, running(Server(SimpleHTTPRequestHandler, slow=True)) as plain:
        yield usual, plain


@pytest.fixture
def server(servers):
    return servers[0].begin()


@pytest.fixture
def plain_server(servers):
    return servers[1].begin()


@pytest.fixture(scope="module")
def far_browser(launch, servers):
    """A browser which knows one host, that of the servers, and calls it secure."""
    browser = launch(
        f"--host-resolver-rules=MAP {HOST} 127.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
        f"--unsafely-treat-insecure-origin-as-secure={','.join(x.address for x in servers)}",
    )
    yield browser
    browser.close()


@pytest.fixture
def reader(far_browser):
    """A function that opens a page for a reader who has kept nothing yet."""
    opened = []

    def start():
        opened.append(far_browser.new_context())
        return opened[-1].new_page()

    yield start
    for context in opened:
        context.close()


def table(folder=serve.SITE):
    text = (folder / "sw.js").read_text("utf-8")
    return json.loads(text[text.index("{") : text.index(";\n")])


def ahead(folder=serve.SITE):
    """What is fetched ahead."""
    return {
        name: revision
        for name, revision in table(folder).items()
        if not name.startswith(("live/", "lite/")) and not name.endswith((".map", ".pdf", ".zip"))
    }


def settle(page, folder=serve.SITE, missing=()):
    """Wait until the pages of this build are kept, and nothing of another."""
    wanted = {item for item in ahead(folder).items() if item[0] not in missing}
    allowed = table(folder).items()
    for _ in range(1800):
        kept = page.evaluate(KEPT).items()
        if wanted <= kept <= allowed:
            return dict(kept)
        page.wait_for_timeout(100)
    raise AssertionError(f"not kept: {wanted - kept}, too much: {kept - allowed}")


def run(page, cell=0):
    """Run a cell (with those above it) and return its state and what it shows."""
    if cell:
        page.locator("[data-live=above]").nth(cell).click()
    page.locator("[data-live=run]").nth(cell).click()
    box = page.locator(".cell[data-live-state]").nth(cell)
    done = "node => ['done', 'error'].includes(node.dataset.liveState)"
    page.wait_for_function(done, arg=box.element_handle(), timeout=2 * MINUTE)
    output = box.locator(".cell_output")
    return box.get_attribute("data-live-state"), output.inner_text() if output.count() else ""


def test_every_page_is_there_without_a_network_and_can_be_searched(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    settle(page)
    server.gone = True
    page.reload()
    assert page.locator("h1").is_visible()
    for name in (OTHER, "chapters/", "", f"{OTHER}?from=afar#remember", "chapters/layouts"):
        page.goto(server.address + name)
        page.locator("article h1").wait_for()
        assert page.evaluate("[...document.images].every(image => image.naturalWidth)")
    page.goto(f"{server.address}search.html?q=outer%20product")
    page.locator("#search-results a").first.wait_for()


def test_without_a_visit_nothing_is_there(server, reader):
    page = reader()
    server.gone = True
    with pytest.raises(Exception, match="ERR_EMPTY_RESPONSE"):
        page.goto(server.address + CHAPTER)


def test_a_page_that_is_read_fetches_nothing_of_what_runs_cells(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    kept = settle(page)
    assert [name for name in (*server.sent, *kept) if name.startswith(("live/", "lite/"))] == []


@pytest.mark.live
def test_cells_run_without_a_network_once_one_has_run(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    assert run(page)[0] == "done"  # at once: the worker was not yet there
    settle(page)
    server.gone = True
    server.sent.clear()
    page.reload()
    assert run(page)[0] == "done"
    page.goto(server.address + "chapters/gradient_v.html")
    assert run(page)[0] == "done"
    assert server.sent == {}


def first_cell(page, pattern):
    return page.locator(".cell[data-live-state]").evaluate_all(
        f"cells => cells.findIndex(cell => /{pattern}/.test(cell.textContent))"
    )


def wait_until_kept(page, *names):
    for _ in range(300):
        kept = " ".join(page.evaluate(KEPT))
        if all(name in kept for name in names):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not kept: {names}")


@pytest.mark.live
def test_once_a_cell_has_run_all_of_its_page_and_the_editor_work_without_a_network(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    assert run(page)[0] == "done"
    settle(page)
    wait_until_kept(page, "live/editor/index.js", "/matplotlib-", "/pillow-", "live/katex.min.js")
    assert not [name for name in server.sent if "sympy" in name]  # no cell of this page needs it
    server.gone = True
    server.sent.clear()
    page.reload()
    figure = first_cell(page, r"figures\.")
    assert run(page, figure)[0] == "done"
    page.locator("[data-live=edit]").first.click()
    page.locator(".cm-content").wait_for()
    assert server.sent == {}


@pytest.mark.live
def test_who_saves_data_is_sent_what_a_cell_needs_and_no_more(server, reader):
    page = reader()
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    page.goto(server.address + CHAPTER)
    assert run(page)[0] == "done"
    page.wait_for_timeout(5000)
    assert not [name for name in server.sent if re.search("editor|matplotlib", name)]


@pytest.mark.live
def test_what_no_cell_has_needed_yet_is_said_to_be_missing(server, reader):
    page = reader()
    page.goto(f"{server.address}chapters/cheat_sheet.html")  # it needs NumPy alone
    assert run(page)[0] == "done"
    settle(page)
    server.gone = True
    for name, pattern in ((OTHER, r"figures\."), ("chapters/symbols.html", "sympy")):
        page.goto(server.address + name)
        cell = first_cell(page, pattern)
        page.locator("[data-live=run]").nth(cell).click()
        box = page.locator(".cell[data-live-state]").nth(cell)
        box.locator(".traceback").wait_for()
        assert "could not be fetched: is there a connection?" in box.inner_text()
        assert ("sympy" if pattern == "sympy" else "matplotlib") in box.inner_text()
    server.gone = False
    assert run(page, cell)[0] == "done"


@pytest.mark.live
def test_what_was_never_fetched_is_said_to_be_missing_and_tried_again(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    settle(page)
    server.gone = True
    page.reload()
    cell = page.locator(".cell[data-live-state]").first
    status = cell.locator(".live-status")
    for name in ("run", "edit"):
        cell.locator(f"[data-live={name}]").click()
        status.get_by_text("could not be fetched. Is there a connection?").wait_for()
    server.gone = False
    assert run(page)[0] == "done"
    server.gone = True
    cell.locator("[data-live=edit]").click()
    status.get_by_text("The editor could not be fetched").wait_for()
    server.gone = False
    cell.locator("[data-live=edit]").click()
    cell.locator(".cm-content").wait_for()


@pytest.mark.live
def test_a_chapter_opens_as_a_notebook_without_a_network_once_it_has(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    settle(page)
    page.get_by_role("link", name="Open as notebook").click()
    wait_for_notebook(page)
    run_all(page)
    page.wait_for_function("navigator.serviceWorker.controller")
    server.gone = True
    page.goto(server.address + CHAPTER)
    page.get_by_role("link", name="Open as notebook").click()
    wait_for_notebook(page)
    run_all(page)
    assert page.evaluate(ERRORS) == []


def changed(site, folder):
    """A copy of the site as a later build: one chapter reads otherwise, another is gone."""
    shutil.copytree(site, folder, copy_function=os.link)
    page = folder / CHAPTER
    text = page.read_text("utf-8").replace("</h1>", " anew</h1>", 1)
    page.unlink()
    page.write_text(text, "utf-8")
    (folder / "chapters" / "bibliography.html").unlink()
    (folder / "sw.js").unlink()
    name = next(site.glob("*.zip"), site / "none").name
    files = keeper.site_files(folder, {"sw.js", name})
    (folder / "sw.js").write_bytes(keeper.worker(files))
    return folder


@pytest.fixture
def revisited(server, reader, site, tmp_path):
    """A function that gives a page which was kept, at a visit after a later build was uploaded."""

    def start(name):
        page = reader()
        page.goto(server.address + name)
        settle(page)
        page.reload()  # now it comes from what was kept
        assert not page.locator(".renewed").count()
        server.folder = changed(site, tmp_path / "later")
        server.sent.clear()
        page.reload()
        return page

    return start


def test_a_new_build_replaces_the_old_and_fetches_only_what_changed(server, revisited):
    page = revisited(CHAPTER)
    notice = page.locator(".renewed")
    notice.wait_for()
    assert "newer version" in notice.inner_text()
    assert notice.get_attribute("role") == "status"
    assert "anew" not in page.locator("h1").inner_text()  # not under the reader's eyes
    settle(page, server.folder)
    assert set(server.sent) == {"sw.js", CHAPTER}
    notice.get_by_role("button", name="Reload").click()
    page.locator("h1", has_text="anew").wait_for()
    assert not page.locator(".renewed").count()


def test_a_page_that_did_not_change_says_nothing_of_a_new_build(server, revisited):
    page = revisited(OTHER)
    settle(page, server.folder)
    assert not page.locator(".renewed").count()


def test_the_notice_can_be_put_away_and_is_not_printed(revisited):
    page = revisited(CHAPTER)
    notice = page.locator(".renewed")
    notice.wait_for()
    page.emulate_media(media="print")
    assert not notice.is_visible()
    page.emulate_media(media="screen")
    notice.get_by_role("button", name="Later").click()
    assert not notice.count()


def test_a_file_of_another_build_is_shown_but_not_kept(server, reader, site, tmp_path):
    """In the middle of an upload the table may be older than the files."""
    folder = changed(site, tmp_path / "mixed")
    (folder / "sw.js").write_bytes((site / "sw.js").read_bytes())
    server.folder = folder
    page = reader()
    page.goto(server.address + OTHER)
    settle(page, folder, missing={CHAPTER, "chapters/bibliography.html"})
    page.goto(server.address + CHAPTER)
    assert "anew" in page.locator("h1").inner_text()
    page.wait_for_timeout(300)
    assert CHAPTER not in page.evaluate(KEPT)


def test_a_full_disk_breaks_no_page(server, reader):
    page = reader()
    page.goto(server.address + CHAPTER)
    session = page.context.new_cdp_session(page)
    quota = {"origin": server.address, "quotaSize": 10_000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    page.wait_for_function("navigator.serviceWorker.controller")
    for name in (OTHER, CHAPTER):
        page.goto(server.address + name)
        assert page.locator("h1").is_visible()
    assert len(page.evaluate(KEPT)) < len(ahead())


def test_who_saves_data_is_sent_nothing_that_was_not_asked_for(server, reader, site, tmp_path):
    saving = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}});\n"
    folder = changed(site, tmp_path / "saving")
    worker = (folder / "sw.js").read_text("utf-8")
    (folder / "sw.js").write_text(saving + worker, "utf-8")
    server.folder = folder
    page = reader()
    page.goto(server.address + CHAPTER)
    page.wait_for_function("navigator.serviceWorker.controller")
    page.goto(server.address + OTHER)
    page.wait_for_timeout(1000)
    assert {name for name in server.sent if name.endswith(".html")} == {CHAPTER, OTHER}
    server.gone = True
    page.reload()
    assert page.locator("h1").is_visible()


@pytest.mark.live
def test_a_server_that_does_not_compress_sends_the_packed_files(plain_server, reader):
    server = plain_server
    page = reader()
    page.goto(server.address + CHAPTER)
    assert run(page)[0] == "done"
    packed = {name: size for name, size in server.sent.items() if name.endswith(".gz")}
    assert {name.rpartition("/")[2].split("-")[0] for name in packed} == {
        *("numpy", "wuv", "python_stdlib.zip.gz", "pyodide.asm.wasm.gz")
    }
    assert all(size == (serve.SITE / name).stat().st_size for name, size in packed.items())
    # What had begun to come unpacked is given up; the browser may take a moment to say so.
    begun = {name.removesuffix(".gz") for name in packed}
    whole = sum((serve.SITE / name).stat().st_size for name in begun)
    assert sum(server.sent[name] for name in begun) < whole / 3
    settle(page)
    server.gone = True
    page.reload()
    assert run(page)[0] == "done"
