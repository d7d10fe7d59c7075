"""Every chapter as a plain notebook, and the package as a wheel beside it.

A notebook is written from the finished page (the resolved doctree), so equation numbers, links
and exercises are right, and from nothing but plain Markdown, so any Jupyter shows it. It carries
no outputs. Its first code cell says how to get `wuv` where that is missing.
"""

import json
import re
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from _ext.build import state
from _ext.build.files import ROOT, put, remove_others
from _ext.notebooks import elsewhere
from _ext.notebooks.markdown import Code, Links, blocks

FOLDER = "notebooks"

# What code may use besides NumPy and `wuv`, and how that shows.
USES = {
    "autograd": re.compile(r"\bautograd\b"),
    "matplotlib": re.compile(r"\bmatplotlib\b|\bfigures\.\w"),
    "sympy": re.compile(r"\bsympy\b"),
}
SETUP = """\
# Is everything there? If not, this {does}.
try:
{imports}
except ModuleNotFoundError:
{otherwise}"""
IN_COLAB = """\
    import sys

    if "google.colab" in sys.modules:
        get_ipython().run_line_magic("pip", {command!r})
    else:
        print({message!r})"""
MESSAGE = "This notebook needs the package wuv. Run:  %pip {command}{where}"
BESIDE = "  (the page that offers this notebook offers that file too: put it in the same folder)"


def setup_cell(pieces, wheel, address):
    """The first code cell: silent where all is there, one line of help where not.

    With the wheel's address known, Colab, which starts empty for everyone, gets it at once.
    """
    code = "\n".join(piece.source for piece in pieces if isinstance(piece, Code))
    others = [name for name, used in USES.items() if used.search(code)]
    source = f'"wuv @ {address}"' if address else f"./{wheel}"
    command = " ".join(["install", source, *others])
    message = MESSAGE.format(command=command, where="" if address else BESIDE)
    otherwise = (
        IN_COLAB.format(command=command.replace("install", "install --quiet", 1), message=message)
        if address
        else f"    print({message!r})"
    )
    text = SETUP.format(
        does="gets it or says how" if address else "says how to get it",
        imports="\n".join(f"    import {name}" for name in [*others, "wuv"]),
        otherwise=otherwise,
    )
    return Code(text, {"tags": ["setup"]})


def address_of(config, wheel):
    """Where the wheel can be fetched from, if that is known."""
    if config.html_baseurl:
        return f"{config.html_baseurl.rstrip('/')}/{FOLDER}/{wheel}"
    return elsewhere.raw(config, wheel)


def cell(number, piece):
    source = piece.source if isinstance(piece, Code) else piece
    result = {
        "cell_type": "code" if isinstance(piece, Code) else "markdown",
        "id": f"cell-{number}",
        "metadata": piece.metadata if isinstance(piece, Code) else {},
        "source": source.splitlines(keepends=True),
    }
    if isinstance(piece, Code):
        result |= {"execution_count": None, "outputs": []}
    return result


def notebook(pieces):
    """The notebook, in nbformat 4.5, of a list of Markdown strings and Code cells."""
    return {
        "cells": [cell(number, piece) for number, piece in enumerate(pieces)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def joined(pieces):
    """Neighbouring pieces of Markdown become one; a new section starts a new one."""
    result = []
    for piece in pieces:
        new = not result or isinstance(piece, Code) or isinstance(result[-1], Code)
        if new or piece.startswith("#"):
            result.append(piece)
        else:
            result[-1] += "\n\n" + piece
    return result


def write_notebook(app, doctree, docname):
    if is_chapter(app, docname):
        base = app.config.html_baseurl
        links = Links(site=f"{base.rstrip('/')}/" if base else "")
        put(Path(app.outdir, notebook_path(docname)), text_of(made(app, doctree, docname, links)))


def made(app, doctree, docname, links):
    """The notebook of a page; the line below its title leads to the page, if that is known."""
    pieces = joined(blocks(doctree, app.env, docname, links))
    if links.site:
        title, _, rest = pieces[0].partition("\n")
        page = f"[This chapter as a page]({links.site}{docname}.html)"
        pieces[0] = f"{title}\n\n{page}\n{rest}".rstrip()
    wheel = state.of(app).wheel
    pieces.insert(1, setup_cell(pieces, wheel, address_of(app.config, wheel)))
    return notebook(pieces)


def text_of(notebook):
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def notebook_path(docname):
    return f"{FOLDER}/{docname.rpartition('/')[2]}.ipynb"


def is_chapter(app, docname):
    return "kernelspec" in app.env.metadata.get(docname, {})


def offer(app, pagename, templatename, context, doctree):
    if is_chapter(app, pagename):
        context["notebook"] = notebook_path(pagename)
        context["wheel"] = f"{FOLDER}/{state.of(app).wheel}"


def build_wheel(app):
    target = Path(app.outdir, FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    remove_others(target, "*.whl", ())
    state.of(app).wheel = Path(next(WheelBuilder(str(ROOT)).build(directory=str(target)))).name


def remove_leftovers(app):
    """A chapter that is gone takes its notebook with it."""
    chapters = [docname for docname in app.env.found_docs if is_chapter(app, docname)]
    wanted = {Path(notebook_path(docname)).name for docname in chapters}
    remove_others(Path(app.outdir, FOLDER), "*.ipynb", wanted)
