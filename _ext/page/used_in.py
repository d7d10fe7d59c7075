"""In the reference, every function says which chapters use it: their cells are read, not a list.

`autodoc` writes the reference from the docstrings; this adds the line, and makes links of the
chapters that docstrings name.
"""

import ast
import re
from pathlib import Path

from myst_nb.core.read import read_myst_markdown_notebook

from _ext.build import state


def names_used(path):
    """What the code cells of a chapter import from `wuv`, and which figures they call."""
    names = set()
    for cell in read_myst_markdown_notebook(path.read_text("utf8")).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wuv"):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "figures":
                names.add(node.attr)
    return names


def read_chapters(app, env, docnames):
    state.of(app).uses = {
        name: names_used(Path(env.doc2path(name)))
        for name in sorted(env.found_docs)
        if re.search(r"^kernelspec:", Path(env.doc2path(name)).read_text("utf8"), re.MULTILINE)
    }


def say_where(app, what, name, obj, options, lines):
    if what not in ("function", "class"):
        return
    last = name.rpartition(".")[2]
    where = [page for page, names in state.of(app).uses.items() if last in names]
    if where:
        lines += ["", "Used in: " + ", ".join(f":doc:`/{page}`" for page in where) + "."]


def link_chapters(app, what, name, obj, options, lines):
    """Give a chapter its title: in a docstring it goes by the name of its file."""
    text = re.sub(r"([Cc]hapter)\s+`(\w+)`", r'\1 ":doc:`/chapters/\2`"', "\n".join(lines))
    lines[:] = text.split("\n")


def skip_fields(app, what, name, obj, skip, options):
    """The fields of a named tuple are in its signature."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
