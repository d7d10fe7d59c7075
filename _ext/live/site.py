"""The folder `live/` of the site: the runtime, our package compiled for it, and the scripts."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from _ext.build import state
from _ext.build.files import stamp
from _ext.live import ask, cells
from _ext.live.runtime import compile_with, compress, entry, pack, runtime, unpack

HERE = Path(__file__).parent
SCRIPTS = ("live.js", "worker.js", "session.py")
FOLDER = "live"


def tag(app, config):
    """Let a chapter say `{only} live`."""
    if config.live:
        app.tags.add("live")


def prepare(app):
    """Have the runtime before the chapters run: what cannot be had is said at once."""
    wanted = app.config.live and app.builder.format == "html"
    state.of(app).runtime = runtime() if wanted else None


def offer(app, pagename, templatename, context, doctree):
    if state.of(app).runtime:
        version = stamp(*((HERE / name).read_bytes() for name in SCRIPTS))
        context["live_js"] = f"{FOLDER}/live.js?v={version}"


def write(app):
    target = Path(app.outdir, FOLDER)
    if not bring(state.of(app).runtime, target):
        return
    for name in SCRIPTS:
        shutil.copyfile(HERE / name, target / name)
    add_package(Path(app.outdir, "notebooks", state.of(app).wheel), target / "pyodide")
    write_sizes(target)


def bring(source, target):
    """Copy what was made in the cache, unless it is there already; without it remove what is."""
    marker = target / "runtime.txt"
    if source and marker.is_file() and marker.read_text() == source.name:
        return True
    shutil.rmtree(target, ignore_errors=True)
    if not source:
        return False
    try:
        shutil.copytree(source, target, copy_function=os.link)
    except OSError:  # on another disk
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    marker.write_text(source.name)
    return True


def add_package(wheel, pyodide):
    """Compile the package and list it in Pyodide's lock, in a folder named by its digest."""
    version = stamp(wheel.read_bytes())
    packed = pyodide / version / wheel.name
    if not packed.is_file():
        making = pyodide / ".making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for old in pyodide.glob(f"*/{wheel.name}"):
            shutil.rmtree(old.parent)
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder, wheel.name)
            unpack(wheel, tree)
            compile_with(pyodide, tree)
            pack(tree, making / wheel.name, keep_sources=True)
        compress(making)
        making.rename(packed.parent)  # at once, so that a build cut short leaves no half of it
    path = pyodide / "pyodide-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    lock["packages"]["wuv"] = entry(pyodide, "wuv", f"{version}/{wheel.name}", ["wuv"], ["numpy"])
    for old in (path, *pyodide.glob("pyodide-lock.json.*")):
        old.unlink(missing_ok=True)  # it may be a link into the cache
    path.write_text(json.dumps(lock), "utf-8")


def write_sizes(target):
    """For the progress line: how large each file is, unpacked and as it travels."""
    pyodide = target / "pyodide"
    sizes = {
        path.relative_to(pyodide).as_posix().removesuffix(".br"): [
            path.with_suffix("").stat().st_size,
            path.stat().st_size,
        ]
        for path in sorted(pyodide.rglob("*.br"))
        if path.name.endswith((".wasm.br", ".zip.br", ".whl.br"))
    }
    (target / "sizes.json").write_text(json.dumps(sizes), "utf-8")


def setup(app):
    app.add_config_value("live", os.environ.get("WUV_LIVE") != "0", "html", [bool])
    cells.setup(app)
    ask.setup(app)
