"""Tables and numbered formulas as clean HTML.

The empty corner of a table with headed rows is a plain cell, not a heading without a name; and an
anchor stands once, though Furo wraps tables and formulas in a box that repeats it.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

WRAPPERS = {"table-wrapper", "math-wrapper"}


class OneAnchor(SphinxPostTransform):
    def run(self, **kwargs):
        for node in self.document.findall(nodes.container):
            if WRAPPERS & set(node["classes"]):
                node["ids"] = []


def visit_entry(translator, node):
    row = node.parent
    if isinstance(row.parent, nodes.thead) and not node.astext().strip():
        row.column = getattr(row, "column", 0) + 1
        translator.body.append("<td></td>")
        raise nodes.SkipNode
    type(translator).visit_entry(translator, node)


def depart_entry(translator, node):
    type(translator).depart_entry(translator, node)


def setup(app):
    app.add_node(nodes.entry, override=True, html=(visit_entry, depart_entry))
