"""Mathematics as MathML, made while the book is built: no script, no other host.

A formula that cannot be converted is a warning with its file and line, so the build fails.
The letters of the book (W, u, v, r, and U, V for batches) carry a class, by which the style sheet
gives each its colour. The TeX stays inside the formula as an annotation.
"""

import re
from contextlib import suppress
from html import escape
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from wuv.mathtext import Strange, mathml, to_words
from wuv.mathtext.mathml import BRACE, PRIMES

logger = logging.getLogger(__name__)

LETTER = re.compile(r"<mi>([WuvrUV])</mi>")
TAGS = re.compile(r"<annotation.*?</annotation>|<[^>]*>", re.DOTALL)
LONG = 22  # characters
CLOSING = re.compile(r"[,.;:!?)\]’”]+(?=\s|$)")
OUTER = re.compile(r"(<math[^>]*>)(.*)(</math>)", re.DOTALL)
SINGLE = re.compile(r"<(m[ino])( [^>]*)?>[^<]*</\1>")


def redrawn(math):
    """Primes beside their letter: the sign is raised already, as a superscript it would fly off.
    And a line, drawn by the style sheet, for a brace: not every font has one that grows."""
    root = ElementTree.fromstring(math)
    for node in root.iter("munder"):
        if node[0].tag == "munder" and node[0][1].text == BRACE:
            node[0] = node[0][0]
            node.set("class", "sized")
    for node in root.iter("msup"):
        if node[1].tag == "mo" and node[1].text in PRIMES:
            node.tag = "mrow"
            node[1].attrib.update(lspace="0", rspace="0")
    return ElementTree.tostring(root, encoding="unicode")


def reasons_below(math):
    """Let the reason of a line, the fourth cell after an empty third one, stand in a row of its own
    too, of which the style sheet shows one."""
    root = ElementTree.fromstring(math)
    for table in root.iter("mtable"):
        for row in list(table):
            if len(row) != 4 or len(row[2]) or not len(row[3]):
                continue
            why = ElementTree.Element("mtr", {"class": "why"})
            cell = ElementTree.SubElement(
                why, "mtd", {"columnspan": "2", "style": "text-align: left;"}
            )
            cell.extend(row[3])
            for beside in row[2:]:
                beside.set("class", "beside")
            table.insert(list(table).index(row) + 1, why)
    return ElementTree.tostring(root, encoding="unicode")


def to_mathml(tex, display):
    """The `<math>` element for `tex`. `Strange` if the TeX is not understood."""
    tex = tex.strip()
    math = LETTER.sub(r'<mi class="\1">\1</mi>', mathml(tex, display))
    if any(sign in math for sign in (BRACE, *PRIMES)):
        math = redrawn(math)
    if "&&" in tex:
        math = reasons_below(math)
    annotation = f'<annotation encoding="application/x-tex">{escape(tex, quote=False)}</annotation>'

    def with_source(match):
        opening, inner, closing = match.groups()
        shown = inner if SINGLE.fullmatch(inner) else f"<mrow>{inner}</mrow>"
        return f"{opening}<semantics>{shown}{annotation}</semantics>{closing}"

    return OUTER.sub(with_source, math)


def render(node, display):
    try:
        return to_mathml(node.astext(), display)
    except Strange as error:
        logger.warning("formula: %s in %s", error, node.astext(), location=node)
        return f"<code>{escape(node.astext())}</code>"


class KeepPunctuation(SphinxPostTransform):
    """A formula and the comma after it stay on one line."""

    formats = ("html",)

    def run(self, **kwargs):
        for math in list(self.document.findall(nodes.math)):
            after = math.next_node(descend=False, siblings=True)
            sign = CLOSING.match(after.astext()) if isinstance(after, nodes.Text) else None
            if sign and not is_long(math):
                parent, text = math.parent, after.astext()
                # by its place: a paragraph may hold the same text twice, and replace() would
                # take the first of them
                place = next(i for i, child in enumerate(parent) if child is math)
                kept = nodes.inline("", "", classes=["together"])
                parent[place : place + 2] = [kept, nodes.Text(text[sign.end() :])]
                kept.extend([math, nodes.Text(sign[0])])


class NameLinks(SphinxPostTransform):
    """A link that holds formulas alone has a name in words: not every browser reads them as one."""

    formats = ("html",)

    def run(self, **kwargs):
        for link in self.document.findall(nodes.reference):
            if is_formulas(link):
                link["reftitle"] = spoken(link)


def is_formulas(node):
    """Whether nothing is said in a node but formulas."""
    said = "".join(text.astext() for text in node.findall(nodes.Text)).split()
    formulas = "".join(math.astext() for math in node.findall(nodes.math)).split()
    return bool(said) and said == formulas


def spoken(node):
    """The formulas of a node in words; what is not understood is a warning where it is shown."""
    with suppress(Strange):
        return " ".join(to_words(math.astext()) for math in node.findall(nodes.math))
    return node.astext()


def is_long(node):
    """Whether a formula may be wider than a telephone."""
    return len(TAGS.sub("", render(node, display=False))) > LONG


def visit_inline(translator, node):
    math = render(node, display=False)
    # A formula has no line breaks; one that may be too wide can scroll by itself.
    translator.body.append(f'<span class="formula">{math}</span>' if is_long(node) else math)
    raise nodes.SkipNode


def visit_display(translator, node):
    number = ""
    if node["number"]:
        label = get_node_equation_number(translator, node)
        href = f"#{node['ids'][0]}" if node["ids"] else ""
        link = f'<a href="{href}" title="Link to this equation">({label})</a>' if href else label
        number = f'<span class="eqno">{link}</span>'
    attributes = {"CLASS": "math numbered" if number else "math"}
    translator.body.append(translator.starttag(node, "div", "", **attributes))
    # One element scrolls, the number stays beside it.
    translator.body.append(
        f'<div class="formula">{render(node, display=True)}</div>{number}</div>\n'
    )
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
