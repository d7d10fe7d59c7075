"""`{ahead}`: what you'll do, what you'll learn and what you need, in three lines.

    :::{ahead}
    do: Take the lines of a real question, predict what each does, and run it.
    learn: Which lines are right, and which for a wrong reason.
    need: [Matrix products](shapes.md).
    :::

Where there is room the three lines are open; on a telephone they fold into one. Below them stands
the time that the page takes (`reading_time`).
"""

import re

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from _ext.page.reading_time import Minutes

LINES = {"do": "You’ll do.", "learn": "You’ll learn.", "need": "You need."}
KEY = re.compile(rf"({'|'.join(LINES)}):\s*(.*)")


class Ahead(nodes.General, nodes.Element):
    """Three paragraphs, each of which begins with its heading."""


class AheadDirective(SphinxDirective):
    has_content = True

    def run(self):
        said = {}
        for line in filter(None, self.content):
            begins = KEY.match(line)
            if begins:
                key, text = begins.groups()
                said[key] = [text]
            elif said:
                said[key].append(line)
        if list(said) != list(LINES) or not all(map(any, said.values())):
            raise self.error(f"it has three lines, in this order: {': …, '.join(LINES)}: …")
        node = Ahead(classes=["ahead", "where-room"])
        for key, lines in said.items():
            node += self.paragraph(LINES[key], lines)
        return [node, Minutes()]

    def paragraph(self, heading, lines):
        source, _ = self.get_source_info()
        parsed = nodes.Element()
        self.state.nested_parse(StringList(lines, source), self.content_offset, parsed)
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.paragraph):
            raise self.error(f"no words: {heading}")
        parsed[0].insert(0, [nodes.strong("", heading), nodes.Text(" ")])
        return parsed[0]


def visit(translator, node):
    translator.body.append(translator.starttag(node, "details"))
    translator.body.append("<summary>What you’ll do, learn and need</summary>\n")


def depart(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.add_node(Ahead, html=(visit, depart))
    app.add_directive("ahead", AheadDirective)
