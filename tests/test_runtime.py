"""The runtime's files: what goes wrong while they are fetched is said, and nothing half is used.

Nothing is downloaded here: pip is told that there is no index, or the making itself is a stand-in.
"""

import os
import subprocess
import sys
import threading
import time
import zipfile

import pytest
import serve

from _ext.live import runtime, site

OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("WUV_CACHE", str(folder))
    monkeypatch.delenv("WUV_PYODIDE", raising=False)
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def small(monkeypatch):
    """A runtime of one file."""

    def make(work, made):
        made.mkdir()
        (made / "file").write_text("whole")

    monkeypatch.setattr(runtime, "make", make)


@pytest.fixture
def release(site, tmp_path, monkeypatch):
    """A folder with one of the official files, as WUV_PYODIDE."""
    official = site / "live" / "pyodide" / "pyodide.js"
    if not official.is_file():
        pytest.skip("the book was built without live cells")
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "pyodide.js").write_bytes(official.read_bytes())
    monkeypatch.setenv("WUV_PYODIDE", str(folder))
    return folder


def test_a_file_given_in_a_folder_is_taken_if_it_is_the_expected_one(cache, release, tmp_path):
    expected = runtime.recipe()["core"]["pyodide.js"]
    content = runtime.Source(tmp_path).file("pyodide.js", expected)
    assert content == (release / "pyodide.js").read_bytes()


def test_a_file_that_was_tampered_with_is_refused_by_name(cache, release):
    with (release / "pyodide.js").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(runtime.RuntimeFilesError) as caught:
        runtime.runtime()
    words = str(caught.value)
    assert words.startswith("pyodide.js is not the file that was expected")
    assert runtime.recipe()["core"]["pyodide.js"] in words
    assert str(release) in words
    assert "LIVE=0" in words
    assert list(cache.iterdir()) == []


def test_without_a_network_it_is_said_how_to_build_without(cache):
    with pytest.raises(runtime.RuntimeFilesError, match=r"Is there a network.*make book LIVE=0"):
        runtime.runtime()
    assert list(cache.iterdir()) == []


def test_the_message_comes_alone(cache):
    command = [sys.executable, "-m", "_ext.live.runtime"]
    done = subprocess.run(command, cwd=serve.ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "Is there a network?" in done.stderr.splitlines()[-1]


def test_a_cache_that_cannot_be_written_is_named(cache, small):
    cache.write_text("a file where a folder should be")
    with pytest.raises(runtime.RuntimeFilesError) as caught:
        runtime.runtime()
    assert str(cache) in str(caught.value)
    assert "Set WUV_CACHE" in str(caught.value)


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write everywhere")
def test_a_cache_that_may_not_be_written_is_named(cache, small):
    cache.mkdir(mode=0o500)
    with pytest.raises(runtime.RuntimeFilesError, match="Set WUV_CACHE"):
        runtime.runtime()


def test_a_disk_that_is_full_leaves_nothing(cache, monkeypatch):
    def full(work, made):
        made.mkdir()
        (made / "file").write_text("hal")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runtime, "make", full)
    with pytest.raises(runtime.RuntimeFilesError, match="No space left on device"):
        runtime.runtime()
    assert list(cache.iterdir()) == []


INTERRUPTED = """
import time
from _ext.live import runtime

def make(work, made):
    made.mkdir()
    (made / "file").write_text("hal")
    print("begun", flush=True)
    time.sleep(600)

runtime.make = make
runtime.runtime()
"""


def test_a_build_that_is_killed_leaves_nothing_that_is_used(cache, small):
    env = os.environ | {"PYTHONPATH": str(serve.ROOT)}
    command = [sys.executable, "-c", INTERRUPTED]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as build:
        assert build.stdout.readline().strip() == b"begun"
        build.kill()
    (left,) = cache.iterdir()
    assert (runtime.runtime() / "file").read_text() == "whole"
    assert left.is_dir()  # whose it is, and whether it still works, cannot be known
    yesterday = time.time() - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    (cache / f"runtime-{runtime.digest()}").rename(cache / "runtime-of-another-recipe")
    made = runtime.runtime()
    assert {path.name for path in cache.iterdir()} == {made.name, "runtime-of-another-recipe"}


def test_two_builds_at_once_end_with_one_runtime(cache, monkeypatch):
    both = threading.Barrier(2, timeout=30)

    def make(work, made):
        made.mkdir()
        both.wait()
        (made / "file").write_text("whole")

    monkeypatch.setattr(runtime, "make", make)
    found = []
    builds = [threading.Thread(target=lambda: found.append(runtime.runtime())) for _ in range(2)]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert found[0] == found[1]
    assert [path.name for path in cache.iterdir()] == [found[0].name]
    assert (found[0] / "file").read_text() == "whole"


def test_a_site_whose_copying_was_cut_short_is_copied_again(tmp_path, monkeypatch):
    source, target = tmp_path / "runtime-1", tmp_path / "live"
    source.mkdir()
    for name in "ab":
        (source / name).write_text(name)

    def cut_short(source, target, copy_function=None):
        target.mkdir()
        (target / "a").write_text("a")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(site.shutil, "copytree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            site.bring(source, target)
    site.bring(source, target)
    assert (target / "b").read_text() == "b"


def test_a_package_whose_packing_was_cut_short_is_packed_again(tmp_path, monkeypatch):
    wheel, pyodide = tmp_path / "wuv-0.1.0-py3-none-any.whl", tmp_path / "pyodide"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("wuv/__init__.py", "x = 1\n" * 999)
    pyodide.mkdir()
    (pyodide / "pyodide-lock.json").write_text('{"packages": {}}')
    monkeypatch.setattr(site, "compile_with", lambda *args: None)
    squeeze = site.compress

    def cut_short(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(site, "compress", cut_short)
    with pytest.raises(KeyboardInterrupt):
        site.add_package(wheel, pyodide)
    assert list(pyodide.glob("*/*.whl")) == [pyodide / ".making" / wheel.name]
    monkeypatch.setattr(site, "compress", squeeze)
    site.add_package(wheel, pyodide)
    names = {path.name for path in pyodide.glob("*/*")}
    assert names == {wheel.name, f"{wheel.name}.br", f"{wheel.name}.gz"}
    assert not (pyodide / ".making").exists()
