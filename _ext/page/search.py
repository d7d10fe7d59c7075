"""Search: the sections of the book as one file, which the search page reads and lunr.js indexes.

Each section has its own address; formulas are written as one types them in a line, `2Wᵀr`. All of
it is plain scripts, so that searching works from a folder too, without a server. Where a page was
not written anew, what it had is kept beside Sphinx's own files.
"""

import json
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from _ext.build.files import put
from _ext.page.case import Case
from wuv.mathtext import Strange, to_line

logger = logging.getLogger(__name__)

# The numbers of a case stand on many pages, and would be found on each.
LEFT_OUT = (nodes.section, nodes.image, nodes.raw, nodes.comment, nodes.title, Case)


def line_of(node):
    """A formula as it is typed in a line; one that has no such line fails the build."""
    try:
        return to_line(node.astext(), isinstance(node, nodes.math_block))
    except Strange as error:
        logger.warning("search: %s", error, location=node)
        return node.astext()


def text_of(node):
    """The words of a part of a page; those of sections inside it are left out."""
    if isinstance(node, nodes.math | nodes.math_block):
        return line_of(node)
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, LEFT_OUT):
        return ""
    separator = "" if isinstance(node, nodes.TextElement) else " "
    return separator.join(text_of(child) for child in node.children)


def records(doctree, page):
    """The sections of a page: address, page, heading and text of each."""
    for section in doctree.findall(nodes.section):
        if not section["ids"] or not isinstance(section.children[0], nodes.title):
            continue
        heading = "".join(
            line_of(part) if isinstance(part, nodes.math) else part.astext()
            for part in section.children[0].children
        )
        text = " ".join(" ".join(text_of(child) for child in section.children[1:]).split())
        first = section.parent is doctree
        yield {
            "url": page if first else f"{page}#{section['ids'][0]}",
            "heading": heading,
            "text": text,
        }


def collect(app, doctree, docname):
    sections = list(records(doctree, app.builder.get_target_uri(docname)))
    put(kept(app, docname), json.dumps(sections, ensure_ascii=False))


def kept(app, docname):
    return Path(app.doctreedir, "search", f"{docname}.json")


def write_index(app):
    sections = []
    for docname in sorted(app.env.found_docs):
        path = kept(app, docname)
        here = json.loads(path.read_text("utf-8")) if path.is_file() else []
        file = docname.rpartition("/")[2].replace("_", " ")
        sections += [{**record, "page": here[0]["heading"], "file": file} for record in here]
    static = Path(app.outdir, "_static")
    text = json.dumps(sections, ensure_ascii=False, separators=(",", ":"))
    (static / "sections.js").write_text(f"const SECTIONS = {text};\n", "utf-8")
    library = files("mkdocs") / "contrib" / "search" / "templates" / "search" / "lunr.js"
    (static / "lunr.js").write_bytes(library.read_bytes())


def replace_stock(app):
    """Leave out Sphinx's own index; the page that asks for words is our template."""
    app.builder.search = False
    app.config.html_additional_pages = {"search": "search.html"}
