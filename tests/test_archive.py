"""The whole book as one file: unpacked and served by Python alone, it has everything."""

import re
import subprocess
import sys
import zipfile

import pytest

from _ext.offline import archive, keeper

NAME = "where-does-the-transpose-go.zip"
FRONT = "chapters/index.html"
SMALL = {
    FRONT: b'<h1>A</h1><div class="take-away docutils container">\n<p>b</p>\n</div>\n<p>c</p>',
    "_static/a.js": b"1;" * 999,
}


@pytest.fixture(scope="module")
def packed(site):
    path = site / NAME
    if not path.is_file():
        pytest.skip("the book was built without its archive")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture
def unpacked(packed, tmp_path):
    packed.extractall(tmp_path)
    return tmp_path / NAME.removesuffix(".zip")


@pytest.fixture
def served(unpacked):
    """What the README tells a reader to do, on a free port."""
    command = re.search(r"python3 (-m http\.server .*)", (unpacked / "README.txt").read_text())[1]
    server = subprocess.Popen(
        [sys.executable, "-u", *command.split(), "0"],
        cwd=unpacked,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
    server.terminate()
    server.wait()
    server.stdout.close()


def test_all_is_in_one_folder_and_nothing_only_a_server_needs(packed, site):
    names = packed.namelist()
    assert {name.split("/")[0] for name in names} == {NAME.removesuffix(".zip")}
    assert not [name for name in names if name.endswith((".gz", ".br", ".zip.part", NAME))]
    inside = {name.partition("/")[2] for name in names}
    assert inside == {*keeper.site_files(site, {NAME}), "README.txt"}


def test_what_was_taken_does_not_offer_to_be_taken(packed, site):
    page = packed.read(f"{NAME.removesuffix('.zip')}/{FRONT}")
    assert b"take-away" not in page
    assert NAME.encode() not in page
    assert b"take-away" in (site / FRONT).read_bytes()


def test_the_page_says_how_large_the_file_is(packed, site):
    size = (site / NAME).stat().st_size
    said = re.search(r'<span class="size">(\d+) MB</span>', (site / FRONT).read_text("utf-8"))
    assert abs(int(said[1]) * 1e6 - size) <= 0.5e6


@pytest.mark.live
def test_a_cell_runs_as_the_readme_says(visit_at, served):
    tab = visit_at(served)
    page = tab.page
    page.goto(f"{served}index.html")
    page.wait_for_url("**/chapters/index.html")
    page.goto(f"{served}chapters/gradient_u.html")
    page.locator("[data-live=run]").first.click()
    page.locator(".cell[data-live-state=done]").wait_for(timeout=120_000)
    assert not [trouble for trouble in tab.troubles if "host" in trouble]


def test_the_same_site_gives_the_same_bytes(tmp_path):
    files = archive.contents(SMALL, FRONT, keeper.worker)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        archive.write(tmp_path / name / "book.zip", dict(reversed(files.items())))
    written = [(tmp_path / name / "book.zip").read_bytes() for name in ("a", "b")]
    assert written[0] == written[1]


def test_it_is_written_anew_only_when_something_changed(tmp_path):
    target = tmp_path / "book.zip"
    archive.write(target, archive.contents(SMALL, FRONT, keeper.worker))
    before = target.stat().st_mtime_ns, target.stat().st_ino
    archive.write(target, archive.contents(SMALL, FRONT, keeper.worker))
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == before
    archive.write(target, archive.contents(SMALL | {"new.html": b"1"}, FRONT, keeper.worker))
    with zipfile.ZipFile(target) as opened:
        assert "book/new.html" in opened.namelist()
    target.write_bytes(target.read_bytes()[:99])  # as a full disk leaves it
    archive.write(target, archive.contents(SMALL, FRONT, keeper.worker))
    with zipfile.ZipFile(target) as opened:
        assert opened.testzip() is None
    assert [path.name for path in tmp_path.iterdir()] == ["book.zip"]


def test_an_archive_of_another_name_goes_and_a_readers_own_stays(tmp_path):
    archive.write(tmp_path / "old.zip", archive.contents(SMALL, FRONT, keeper.worker))
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as other:
        other.writestr("a", "b")
    archive.remove_others(tmp_path, "new.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["data.zip"]
