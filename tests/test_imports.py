"""The package from outside: its floors, what it loads, what it offers and what its examples say."""

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import wuv

FOLDER = Path(wuv.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))

# A module may import from its own floor and from those below; a new module must be given a floor.
FLOORS = [
    {
        "shapes",
        "model",
        "difference",
        "problems",
        "handwriting",
        "csv_tables",
        "tensors",
        "written",
    },
    {"algebra", "arguments", "check", "counting", "descent", "embedding", "kinks", "tape"},
    {"mathtext", "points"},
    {"derivation", "equations"},
    {"diagnosis"},
    {"figures", "worksheet", "live"},
    {"__init__", "__main__"},
]
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
GROUND = {"numpy"}
OUTSIDE = {
    "figures": {"matplotlib"},
    "mathtext": {"math_core"},
    "worksheet": {"math_core", "typst"},
}  # what else a module may import, beside NumPy


def place(path):
    """The part of the package that a file belongs to: its own name, or its folder's."""
    return path.relative_to(FOLDER).parts[0].removesuffix(".py")


def imports(text):
    """The full names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "say the whole name: from wuv.model import …"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward(name, text):
    """What a module of this name imports from above its floor, or from `wuv` itself."""
    ours = [found.split(".") for found in imports(text) if found.split(".")[0] == "wuv"]
    return [
        ".".join(parts)
        for parts in ours
        if len(parts) < 2 or FLOOR.get(parts[1], len(FLOORS)) > FLOOR[name]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_module_has_a_floor_and_imports_only_downward(path):
    assert place(path) in FLOOR, f"{path.name} has no floor yet; give it one in FLOORS"
    assert upward(place(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import wuv.check",
        "from wuv.check import check_gradient",
        "from wuv import check_gradient",
        "import wuv",
        "def later():\n    from wuv.figures import loss_curve",
    ],
)
def test_an_upward_import_would_be_seen(text):
    assert upward("model", text)
    assert not upward("model", "from wuv.shapes import array\nimport wuv.difference")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_module_needs_numpy_and_what_it_is_allowed(path):
    tops = {name.split(".")[0] for name in imports(path.read_text(encoding="utf-8"))}
    others = tops - set(sys.stdlib_module_names) - {"wuv"}
    assert others <= GROUND | OUTSIDE.get(place(path), set())


def loaded_by(statement):
    """The modules that a fresh Python has after a statement."""
    run = [sys.executable, "-W", "error", "-c", f"{statement}; import sys; print(*sys.modules)"]
    return {*subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()}


def test_importing_wuv_loads_nothing_yet():
    assert {x for x in loaded_by("import wuv") if x.startswith(("wuv", "numpy"))} == {"wuv"}


def test_asking_wuv_for_a_gradient_loads_neither_sympy_nor_matplotlib_nor_figures():
    loaded = loaded_by("from wuv import case_a, check_gradient, descend, grad_u")
    assert {"wuv", "wuv.model", "numpy"} <= loaded
    heavy = {"sympy", "matplotlib", "scipy", "pandas", "IPython"}
    heavy |= {
        "typst",
        "math_core",
        "wuv.mathtext",
        "wuv.worksheet",
        "wuv.figures",
        "wuv.algebra",
        "wuv.equations",
        "wuv.derivation",
        "wuv.diagnosis",
    }
    assert not heavy & loaded


@pytest.mark.parametrize("name", wuv.__all__)
def test_every_public_name_is_there_and_explains_itself(name):
    thing = getattr(wuv, name)
    text = thing.__doc__ or ""
    assert text.strip()
    assert not text.startswith(f"{name}("), "this docstring was made by a machine"


def test_the_list_of_public_names_is_sorted_and_has_no_name_twice():
    assert wuv.__all__ == sorted(set(wuv.__all__))


def test_every_public_name_that_is_imported_is_listed():
    modules = {place(path) for path in FILES} | {"importlib", "Any", "TYPE_CHECKING"}
    found = {name for name in dir(wuv) if not name.startswith("_")} - modules
    assert found == set(wuv.__all__)


def public(module):
    for name, thing in vars(module).items():
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__:
            yield name, thing


def module_of(path):
    parts = path.relative_to(FOLDER.parent).with_suffix("").parts
    return importlib.import_module(".".join(parts).removesuffix(".__init__"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_module_and_its_functions_are_explained(path):
    module = module_of(path)
    assert module.__doc__
    assert [name for name, thing in public(module) if not thing.__doc__] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_the_examples_in_a_module_are_true(path):
    assert doctest.testmod(module_of(path)).failed == 0


@pytest.mark.parametrize(
    "name", ["shapes", "model", "difference", "check", "descent", "problems", "tape"]
)
def test_the_modules_that_a_student_reads_first_open_with_an_example(name):
    module = importlib.import_module(f"wuv.{name}")
    assert ">>> " in module.__doc__
