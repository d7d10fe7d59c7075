"""What one step of a build keeps for a later one: a record for the build, and one for each page."""

from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

BUILDS = WeakKeyDictionary()


@dataclass
class Build:
    """What is made before the pages and used in or after them."""

    wheel: str = ""  # the file of the package, in the folder of the notebooks
    runtime: Path | None = None  # what runs cells in the browser, if they run
    lite: Path | None = None  # JupyterLite, where cells run
    bundles: dict[str, str] = field(default_factory=dict)  # style and script, by file
    uses: dict[str, set[str]] = field(default_factory=dict)  # by chapter: what it takes from `wuv`


def of(app) -> Build:
    """The record of the build that `app` is."""
    return BUILDS.setdefault(app, Build())


def by_page(env, name) -> dict:
    """What each page has under this name; Sphinx keeps it from build to build."""
    return kept(env).setdefault(name, {})


def kept(env):
    if not hasattr(env, "kept_by_page"):
        env.kept_by_page = {}
    return env.kept_by_page


def purge(app, env, docname):
    for pages in kept(env).values():
        pages.pop(docname, None)


def merge(app, env, docnames, other):
    for name, pages in kept(other).items():
        by_page(env, name).update((page, pages[page]) for page in docnames if page in pages)
