"""What binds pages into a PDF: the whole book with its cover and contents, or one page alone.

The pages themselves lie in a folder as text for Typst; what is written here includes them.
"""

from dataclasses import dataclass
from functools import cache

import yaml
from sphinx import addnodes

from _ext.build.files import ROOT
from _ext.paper.markup import array, escaped
from wuv.mathtext import quoted

FOLDER = "pdf"
BOOK = f"{FOLDER}/book.pdf"
IMPORT = '#import "/book.typ": *\n\n'


@dataclass(frozen=True)
class Volume:
    """A PDF to be: its place in the site, its pages, and the text that binds them."""

    path: str
    pages: tuple
    text: str


def parts(env, root):
    """The parts of the book: each a caption and the names of its pages."""
    for tree in env.get_doctree(root).findall(addnodes.toctree):
        yield tree.get("caption") or "", [name for _, name in tree["entries"]]


def include(folder, name, kind="typ"):
    path = f"{name}.{kind}"
    return f'#include "/{path}"' if (folder / path).read_text("utf-8") else ""


def start(app, title, whole):
    """The first lines of every PDF."""
    project = citation()
    about = {
        "title": quoted(title),
        "author": quoted(app.config.author),
        "description": quoted(" ".join(project["abstract"].split())),
        "keywords": array(map(quoted, project["keywords"])),
        "whole": str(whole).lower(),
    }
    return IMPORT + f"#show: volume.with({', '.join(f'{k}: {v}' for k, v in about.items())})\n"


@cache
def citation():
    """The project's own record of its name, authors, version and licence."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def cover(app):
    project, title = citation(), app.config.html_title
    subtitle = project["title"].removeprefix(title).strip()
    version = f"version {project['version']}"
    return f"#cover({', '.join(map(quoted, (title, subtitle, app.config.author, version)))})"


def imprint():
    """Licence and how to cite, from the project's own records."""
    project = citation()
    title = escaped(project["title"])
    authors = escaped(", ".join(person["name"] for person in project["authors"]))
    year = escaped(str(project["date-released"])[:4])
    version, licence = escaped(str(project["version"])), escaped(project["license"])
    return f"#imprint[{title}][{authors}][{year}][{version}][{licence}]"


def whole_book(app, folder):
    """All pages in their parts, the solutions at the end."""
    root = app.config.root_doc
    pages = [root]
    lines = [start(app, app.config.html_title, True), cover(app), imprint(), "#contents()"]
    lines.append(chapter(root, 0))
    for caption, names in parts(app.env, root):
        lines += [chapter(name, 1, caption if name == names[0] else "") for name in names]
        pages += names
    solved = [name for name in pages if include(folder, name, "solutions.typ")]
    lines += ["#solutions()"] if solved else []
    for name in solved:
        title = escaped(app.env.titles[name].astext())
        lines.append(f"#solutions-of[{title}]\n\n{include(folder, name, 'solutions.typ')}")
    return Volume(BOOK, tuple(pages), "\n\n".join(lines))


def chapter(name, depth, part=""):
    return f"#chapter({quoted(f'/{name}.typ')}, {depth}, [{escaped(part)}])"


def single(app, folder, name):
    """One page of the site, its solutions behind it."""
    title = app.env.titles[name].astext()
    lines = [start(app, title, False), include(folder, name)]
    if include(folder, name, "solutions.typ"):
        lines += ["#solutions-here()", include(folder, name, "solutions.typ")]
    return Volume(pdf_path(app, name), (name,), "\n\n".join(lines))


def pdf_path(app, docname):
    """The file of a page; the first page leads through the book, and its file is the whole book."""
    if docname == app.config.root_doc:
        return BOOK
    return f"{FOLDER}/{docname.rpartition('/')[2]}.pdf"
