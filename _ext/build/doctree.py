"""A finished page (a resolved doctree) on its way into another language, node by node.

A language is a subclass of `Page`. Its tables `BLOCKS` and `INLINES` have for each kind of node a
function of the node and the page, which gives a text; one for blocks may give a list of pieces.
What stands in neither is a warning, so that nothing is lost in silence.
"""

import posixpath
from dataclasses import dataclass
from typing import ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

logger = logging.getLogger(__name__)

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
EXERCISES = (exercise_node, exercise_enumerable_node)


@dataclass
class Page:
    """Where we are, for numbers and for links, and the language that is written."""

    env: object
    docname: str

    LANGUAGE: ClassVar[str]
    BLOCKS: ClassVar[dict]
    INLINES: ClassVar[dict]
    SILENT: ClassVar[tuple] = SILENT

    def plain(self, text):
        """A text that means nothing but itself."""
        raise NotImplementedError

    def block(self, node):
        """The pieces of one block-level node."""
        if isinstance(node, self.SILENT):
            return []
        write = chosen(self.BLOCKS, node)
        if not write and isinstance(node, nodes.Inline | nodes.Text):
            return [self.inline(node)]
        pieces = write(node, self) if write else self.unknown(node)
        return [pieces] if isinstance(pieces, str) else pieces

    def blocks(self, content):
        """The pieces of some nodes, one after another, without empty ones."""
        return [piece for node in content for piece in self.block(node) if piece]

    def inline(self, node):
        """The text of one inline node."""
        if isinstance(node, self.SILENT):
            return ""
        write = chosen(self.INLINES, node)
        return write(node, self) if write else self.unknown(node)

    def inlines(self, node):
        return "".join(map(self.inline, node.children))

    def unknown(self, node, message=""):
        """Warn of a node that cannot be written; its words stay."""
        self.warn(message or f"no {self.LANGUAGE} for <{node.tagname}>", node)
        return self.plain(node.astext())

    def warn(self, message, node=None):
        logger.warning("%s", message, location=node or self.docname, type=self.LANGUAGE)

    def number(self, kind, node):
        """The number of a figure, an equation or an exercise, or an empty text."""
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        parts = (numbers[name] for name in node["ids"] if name in numbers)
        return ".".join(map(str, next(parts, ())))

    def path(self, file):
        """The path in the site of a file that is linked from here."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.docname), file))


def chosen(table, node):
    """The function that the table has for this kind of node, if it has one."""
    return next((write for kind, write in table.items() if isinstance(node, kind)), None)


def parts(node, kind):
    """The children of a node that are of this kind."""
    return [child for child in node.children if isinstance(child, kind)]


def titled(node):
    """The title that a node begins with, or nothing, and what comes after it."""
    first, *rest = node.children or [None]
    return (first, rest) if isinstance(first, nodes.title) else (None, node.children)
