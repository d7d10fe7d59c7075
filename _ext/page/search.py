"""Search: the sections of the book as one file, which the search page reads and lunr.js indexes.

Each section has its own address; formulas are written as one types them in a line, `2Wᵀr`. All of
it is plain scripts, so that searching works from a folder too, without a server. Where a page was
not written anew, what it had is kept beside Sphinx's own files.
"""

import json
import re
from importlib.resources import files
from pathlib import Path

from docutils import nodes

from _ext.build.files import put

SPOKEN = [
    (r"\^\{?\s*\\mathsf\s*\{?\s*T\s*\}?\s*\}?", "ᵀ"),
    (r"\\mathrm\{d\}\s*", "d"),
    (r"\\(?:text|operatorname|mathrm|mathbf|mathbb)\*?\{([^{}]*)\}", r" \1 "),
    (r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2"),
    (r"\\partial\b", "∂"),
    (r"\\nabla_?", "∇"),
    (r"\\[lr]?Vert\b", "‖"),
    (r"\\langle\b", "⟨"),
    (r"\\rangle\b", "⟩"),
    (r"\\otimes\b", "⊗"),
    (r"\\odot\b", "⊙"),
    (r"\\eta\b", "η"),
    (r"\\kappa\b", "κ"),
    (r"\\lambda\b", "λ"),
    (r"\\sigma\b", "σ"),
    (r"\\times\b", "×"),
    (r"\\cdot\b", "·"),
    (r"\\(?:mapsto|to)\b", "→"),
    (r"\\[lc]?dots\b", "…"),
    (r"\\sum\b", "∑"),
    (r"\\(?:begin|end)\{[^{}]*\}|\\\\|\\[a-zA-Z]+\*?|\\[,;:! ]|[{}$&]", " "),
]


def spoken(tex):
    """A formula as text: `2W^{\\mathsf T} r` becomes `2Wᵀ r`."""
    for pattern, text in SPOKEN:
        tex = re.sub(pattern, text, tex)
    return " ".join(tex.split())


def text_of(node):
    """The words of a part of a page; those of sections inside it are left out."""
    if isinstance(node, nodes.math | nodes.math_block):
        return spoken(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.section | nodes.image | nodes.raw | nodes.comment | nodes.title):
        return ""
    separator = "" if isinstance(node, nodes.TextElement) else " "
    return separator.join(text_of(child) for child in node.children)


def records(doctree, page):
    """The sections of a page: address, page, heading and text of each."""
    for section in doctree.findall(nodes.section):
        if not section["ids"] or not isinstance(section.children[0], nodes.title):
            continue
        heading = "".join(
            spoken(part.astext()) if isinstance(part, nodes.math) else part.astext()
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
