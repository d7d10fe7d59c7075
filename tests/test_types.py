"""Types: what the package offers says what it takes and what it gives."""

import importlib
import inspect
import tomllib
from pathlib import Path

import pytest

import wuv

ROOT = Path(__file__).parents[1]
CHECKED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["files"]


def called(file):
    """The name by which a file or a folder is imported."""
    return ".".join(Path(file).with_suffix("").parts[1:]).removesuffix(".__init__")


def offered(file):
    """The public functions and classes of a module, or those that a package names in __all__."""
    name = called(file)
    module = importlib.import_module(name)
    if file.endswith(".py"):
        names = [x for x, y in vars(module).items() if getattr(y, "__module__", "") == name]
    else:
        names = module.__all__
    things = [inspect.unwrap(getattr(module, x)) for x in names if not x.startswith("_")]
    return [x for x in things if inspect.isfunction(x) or inspect.isclass(x)]


def functions(thing):
    """A function, or the public ones of a class."""
    if inspect.isfunction(thing):
        return [thing]
    members = [y.fget if isinstance(y, property) else y for y in vars(thing).values()]
    return [x for x in members if inspect.isfunction(x) and not x.__name__.startswith("_")
            and x.__module__ == thing.__module__]  # fmt: skip


def bare(function):
    """What has no type, of a function's arguments and its result."""
    signature = inspect.signature(function)
    names = [x.name for x in signature.parameters.values()
             if x.annotation is x.empty and x.name != "self"]  # fmt: skip
    return names + ["return"] * (signature.return_annotation is signature.empty)


@pytest.mark.parametrize("file", CHECKED)
def test_what_is_offered_has_types(file):
    found = {x.__qualname__: bare(x) for thing in offered(file) for x in functions(thing)}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_types_of_the_package_itself_are_checked():
    homes = {getattr(wuv, x).__module__ for x in wuv.__all__}
    checked = {*map(called, CHECKED)}
    assert {x for x in homes if not {x, x.rpartition(".")[0]} & checked} == set()


def test_a_function_without_types_is_seen():
    assert bare(lambda x, y=1: x) == ["x", "y", "return"]
