"""From a finished page (a resolved doctree) to plain Markdown and code cells.

`blocks` gives a list of Markdown strings and `Code` records. `Links` says where links lead: what
cannot be reached from a notebook is said in words.
"""

import posixpath
import re
from dataclasses import dataclass, field
from html import unescape
from itertools import count, groupby

from docutils import nodes
from sphinx_exercise.nodes import exercise_enumerable_node, solution_node

from _ext.build import doctree
from _ext.page import predict
from _ext.page.ahead import Ahead
from _ext.page.case import Case
from wuv.mathtext import normalised

SPECIAL = re.compile(r"([\\`*_$<\[\]])")


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


@dataclass
class Page(doctree.Page):
    links: Links
    level: int = 0
    answers: list = field(default_factory=list)  # put aside, for the end of the chapter

    LANGUAGE = "Markdown"

    def plain(self, text):
        return SPECIAL.sub(r"\\\1", text)

    def text(self, content):
        """Some nodes as one Markdown string, where no code cell can stand."""
        pieces = self.blocks(content)
        for piece in pieces:
            if isinstance(piece, Code):
                self.warn(f"a code cell has no place here: {piece.source}")
        return "\n\n".join(piece for piece in pieces if isinstance(piece, str))


def blocks(node, env, docname, links):
    """The Markdown strings and Code cells of a whole page; its answers stand at its end."""
    page = Page(env, docname, links)
    pieces = children(node, page)
    return [*pieces, *(["## Answers to what you predicted", *page.answers] if page.answers else [])]


def children(node, page):
    return page.blocks(node.children)


def section(node, page):
    page.level += 1
    pieces = children(node, page)
    page.level -= 1
    return pieces


def title(node, page):
    return "#" * page.level + " " + page.inlines(node)


def paragraph(node, page):
    return re.sub(r"(?m)^(\s*)(#+ |[-+>] |\d+\. )", r"\1\\\2", page.inlines(node))


def formula(node, page):
    number = page.number("displaymath", node)
    tag = rf" \tag{{{number}}}" if number else ""
    return f"$$\n{normalised(node.astext(), display=True)}{tag}\n$$"


def literal(node, page):
    language = node.get("language", "")
    language = "" if language in ("default", "none") else language
    return f"```{language}\n{node.astext()}\n```"


def items(node, page):
    numbered = isinstance(node, nodes.enumerated_list)
    marks = (f"{i}. " if numbered else "- " for i in count(node.get("start", 1)))
    texts = (page.text(item.children) for item in node.children)
    return "\n".join(map(indented, texts, marks))


def indented(text, mark):
    space = " " * len(mark)
    lines = text.split("\n")
    return "\n".join([mark + lines[0], *(space + line if line else "" for line in lines[1:])])


def quoted(text):
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def admonition(node, page):
    head, content = doctree.titled(node)
    head = page.inlines(head) if head else node.tagname.capitalize()
    return quoted(f"**{head}**\n\n{page.text(content)}")


def exercise(node, page):
    head, *content = node.children
    name = page.inlines(head).strip()
    if isinstance(node, exercise_enumerable_node):
        name = f"Exercise {page.number('exercise', node)} {name}".strip()
    return [f"**{name}**", *page.blocks(content)]


def solution(node, page):
    """Folded: text inside `<details>`, code cells with their source hidden."""
    pieces, summary = [], f"<summary>{node['title'].strip()}</summary>"
    for is_code, run in groupby(children(node, page), lambda piece: isinstance(piece, Code)):
        if is_code:
            pieces += map(hidden, run)
        else:
            pieces.append("\n\n".join([f"<details>\n{summary}", *run, "</details>"]))
    return pieces


def hidden(cell):
    tags = [*cell.metadata.get("tags", []), "solution"]
    return Code(cell.source, cell.metadata | {"jupyter": {"source_hidden": True}, "tags": tags})


def prediction(node, page):
    """The question in its place; its answer is put aside, folded."""
    *question, answer = node.children
    name, right = f"Predict {node['number']}", predict.right_letter(node)
    letter = [f"({right})"] if right else []
    text = "\n\n".join([*letter, page.text(answer.children)])
    page.answers.append(f"<details>\n<summary>{name}: the answer</summary>\n\n{text}\n\n</details>")
    where = "*The answer stands at the end of this notebook.*"
    return quoted("\n\n".join([f"**{name}**", page.text(question), where]))


def choices(node, page):
    lines = (f"- ({letter}) {page.inlines(item)}" for letter, item in predict.lettered(node.parent))
    return "\n".join(lines)


def container(node, page):
    """A code cell, or any other box: of a cell its source and its captions stay."""
    if "take-away" in node["classes"]:  # of use on the site alone
        return []
    if node.get("nb_element") != "cell_code":
        return children(node, page)
    boxes = node.findall(nodes.container)
    source = next((box for box in boxes if box.get("nb_element") == "cell_code_source"), None)
    if source is None:
        return page.unknown(node, "a cell without its source cannot go into a notebook")
    metadata = {k: v for k, v in (node.get("cell_metadata") or {}).items() if k != "mystnb"}
    captions = [f"*{page.inlines(c).strip()}*" for c in node.findall(nodes.caption)]
    return [Code(source.astext(), metadata), *captions]


def table(node, page):
    head, *body = (
        [cell_text(entry, page) for entry in row.children] for row in node.findall(nodes.row)
    )
    rows = (head, ["---"] * len(head), *body)
    lines = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    name, _ = doctree.titled(node)
    far = not page.links.site and has_files(node)
    return [
        f"**{page.inlines(name)}**" if name else "",
        lines,
        "These files are on the book’s site, at the page of this chapter." if far else "",
    ]


def cell_text(entry, page):
    text = page.text(entry.children).replace("\n\n", "<br>").replace("\n", " ")
    text = re.sub(r"\$[^$]+\$", lambda m: without_bars(m[0]), text)
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def without_bars(tex):
    """TeX that can stand in a table of Markdown, where a bar ends a cell."""
    return tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def footnote(node, page):
    label, *content = node.children
    return f"\\[{label.astext()}\\] {page.text(content)}"


def definitions(node, page):
    return page.text(child for item in node.children for child in item.children)


def picture(node, page):
    return described(node.get("alt", ""), page)


def described(words, page):
    return f"*Figure: {page.plain(words)}*" if words else ""


def raw(node, page):
    """HTML as it is; a picture whose file cannot be reached by its words."""
    if "html" not in node.get("format", "").split():
        return ""
    html = node.astext()
    image = re.search(r'<img [^>]*src="(\.\./[^"]*)"[^>]* alt="([^"]*)"', html)
    if not image:
        return html
    there = place(image[1], page)
    return html.replace(image[1], there) if there else described(unescape(image[2]), page)


def link(node, page):
    """A link: within the page as text, as is one that leads nowhere from a notebook."""
    text = page.inlines(node)
    address = node.get("refuri", "")
    if not address or address.startswith("#"):
        return text
    there = address if is_outside(address) else place(address, page)
    return f"[{text}]({there})" if there else text


def is_outside(address):
    return bool(re.match(r"[a-z]+:", address))


def has_files(node):
    """Whether something in it links to a file beside the pages."""
    files = [x.get("refuri", "").partition("#")[0] for x in node.findall(nodes.reference)]
    return any(x and not is_outside(x) and not x.endswith(".html") for x in files)


def place(address, page):
    """Where a page's link to the site leads from its notebook, or nothing.

    A place within another chapter is shown by its page, if that can be reached: a notebook opens at
    its top.
    """
    file, mark, anchor = address.partition("#")
    path = page.path(file)
    docname = path.removesuffix(".html")
    chapter = docname != path and "kernelspec" in page.env.metadata.get(docname, {})
    if chapter and not (anchor and page.links.site):
        return page.links.notebook.format(posixpath.basename(docname))
    return page.links.site and f"{page.links.site}{path}{mark}{anchor}"


def literal_words(node, page):
    tick = "``" if "`" in node.astext() else "`"
    return f"{tick}{node.astext()}{tick}"


def within(mark):
    """A function that writes what is in a node between two marks."""
    return lambda node, page: f"{mark}{page.inlines(node)}{mark}"


Page.BLOCKS = {
    nodes.section: section,
    nodes.title: title,
    nodes.rubric: within("**"),
    nodes.paragraph: paragraph,
    nodes.math_block: formula,
    nodes.literal_block: literal,
    nodes.doctest_block: literal,
    predict.Predict: prediction,
    predict.Choices: choices,
    (nodes.bullet_list, nodes.enumerated_list): items,
    nodes.block_quote: lambda node, page: quoted(page.text(node.children)),
    solution_node: solution,
    doctree.EXERCISES: exercise,
    nodes.table: table,
    (nodes.footnote, nodes.citation): footnote,
    nodes.definition_list: definitions,
    nodes.term: within("**"),
    nodes.definition: lambda node, page: indented(page.text(node.children), "  ").lstrip(" "),
    nodes.container: container,
    nodes.Admonition: admonition,
    nodes.caption: within("*"),
    nodes.image: picture,
    nodes.transition: lambda node, page: "---",
    (nodes.figure, nodes.compound, nodes.topic, Ahead, Case): children,
    nodes.raw: raw,
}
Page.INLINES = {
    nodes.Text: lambda node, page: page.plain(node.astext()),
    nodes.math: lambda node, page: f"${' '.join(node.astext().split())}$",
    nodes.literal: literal_words,
    (nodes.emphasis, nodes.title_reference): within("*"),
    nodes.strong: within("**"),
    nodes.reference: link,
    nodes.footnote_reference: lambda node, page: f"\\[{node.astext()}\\]",
    nodes.math_block: formula,
    nodes.image: picture,
    nodes.raw: raw,
    (nodes.Inline, nodes.inline): lambda node, page: page.inlines(node),
}
