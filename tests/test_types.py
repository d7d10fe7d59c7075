"""Types: what the package offers says what it takes and what it gives."""

import importlib
import inspect
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOME = ROOT / "code/wuv"
MODULES = sorted(
    f"wuv.{x.stem}".removesuffix(".__init__")
    for x in HOME.iterdir()
    if x.suffix == ".py" or (x / "__init__.py").exists()
)


def offered(name):
    """The public functions and classes that a module names in __all__, or all of them."""
    module = importlib.import_module(name)
    own = [x for x, y in vars(module).items() if getattr(y, "__module__", "") == name]
    names = getattr(module, "__all__", own)
    things = [inspect.unwrap(getattr(module, x)) for x in names if not x.startswith("_")]
    return [x for x in things if inspect.isfunction(x) or inspect.isclass(x)]


def functions(thing):
    """A function, or the public ones of a class."""
    if inspect.isfunction(thing):
        return [thing]
    hidden = ("fget", "func", "__func__")  # behind a property, a cached one, a class method
    members = [next((getattr(y, x) for x in hidden if hasattr(y, x)), y)
               for y in vars(thing).values()]  # fmt: skip
    return [x for x in members if inspect.isfunction(x) and not x.__name__.startswith("_")
            and x.__module__ == thing.__module__]  # fmt: skip


def bare(function):
    """What has no type, of a function's arguments and its result."""
    signature = inspect.signature(function)
    names = [x.name for x in signature.parameters.values()
             if x.annotation is x.empty and x.name != "self"]  # fmt: skip
    return names + ["return"] * (signature.return_annotation is signature.empty)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_offered_has_types(name):
    untyped = {x.__qualname__: bare(x) for thing in offered(name) for x in functions(thing)}
    assert {x: names for x, names in untyped.items() if names} == {}


def test_the_whole_package_is_checked():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert settings["files"] == [HOME.relative_to(ROOT).as_posix()]
    assert len(MODULES) >= 20
    assert "exclude" not in settings
    assert "overrides" not in settings


def test_a_function_without_types_is_seen():
    assert bare(lambda x, y=1: x) == ["x", "y", "return"]
