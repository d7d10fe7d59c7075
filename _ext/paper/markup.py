"""From a finished page (a resolved doctree) to text for Typst.

`written` gives the page and, apart from it, its solutions: in a printed book they stand at the end.
The answers to predictions stand where their chapter ends.
What a block looks like is not said here but in `typst/book.typ`, whose functions the text calls.
Every character of the page is escaped: it can mean nothing but itself.
"""

import re
from dataclasses import dataclass, field

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx_exercise.nodes import solution_node

from _ext.build import doctree
from _ext.build.doctree import parts
from _ext.page import predict
from _ext.page.ahead import Ahead
from _ext.page.case import Case
from _ext.paper.results import from_html
from wuv.mathtext import Strange, quoted, to_line, to_typst

SPECIAL = re.compile(r"([\\#$*_`<>@\[\](){}~'\"=\-+/.;:])")
LETTERS = frozenset("WuvrUV")  # which have a colour; the template names them so


def escaped(text):
    return SPECIAL.sub(r"\\\1", " ".join(re.split(r"\s+", text)))


@dataclass
class Page(doctree.Page):
    """What has been put aside, too: answers, solutions, which footnotes are written already."""

    level: int = 0
    answers: list = field(default_factory=list)
    solutions: list = field(default_factory=list)
    noted: set = field(default_factory=set)
    in_footnote: bool = False
    pictures: set = field(default_factory=set)

    LANGUAGE = "Typst"
    SILENT = (*doctree.SILENT, nodes.footnote)  # a footnote is written where it is called

    plain = staticmethod(escaped)

    def text(self, content):
        """Some nodes as blocks of text."""
        return "\n\n".join(self.blocks(content))

    def names(self, node, *more):
        """The names of a node's anchors in the whole book, as an argument."""
        return array(quoted(f"{self.docname}#{name}") for name in (*node["ids"], *more))


def written(node, env, docname):
    """The text of a page, that of its solutions, and the paths of its pictures.

    The answers to what was to be predicted end the text.
    """
    page = Page(env, docname)
    text = blocks(node, page)
    if page.answers:
        text = "\n\n".join([text, call("answers"), *page.answers])
    return text, "\n\n".join(page.solutions), page.pictures


def array(items):
    items = list(items)
    return "(" + "".join(f"{item}, " for item in items).rstrip() + ")"


def call(name, *arguments, body=None):
    """A call of a function of the template; the body is text that has been written already."""
    return f"#{name}({', '.join(arguments)})" + (f"[{body}]" if body is not None else "")


def blocks(node, page):
    return page.text(node.children)


def inside(boxes, page):
    return page.text(child for box in boxes for child in box.children)


def section(node, page):
    page.level += 1
    names = page.names(node, *([""] if page.level == 1 else []))
    title, content = doctree.titled(node)
    head = [call("section", str(page.level), names, body=page.inlines(title))] if title else []
    pieces = head + page.blocks(content)
    page.level -= 1
    return pieces


def formula(node, page):
    number = page.number("displaymath", node)
    tex = node.astext()
    try:
        alt, inner = to_line(tex, True), to_typst(tex, True, LETTERS)
    except Strange as error:
        return page.unknown(node, f"formula: {error}")
    kind = "derivation" if "&&" in tex and not number else "formula"
    return call(kind, quoted(alt), f"$ {inner} $", quoted(number), page.names(node))


def inline_formula(node, page):
    tex = node.astext()
    try:
        return call("m", quoted(to_line(tex)), f"${to_typst(tex, letters=LETTERS)}$")
    except Strange as error:
        return page.unknown(node, f"formula: {error}")


def literal(node, page):
    language = node.get("language", "")
    kind = "code-above" if result_of(node) else "code"
    if "output" in node["classes"]:
        kind = "trace" if "traceback" in node["classes"] else "output"
    python = "output" not in node["classes"] and (
        "python" in language or isinstance(node, nodes.doctest_block)
    )
    return call(kind, quoted(node.astext().rstrip()), quoted("python" if python else ""))


def result_of(node):
    """Whether something comes out of the cell whose code this is."""
    cell = node.parent.parent
    return cell is not None and any(
        child.get("nb_element") == "cell_code_output" and child.children
        for child in cell.children
        if isinstance(child, nodes.container)
    )


def items(node, page):
    return ", ".join(f"[{blocks(item, page)}]" for item in node.children)


def definitions(node, page):
    pieces = []
    for item in node.children:
        terms = parts(item, nodes.term)
        words = ", ".join(map(page.inlines, terms))
        anchors = array(quoted(f"{page.docname}#{name}") for term in terms for name in term["ids"])
        body = inside(parts(item, nodes.definition), page)
        pieces.append(call("definition", f"[{words}]", anchors, body=body))
    return pieces


def admonition(node, page):
    title, content = doctree.titled(node)
    head = page.inlines(title) if title else escaped(node.tagname.capitalize())
    kind = next((c for c in node["classes"] if not c.startswith("admonition")), node.tagname)
    return call("note", quoted(kind), f"[{head}]", page.names(node), body=page.text(content))


def exercise(node, page):
    """An exercise, with the page of its solution."""
    solution = solved(node)
    number = page.number("exercise", node)
    title = node.children[0]
    level = "".join(c.astext() for c in title.findall(nodes.inline) if "level" in c["classes"])
    name = escaped(exercise_name(node))
    body = page.text(node.children[1:])
    target = quoted(f"{page.docname}#{solution}") if solution else "none"
    about = quoted(number), f"[{name}]", quoted(level.strip(" ·")), page.names(node), target
    return call("exercise", *about, body=body)


def solved(node):
    """The anchor of an exercise's solution, or nothing."""
    solutions = node.document.findall(solution_node)
    return next((x["ids"][0] for x in solutions if x["target_label"] == node["label"]), "")


def solution(node, page):
    """Put aside; nothing is left in its place."""
    label = node["target_label"]
    target = page.env.sphinx_exercise_registry[label]
    number = page.env.toc_fignumbers.get(target["docname"], {}).get("exercise", {}).get(label, ())
    body = blocks(node, page)
    page.solutions.append(
        call(
            "solution",
            quoted(".".join(map(str, number))),
            f"[{escaped(solved_name(node, page))}]",
            page.names(node),
            quoted(f"{target['docname']}#{label}"),
            body=body,
        )
    )
    return ""


def prediction(node, page):
    """The question, with the page of its answer, which is put aside."""
    *question, answer = node.children
    number, right = quoted(str(node["number"])), quoted(predict.right_letter(node))
    here, there = page.names(node), page.names(answer)
    body = page.text(answer.children)
    page.answers.append(call("answer-to", number, right, there, first_name(node, page), body=body))
    return call("predict", number, here, first_name(answer, page), body=page.text(question))


def first_name(node, page):
    return quoted(f"{page.docname}#{node['ids'][0]}")


def choices(node, page):
    items = (f"[{page.inlines(item)}]" for _, item in predict.lettered(node.parent))
    return call("choices", *items)


def exercise_name(node):
    """The name of an exercise, without its level and its brackets."""
    parts = [c for c in node.children[0].children if not isinstance(c, nodes.inline)]
    return re.sub(r"^\((.*)\)$", r"\1", "".join(c.astext() for c in parts).strip())


def solved_name(node, page):
    """The name of a solution's exercise: from this page if it is there, where words are settled."""
    for other in node.document.findall(lambda n: isinstance(n, doctree.EXERCISES)):
        if other["label"] == node["target_label"]:
            return exercise_name(other)
    return page.env.sphinx_exercise_registry[node["target_label"]]["node"][0][-1].astext()


def container(node, page):
    classes = node["classes"]
    if "take-away" in classes:  # of use on the site alone
        return ""
    for name in ("routes", "sheet"):
        if name in classes:
            return call(name, *(f"[{page.text([child])}]" for child in node.children))
    for name in ("answer", "doors", "card", "route"):
        if name in classes:
            return call(name, body=blocks(node, page))
    if node.get("nb_element") == "cell_code":
        return call("cell", body=blocks(node, page))
    return blocks(node, page)


def fold(node, page):
    """Folded code of figures stays away."""
    return ""


def figure(node, page):
    number = page.number("figure", node)
    caption = "".join(map(page.inlines, parts(node, nodes.caption)))
    rest = [c for c in node.children if not isinstance(c, nodes.caption | nodes.legend)]
    body = page.text(rest + parts(node, nodes.legend))
    return call("picture-with-caption", quoted(number), f"[{caption}]", page.names(node), body=body)


def image(node, page):
    path = page.env.srcdir / node["uri"].lstrip("/")
    page.pictures.add(path)
    size = [str(node.get("size", {}).get(side, 500)) for side in ("width", "height")]
    return call("picture", quoted(f"/pictures/{path.name}"), quoted(node.get("alt", "")), *size)


def table(node, page):
    group = next(node.findall(nodes.tgroup))
    widths = [column["colwidth"] for column in parts(group, nodes.colspec)]
    head, body = (
        [row.children for part in parts(group, kind) for row in part.children]
        for kind in (nodes.thead, nodes.tbody)
    )
    sides = array(quoted(side(entry)) for entry in (head + body)[0])
    given = "colwidths-given" in node["classes"]
    title, _ = doctree.titled(node)

    def cells(rows):
        return array(array(f"[{blocks(entry, page)}]" for entry in row) for row in rows)

    return call(
        "grid-of",
        f"[{page.inlines(title) if title else ''}]",
        page.names(node),
        array(map(str, widths)) if given else str(len(widths)),
        sides,
        cells(head),
        cells(body),
    )


def side(entry):
    sides = (c.removeprefix("text-") for c in entry["classes"] if c.startswith("text-"))
    return next(sides, "left")


def raw(node, page):
    if "html" not in node.get("format", "").split():
        return page.unknown(node)
    try:
        return call("result", body=from_html(node.astext(), escaped, link_to(page)))
    except ValueError as error:
        return page.unknown(node, str(error))


def description(node, page):
    """A documented function, class or attribute: its signature, then what is said of it."""
    lines = "\n\n".join(
        call("signature", page.names(head), quoted(signature(head)))
        for head in parts(node, addnodes.desc_signature)
    )
    body = inside(parts(node, addnodes.desc_content), page)
    return call("described", f"[{lines}]", body=body)


def signature(node):
    """A signature as one line of Python."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, addnodes.desc_parameterlist):
        return "(" + ", ".join(map(signature, node.children)) + ")"
    if isinstance(node, addnodes.desc_returns):
        return " → " + "".join(map(signature, node.children))
    return "".join(map(signature, node.children))


def field_list(node, page):
    return [
        call("definition", f"[{page.inlines(name)}]", "()", body=blocks(body, page))
        for name, body in (item.children for item in node.children)
    ]


def paragraph(node, page):
    text = page.inlines(node).strip()
    if "executed" in node["classes"]:
        return call("executed", body=text)
    return (call("anchors", page.names(node)) if node["ids"] else "") + text


def reference(node, page):
    text = page.inlines(node)
    address = node.get("refuri", "")
    if not address and "refid" in node:
        return call("to", *map(quoted, (page.docname, node["refid"], page.docname)), body=text)
    return link_to(page)(address, text, node)


def link_to(page):
    """A function that links a text: to another page of the book, or to the world."""

    def link(address, text, node=None):
        if re.match(r"[a-z]+:", address):
            return web(address, text, page)
        file, _, anchor = address.partition("#")
        if file and not file.endswith(".html"):  # a file beside the pages, and beside the PDFs
            return call("link", quoted(address), body=text)
        docname = page.path(file).removesuffix(".html") if file else page.docname
        if docname not in page.env.found_docs:
            page.warn(f"a link leads nowhere: {address}", node)
            return text
        return call("to", *map(quoted, (docname, anchor, page.docname)), body=text)

    return link


def web(address, text, page):
    """A link to the world, its address beside it; where the text is the address, once."""
    if text == escaped(address):
        return call("link", quoted(address), body=text)
    return call("web-beside" if page.in_footnote else "web", quoted(address), body=text)


def footnote(node, page):
    name = f"{page.docname}#{node['refid']}"
    if node["refid"] in page.noted:
        return call("footnote-again", quoted(name))
    page.noted.add(node["refid"])
    for note in node.document.findall(nodes.footnote):
        if node["refid"] in note["ids"]:
            page.in_footnote = True
            body = page.text(note.children[1:])
            page.in_footnote = False
            return call("footnote-here", quoted(name), body=body)
    return page.unknown(node, f"no footnote {node['refid']}")


def within(name):
    """A function that calls one of the template with what is in a node."""
    return lambda node, page: call(name, body=page.inlines(node))


# What only says what its children are.
TRANSPARENT = (
    nodes.inline,
    nodes.generated,
    addnodes.pending_xref,
    addnodes.desc_inline,
    addnodes.desc_sig_element,
    addnodes.desc_name,
    addnodes.desc_addname,
    addnodes.desc_annotation,
)
Page.BLOCKS = {
    nodes.section: section,
    nodes.rubric: within("rubric"),
    nodes.paragraph: paragraph,
    nodes.math_block: formula,
    nodes.literal_block: literal,
    nodes.doctest_block: literal,
    predict.Predict: prediction,
    predict.Choices: choices,
    nodes.bullet_list: lambda node, page: f"#list({items(node, page)})",
    nodes.enumerated_list: lambda node, page: (
        f"#enum(start: {node.get('start', 1)}, {items(node, page)})"
    ),
    nodes.block_quote: lambda node, page: call("quote", "block: true", body=blocks(node, page)),
    solution_node: solution,
    doctree.EXERCISES: exercise,
    nodes.table: table,
    nodes.definition_list: definitions,
    HideCodeCellNode: fold,
    nodes.container: container,
    addnodes.desc: description,  # before admonitions: for docutils it is one
    nodes.Admonition: admonition,
    nodes.figure: figure,
    nodes.image: image,
    nodes.transition: lambda node, page: "#transition()",
    nodes.line_block: lambda node, page: " \\ ".join(map(page.inlines, node.children)),
    nodes.raw: raw,
    nodes.field_list: field_list,
    (nodes.compound, nodes.topic, addnodes.glossary, Ahead, Case): blocks,
}
Page.INLINES = {
    nodes.Text: lambda node, page: escaped(node.astext()),
    nodes.math: inline_formula,
    nodes.literal: lambda node, page: call("mono", quoted(node.astext())),
    (nodes.emphasis, nodes.title_reference, addnodes.desc_sig_name): within("emph"),
    nodes.strong: within("strong"),
    (nodes.reference, addnodes.number_reference): reference,
    nodes.footnote_reference: footnote,
    nodes.superscript: within("super"),
    nodes.subscript: within("sub"),
    nodes.math_block: formula,
    nodes.image: image,
    TRANSPARENT: lambda node, page: page.inlines(node),
}
