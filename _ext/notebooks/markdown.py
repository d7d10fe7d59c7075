"""From a finished page (a resolved doctree) to plain Markdown and code cells.

`blocks` gives a list of Markdown strings and `Code` records. What it does not know is a warning,
so that nothing is lost in silence. `Links` says where links lead: what cannot be reached from a
notebook is said in words. Used by `notebook.py`.
"""

import posixpath
import re
from dataclasses import dataclass, field, replace
from html import unescape

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

from _ext.page.mathml import normalised

logger = logging.getLogger(__name__)

SPECIAL = re.compile(r"([\\`*_$<\[\]])")
SILENT = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.colspec,
    addnodes.toctree,
    addnodes.index,
    addnodes.highlightlang,
)


@dataclass(frozen=True)
class Code:
    """A code cell."""

    source: str
    metadata: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """Where links lead: to the notebook of a name, and to the site, if its place is known."""

    notebook: str = "{}.ipynb"
    site: str = ""


@dataclass(frozen=True)
class Page:
    """Where we are: for numbers and for links."""

    env: object
    docname: str
    links: Links
    level: int = 0

    def number(self, kind, node):
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        found = (numbers[i] for i in node["ids"] if i in numbers)
        return ".".join(map(str, next(found, ())))

    def deeper(self):
        return replace(self, level=self.level + 1)


def blocks(node, env, docname, links):
    """The Markdown strings and Code cells of a whole page."""
    return children(node, Page(env, docname, links))


def children(node, page):
    return [piece for child in node.children for piece in block(child, page)]


def text_only(node, page):
    """The children of `node` as one Markdown string, where no code cell can stand."""
    pieces = children(node, page)
    for piece in pieces:
        if isinstance(piece, Code):
            logger.warning("a code cell inside <%s> has no place in a notebook", node.tagname)
    return "\n\n".join(piece for piece in pieces if isinstance(piece, str))


def block(node, page):
    """The pieces of one block-level `node`."""
    if isinstance(node, SILENT):
        return []
    for kind, write in BLOCKS.items():
        if isinstance(node, kind):
            return write(node, page)
    if isinstance(node, nodes.Inline | nodes.Text):
        return [inline(node, page)]
    logger.warning("no Markdown for <%s>", node.tagname, location=node)
    return []


def section(node, page):
    return children(node, page.deeper())


def title(node, page):
    return ["#" * page.level + " " + inlines(node, page)]


def paragraph(node, page):
    return [re.sub(r"(?m)^(\s*)(#+ |[-+>] |\d+\. )", r"\1\\\2", inlines(node, page))]


def formula(node, page):
    tex = normalised(node.astext(), display=True)
    number = page.number("displaymath", node) if node["number"] else ""
    tag = rf" \tag{{{number}}}" if number else ""
    return [f"$$\n{tex}{tag}\n$$"]


def literal(node, page):
    language = node.get("language", "")
    language = "" if language in ("default", "none") else language
    return [f"```{language}\n{node.astext()}\n```"]


def bullets(node, page):
    return ["\n".join(indented(text_only(item, page), "- ") for item in node.children)]


def numbers(node, page):
    start = node.get("start", 1)
    items = enumerate(node.children, start)
    return ["\n".join(indented(text_only(item, page), f"{i}. ") for i, item in items)]


def indented(text, mark):
    space = " " * len(mark)
    lines = text.split("\n")
    return "\n".join([mark + lines[0], *(space + line if line else "" for line in lines[1:])])


def quoted(text):
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def quote(node, page):
    return [quoted(text_only(node, page))]


def admonition(node, page):
    head = node.tagname.capitalize()
    content = node.children
    if content and isinstance(content[0], nodes.title):
        head = inlines(content[0], page)
        content = content[1:]
    body = "\n\n".join(p for child in content for p in block(child, page) if isinstance(p, str))
    return [quoted(f"**{head}**\n\n{body}")]


def exercise(node, page):
    number = page.number("exercise", node)
    name = inlines(node.children[0], page).strip()
    if isinstance(node, exercise_enumerable_node):
        name = f"Exercise {number} {name}".strip()
    rest = [piece for child in node.children[1:] for piece in block(child, page)]
    return [f"**{name}**", *rest]


def solution(node, page):
    """Folded: text inside `<details>`, code cells with their source hidden."""
    result, text = [], []

    def fold():
        if text:
            body = "\n\n".join(text)
            result.append(
                f"<details>\n<summary>{node['title'].strip()}</summary>\n\n{body}\n\n</details>"
            )
            text.clear()

    for piece in children(node, page):
        if isinstance(piece, Code):
            fold()
            tags = [*piece.metadata.get("tags", []), "solution"]
            hidden = {"jupyter": {"source_hidden": True}, "tags": tags}
            result.append(Code(piece.source, piece.metadata | hidden))
        else:
            text.append(piece)
    fold()
    return result


def container(node, page):
    """A code cell, or any other box: of a cell its source and its captions stay."""
    if "take-away" in node["classes"]:  # of use on the site alone
        return []
    if node.get("nb_element") != "cell_code":
        return children(node, page)
    source = next(
        (
            child.astext()
            for child in node.findall(nodes.container)
            if child.get("nb_element") == "cell_code_source"
        ),
        None,
    )
    if source is None:
        logger.warning("a cell without its source cannot go into a notebook", location=node)
        return []
    metadata = {k: v for k, v in (node.get("cell_metadata") or {}).items() if k != "mystnb"}
    captions = [f"*{inlines(c, page).strip()}*" for c in node.findall(nodes.caption)]
    return [Code(source, metadata), *captions]


def table(node, page):
    rows = []
    for row in node.findall(nodes.row):
        rows.append([cell_text(entry, page) for entry in row.children])
    rule = ["---"] * len(rows[0])
    lines = ["| " + " | ".join(cells) + " |" for cells in (rows[0], rule, *rows[1:])]
    heading = [inlines(t, page) for t in node.children if isinstance(t, nodes.title)]
    result = [*(f"**{text}**" for text in heading), "\n".join(lines)]
    if not page.links.site and has_files(node):
        result.append("These files are on the book’s site, at the page of this chapter.")
    return result


def cell_text(entry, page):
    text = text_only(entry, page).replace("\n\n", "<br>").replace("\n", " ")
    text = re.sub(r"\$[^$]+\$", lambda m: without_bars(m[0]), text)
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def without_bars(tex):
    """TeX that can stand in a table of Markdown, where a bar ends a cell."""
    return tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def footnote(node, page):
    label = node.children[0].astext()
    rest = [p for child in node.children[1:] for p in block(child, page) if isinstance(p, str)]
    return [f"\\[{label}\\] " + "\n\n".join(rest)]


def definitions(node, page):
    result = []
    for item in node.children:
        for child in item.children:
            if isinstance(child, nodes.term):
                result.append(f"**{inlines(child, page)}**")
            else:
                result.append(indented(text_only(child, page), ": ").removeprefix(": "))
    return ["\n\n".join(result)]


def picture(node, page):
    return described(node.get("alt", ""))


def described(words):
    return [f"*Figure: {SPECIAL.sub(chr(92) + '1', words)}*"] if words else []


def raw(node, page):
    """HTML as it is; a picture whose file cannot be reached by its words."""
    if "html" not in node.get("format", "").split():
        return []
    html = node.astext()
    image = re.search(r'<img [^>]*src="(\.\./[^"]*)"[^>]* alt="([^"]*)"', html)
    if not image:
        return [html]
    there = place(image[1], page)
    return [html.replace(image[1], there)] if there else described(unescape(image[2]))


BLOCKS = {
    nodes.section: section,
    nodes.title: title,
    nodes.rubric: lambda node, page: [f"**{inlines(node, page)}**"],
    nodes.paragraph: paragraph,
    nodes.math_block: formula,
    nodes.literal_block: literal,
    nodes.doctest_block: literal,
    nodes.bullet_list: bullets,
    nodes.enumerated_list: numbers,
    nodes.block_quote: quote,
    solution_node: solution,
    (exercise_node, exercise_enumerable_node): exercise,
    nodes.table: table,
    (nodes.footnote, nodes.citation): footnote,
    nodes.definition_list: definitions,
    nodes.container: container,
    nodes.Admonition: admonition,
    nodes.figure: lambda node, page: children(node, page),
    nodes.caption: lambda node, page: [f"*{inlines(node, page)}*"],
    nodes.image: picture,
    nodes.transition: lambda node, page: ["---"],
    nodes.compound: children,
    nodes.topic: children,
    nodes.raw: raw,
}


def inlines(node, page):
    return "".join(inline(child, page) for child in node.children)


def inline(node, page):
    """One inline `node` as Markdown."""
    if isinstance(node, SILENT):
        return ""
    if isinstance(node, nodes.Text):
        return SPECIAL.sub(r"\\\1", node.astext())
    if isinstance(node, nodes.math):
        return f"${' '.join(node.astext().split())}$"
    if isinstance(node, nodes.literal):
        tick = "``" if "`" in node.astext() else "`"
        return f"{tick}{node.astext()}{tick}"
    if isinstance(node, nodes.emphasis | nodes.title_reference):
        return f"*{inlines(node, page)}*"
    if isinstance(node, nodes.strong):
        return f"**{inlines(node, page)}**"
    if isinstance(node, nodes.reference):
        return link(node, page)
    if isinstance(node, nodes.footnote_reference):
        return f"\\[{node.astext()}\\]"
    if isinstance(node, nodes.math_block):
        return formula(node, page)[0]
    if isinstance(node, nodes.image):
        return "".join(picture(node, page))
    if isinstance(node, nodes.raw):
        return "".join(raw(node, page))
    if isinstance(node, nodes.Inline | nodes.inline):
        return inlines(node, page)
    logger.warning("no Markdown for <%s>", node.tagname, location=node)
    return ""


def link(node, page):
    """A link: within the page as text, as is one that leads nowhere from a notebook."""
    text = inlines(node, page)
    address = node.get("refuri", "")
    if not address or address.startswith("#"):
        return text
    there = address if is_outside(address) else place(address, page)
    return f"[{text}]({there})" if there else text


def is_outside(address):
    return bool(re.match(r"[a-z]+:", address))


def has_files(node):
    """Whether something in it links to a file beside the pages."""
    found = [x.get("refuri", "").partition("#")[0] for x in node.findall(nodes.reference)]
    return any(x and not is_outside(x) and not x.endswith(".html") for x in found)


def place(address, page):
    """Where a page's link to the site leads from its notebook, or nothing.

    A place within another chapter is shown by its page, if that can be reached: a notebook opens at
    its top.
    """
    file, mark, anchor = address.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.docname), file))
    docname = path.removesuffix(".html")
    chapter = docname != path and "kernelspec" in page.env.metadata.get(docname, {})
    if chapter and not (anchor and page.links.site):
        return page.links.notebook.format(posixpath.basename(docname))
    return page.links.site and f"{page.links.site}{path}{mark}{anchor}"


__all__ = ["Code", "Links", "blocks"]
