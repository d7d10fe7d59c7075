"""Chapters in JupyterLite: every cell runs, no other host is asked, and nothing a reader saved
is lost or hides the book."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import serve
from conftest import Visit
from test_links import read as links_of_pages
from test_notebooks import relative_links, text_cells

SLOW = 180_000  # milliseconds: a busy machine is no failure

# In the page: the output of every cell, and which of them are errors that the book does not expect.
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === "code")
  .map(cell => cell.model.toJSON())
  .filter(cell => !(cell.metadata.tags ?? []).includes("raises-exception"))
  .flatMap(cell => cell.outputs
    .filter(output => output.output_type === "error" || output.name === "stderr")
    .map(output => [].concat(cell.source).join("") + output.evalue + output.text))"""
UNRUN = """() => jupyterapp.shell.currentWidget.content.widgets
  .map(cell => cell.model)
  .filter(model => model.type === "code")
  .filter(model => !model.executionCount || model.executionState !== "idle").length"""
KINDS = """() => [...new Set(jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === "code")
  .flatMap(cell => cell.model.toJSON().outputs)
  .flatMap(output => Object.keys(output.data ?? {})))]"""
# In the page: the paths under which this browser keeps files.
KEPT = """async () => {
  const found = (await indexedDB.databases()).find(({ name }) => name.startsWith("JupyterLite"));
  if (!found) return [];
  const asked = indexedDB.open(found.name);
  await new Promise(done => (asked.onsuccess = done));
  const keys = asked.result.transaction("files").objectStore("files").getAllKeys();
  await new Promise(done => (keys.onsuccess = done));
  asked.result.close();
  return keys.result;
}"""


def serious(tab):
    """What went wrong in a tab, without what JupyterLite mutters on its console."""
    return [trouble for trouble in tab.troubles if not trouble.startswith("console:")]


def wait_for_notebook(page):
    page.wait_for_url("**/lite/notebooks/**", timeout=SLOW)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SLOW)
    page.wait_for_function("jupyterapp.shell.currentWidget.context.isReady", timeout=SLOW)


def run_all(page):
    """Run every cell, once Python is there, and wait for the last or for an error."""
    page.set_default_timeout(SLOW)
    page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells').then(Boolean)")
    # The command itself ends early at an expected error.
    page.wait_for_function(f"({UNRUN})() === 0 || ({ERRORS})().length > 0")


def source(page, index=0):
    return page.evaluate(
        "i => jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.getSource()",
        index,
    )


def write_and_save(page, text, index=0):
    """Put a text into a cell and save, as a reader does with the keyboard."""
    page.evaluate(
        """([text, i]) => {
          const { content, context } = jupyterapp.shell.currentWidget;
          content.widgets[i].model.sharedModel.setSource(text);
          return context.save();
        }""",
        [text, index],
    )


def copy_of_site(site, folder):
    """A site whose notebooks may be changed: the files of JupyterLite and the door."""
    for name in ("lite", "_static"):
        shutil.copytree(site / name, folder / name)
    shutil.copyfile(site / "notebook.html", folder / "notebook.html")
    return folder


@pytest.fixture
def reader(chromium):
    """A function that opens a reader's browser, which keeps what is saved, at an address."""
    opened = []

    def start(address):
        opened.append(Visit(chromium, address))
        return opened[-1]

    yield start
    for tab in opened:
        tab.context.close()


@contextmanager
def changed(path):
    """A notebook's content, to be changed and written back."""
    notebook = json.loads(path.read_text("utf-8"))
    yield notebook
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("gradient_u", {"image/svg+xml", "text/html", "text/latex"}),
        ("symbols", {"image/svg+xml", "text/html"}),
    ],
)
def test_a_chapter_opens_with_one_click_and_every_cell_runs(visit, name, kinds):
    tab = visit()
    page = tab.open(f"chapters/{name}.html")
    page.get_by_role("link", name="Open as notebook").click()
    wait_for_notebook(page)
    assert page.locator(".jp-Dialog").count() == 0
    run_all(page)
    assert page.evaluate(ERRORS) == []
    assert kinds <= set(page.evaluate(KINDS))
    if "text/latex" in kinds:
        page.locator(".jp-OutputArea mjx-container").first.wait_for()
    assert serious(tab) == []


def test_an_error_in_a_notebook_would_be_seen(visit):
    tab = visit()
    page = tab.page
    page.goto(tab.address + "notebook.html?chapter=gradient_u")
    wait_for_notebook(page)
    write_and_save(page, "import nowhere", 1)
    run_all(page)
    assert "nowhere" in page.evaluate(ERRORS)[0]


def test_opening_alone_saves_nothing(reader, address):
    page = reader(address).page
    page.goto(address + "notebook.html?chapter=gradient_u")
    wait_for_notebook(page)
    page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'",
        timeout=SLOW,
    )
    assert not page.evaluate("jupyterapp.shell.currentWidget.context.model.dirty")
    assert page.evaluate(KEPT) == []


def test_a_saved_copy_and_a_new_version_of_the_book_are_both_there(reader, site, tmp_path):
    folder = copy_of_site(site, tmp_path)
    with serve.serving(folder) as address:
        tab = reader(address)
        page = tab.page
        door = address + "notebook.html?chapter=gradient_u"
        page.goto(door)
        wait_for_notebook(page)
        write_and_save(page, "mine, first")

        with changed(folder / "lite/files/gradient_u.ipynb") as notebook:
            notebook["cells"][0]["source"] = ["# The book's new version"]
        page.goto(door)
        page.get_by_role("link", name="Open the book’s version").click()
        wait_for_notebook(page)
        assert source(page) == "# The book's new version"
        write_and_save(page, "mine, second")

        page.goto(door)
        links = page.locator("#notebook-door li a")
        links.first.wait_for()
        assert links.count() == 2
        found = set()
        for i in range(2):
            page.goto(door)
            links.nth(i).click()
            wait_for_notebook(page)
            found.add(source(page))
        assert found == {"mine, first", "mine, second"}
        assert len(page.evaluate(KEPT)) == 2
        troubles = [trouble for trouble in serious(tab) if "/live/" not in trouble]
        assert troubles == []


def test_a_copy_goes_only_when_the_reader_says_so(reader, address):
    page = reader(address).page
    door = address + "notebook.html?chapter=gradient_v"
    page.goto(door)
    wait_for_notebook(page)
    write_and_save(page, "mine")
    page.goto(door)
    delete = page.get_by_role("button", name="Delete")
    page.once("dialog", lambda dialog: dialog.dismiss())
    delete.click()
    assert len(page.evaluate(KEPT)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    delete.click()
    delete.wait_for(state="detached")
    assert page.evaluate(KEPT) == []


def test_outputs_alone_make_no_copy(reader, address):
    page = reader(address).page
    door = address + "notebook.html?chapter=gradient_u"
    page.goto(door)
    wait_for_notebook(page)
    write_and_save(page, source(page))
    assert page.evaluate(KEPT) == ["gradient_u.ipynb"]
    page.goto(door)
    wait_for_notebook(page)
    assert page.evaluate(KEPT) == ["gradient_u.ipynb"]


def test_a_notebook_that_is_not_there_is_said_and_nothing_is_kept(visit):
    tab = visit()
    page = tab.open("notebook.html?chapter=nowhere")
    page.get_by_text("There is no notebook called “nowhere”.").wait_for()
    assert page.evaluate("indexedDB.databases()") == []
    assert tab.troubles == []


def follow(page, link):
    """The tab that a click on a link opens."""
    with page.expect_popup() as opened:
        link.first.click()
    return opened.value


def linked(page, words):
    return page.locator(".jp-RenderedMarkdown").get_by_role("link", name=words, exact=True)


def path_shown(page):
    return page.evaluate("jupyterapp.shell.currentWidget.context.path")


@pytest.mark.parametrize("whose", ["the book's", "the reader's own"])
def test_links_lead_to_other_notebooks_and_back_to_the_pages(reader, address, whose):
    page = reader(address).page
    door = address + "notebook.html?chapter=gradient_W"
    page.goto(door)
    wait_for_notebook(page)
    if whose == "the reader's own":
        write_and_save(page, "mine", 1)
        page.goto(door)
        page.locator("#notebook-door li a").click()
        wait_for_notebook(page)
    assert path_shown(page).startswith("mine/") == (whose == "the reader's own")

    other = follow(page, linked(page, "The five steps"))
    wait_for_notebook(other)
    assert path_shown(other) == "gradient_v.ipynb"

    section = follow(page, page.locator('.jp-RenderedMarkdown a[href*="#"]:not([href^="#"])'))
    section.wait_for_url(f"{address}chapters/*.html#*")

    chapter = follow(page, linked(page, "This chapter as a page"))
    chapter.wait_for_url(address + "chapters/gradient_W.html")
    assert chapter.get_by_role("link", name="Open as notebook").count() == 1

    first = follow(page, page.locator("#jp-NotebookLogo"))
    first.wait_for_url(address + "notebook.html")
    first.get_by_text("Your own copies" if whose != "the book's" else "will be listed").wait_for()


def test_where_jupyterlite_expects_its_list_of_files_a_notebook_opens(visit):
    tab = visit()
    page = tab.page
    page.goto(tab.address + "lite/tree?path=layouts.ipynb")
    wait_for_notebook(page)
    assert path_shown(page) == "layouts.ipynb"
    page.goto(tab.address + "lite/tree?path=mine%2Flayouts%202026-01-01.ipynb")
    page.wait_for_url("**/lite/notebooks/index.html?path=mine%2Flayouts%202026-01-01.ipynb")


def test_what_a_cell_shows_leads_to_the_page_of_a_chapter(visit):
    tab = visit()
    page = tab.page
    page.goto(tab.address + "notebook.html?chapter=diagnose")
    wait_for_notebook(page)
    run_all(page)
    link = page.locator(".jp-OutputArea .diagnosis-more a").first
    name = link.text_content()
    chapter = follow(page, link)
    chapter.wait_for_url(tab.address + "chapters/*.html")
    assert chapter.locator("h1").text_content().startswith(name)


def test_every_link_of_a_notebook_leads_to_a_page_or_a_file_of_the_site(site):
    place = "lite/notebooks/index.html"
    pages, broken = links_of_pages(site), []
    for path in sorted(site.glob("lite/files/*.ipynb")):
        for cell in text_cells(path):
            for link in relative_links(cell.source):
                parts = urlsplit(urljoin(f"/{place}", link))
                target = parts.path.lstrip("/")
                chapter = parse_qs(parts.query).get("chapter")
                if (
                    not link.startswith("../../")
                    or not (site / target).is_file()
                    or (chapter and not (site / f"lite/files/{chapter[0]}.ipynb").is_file())
                    or (parts.fragment and parts.fragment not in pages[target].anchors)
                ):
                    broken.append(f"{path.name}: {link}")
    assert broken == []


def test_the_notebooks_are_those_to_download_but_for_the_kernel_and_the_links(site):
    names = {path.name for path in site.glob("notebooks/*.ipynb")}
    listing = json.loads((site / "lite/api/contents/all.json").read_text("utf-8"))
    assert {item["name"] for item in listing["content"]} == names
    for name in names:
        here, there = (
            json.loads((site / folder / name).read_text("utf-8"))
            for folder in ("lite/files", "notebooks")
        )
        assert [cell["cell_type"] for cell in here["cells"]] == [
            cell["cell_type"] for cell in there["cells"]
        ]
        for one, other in zip(here["cells"], there["cells"], strict=True):
            assert one == other or one["cell_type"] == "markdown"
        assert here["metadata"]["kernelspec"]["name"] == "python"


def test_every_package_of_the_kernel_is_in_the_folder_of_the_pages(site):
    settings = json.loads((site / "lite/jupyter-lite.json").read_text("utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][
        "@jupyterlite/pyodide-kernel-extension:kernel"
    ]
    script = Path(site / "lite", kernel["pyodideUrl"]).resolve()
    assert script == (site / "live/pyodide/pyodide.js").resolve()
    lock = json.loads(script.with_name("pyodide-lock.json").read_text("utf-8"))["packages"]
    wanted = {name.replace("_", "-") for name in kernel["loadPyodideOptions"]["packages"]}
    assert wanted <= set(lock)
    for package in lock.values():
        assert (script.parent / package["file_name"]).is_file()
        assert set(package["depends"]) <= set(lock)


def test_jupyterlite_brings_no_map_and_no_worker_of_its_own(site):
    names = [path.name for path in (site / "lite").rglob("*")]
    assert not [name for name in names if name.endswith(".map") or name == "service-worker.js"]
