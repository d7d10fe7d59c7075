"""How long a chapter takes to read, computed from the page and never typed.

A word takes a third of a second, a line of code as much as ten. What is folded away, the exercises
and the footnotes are left out: whoever opens these takes their time. The measure is taken when the
page is read; `{ahead}` has its place, and the list of chapters on the first page repeats it.

    python -m _ext.page.reading_time [BUILD]

prints the minutes of every chapter of the last build, and what they are made of.
"""

import pickle
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx_exercise.nodes import solution_node

from _ext.build import state
from _ext.build.doctree import EXERCISES
from _ext.page.case import Case
from _ext.page.predict import Answer, Predict

SECONDS = {
    "words": 60 / 180,
    "formulas": 2.5,
    "displays": 25,
    "lines": 3.5,  # of code, and of what it shows
    "predictions": 45,
    "figures": 30,
}
WORD = re.compile(r"\w[\w’'.-]*")
APART = (*EXERCISES, solution_node, Answer, Case, nodes.footnote, nodes.comment, addnodes.toctree)
ONE = {
    nodes.math: "formulas",
    nodes.math_block: "displays",
    nodes.image: "figures",
    Predict: "predictions",
}
WHOLE = (nodes.math, nodes.math_block, nodes.image)  # nothing in them is counted besides
SHOWN = ["text/html", "image/svg+xml", "text/latex", "text/plain"]  # the first that there is


class Minutes(nodes.Element):
    """The place of the time, until the page is read."""


def counted(node):
    """What there is to read in a node of a page as it is when it was read, by kind."""
    found = Counter()
    if isinstance(node, APART):
        return found
    for kind, name in ONE.items():
        found[name] += isinstance(node, kind)
    if isinstance(node, WHOLE):
        return found
    if isinstance(node, nodes.Text):
        found["words"] += len(WORD.findall(node.astext()))
    elif isinstance(node, nodes.literal_block | nodes.doctest_block):
        found["lines"] += lines_of(node.astext())
    elif isinstance(node, nodes.raw):
        found["lines"] += Lines(node.astext()).count
    else:
        for child in open_parts(node):
            found += counted(child)
    return found


def open_parts(node):
    """The children of a node without what a cell folds, and each result in one form of several."""
    kind = node.get("nb_element")
    if kind == "mime_bundle":
        forms = {child["mime_type"]: child for child in node.children}
        return [forms[name] for name in SHOWN if name in forms][:1]
    if kind == "cell_code":
        tags = {tag.partition("-")[2] for tag in node.get("cell_metadata", {}).get("tags", ())}
        folded = {"cell_code_source": {"input", "cell"}, "cell_code_output": {"output", "cell"}}
        return [x for x in node.children if not tags & folded.get(x.get("nb_element"), set())]
    return node.children


def lines_of(text):
    return sum(bool(line.strip()) for line in text.splitlines())


class Lines(HTMLParser):
    """How many lines the HTML of a result has, without what folds in it."""

    def __init__(self, html):
        super().__init__()
        self.count = self.folds = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.folds += tag == "details"
        self.count += not self.folds and tag in ("p", "li", "tr", "br")

    def handle_endtag(self, tag):
        self.folds -= tag == "details"


def minutes(found):
    """How long it takes to read what was counted, at least one minute."""
    return max(1, round(sum(SECONDS[kind] * many for kind, many in found.items()) / 60))


def sentence(time):
    return f"Reading time: {time} minute{'' if time == 1 else 's'}, exercises apart."


def measure(app, doctree):
    """Say the time where the page has a place for it, and keep it for the list of chapters."""
    env, time = app.env, minutes(counted(doctree))
    for place in list(doctree.findall(Minutes)):
        place.replace_self(nodes.paragraph("", sentence(time), classes=["reading-time"]))
        times(env)[env.docname] = time


def times(env):
    """The minutes of each page that says them."""
    return state.by_page(env, "minutes")


def list_times(app, doctree, docname):
    """On the first page, each item of a list that begins with a chapter ends with its time."""
    if docname != app.config.root_doc:
        return
    pages = {
        app.builder.get_relative_uri(docname, page): time for page, time in times(app.env).items()
    }
    for item in doctree.findall(nodes.list_item):
        link = next(item.findall(nodes.reference), None)
        if link is not None and link.get("refuri") in pages and begins(item, link):
            time = nodes.inline("", f" {pages[link['refuri']]} min", classes=["minutes"])
            item[0] += time


def begins(item, link):
    """Whether a list item begins with this link, which may stand in bold."""
    return item.astext().startswith(link.astext())


def table(build):
    """The minutes of each chapter of a build, and of what they are made, as lines of text."""
    lines = [" ".join(["chapter".ljust(20), "minutes", *(kind.rjust(11) for kind in SECONDS)])]
    for path in sorted(Path(build, ".doctrees", "chapters").glob("*.doctree")):
        found = counted(pickle.loads(path.read_bytes()))
        parts = (f"{SECONDS[kind] * found[kind] / 60:11.1f}" for kind in SECONDS)
        lines.append(" ".join([path.stem.ljust(20), f"{minutes(found):7}", *parts]))
    return lines


def setup(app):
    app.add_node(Minutes)


if __name__ == "__main__":
    print("\n".join(table(sys.argv[1] if len(sys.argv) > 1 else "_build")))
