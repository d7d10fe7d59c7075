"""What folds, folds as native HTML: solutions, and the code of figures.

`<details>` opens without a script, by keyboard too, and the browser's own search finds text inside.
A solution folds if it has the class `dropdown`, a cell's code if it has the tag `hide-input`, and
what it shows if it has the tag `hide-output`, as after a question that the reader is to answer.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

FOLDED = {"source": "Code", "output": "What it shows"}  # by the last word of MyST-NB's prompts


class TakeTitle(SphinxPostTransform):
    """Move a solution's title from its children to `node["title"]`, where the writers read it."""

    def run(self, **kwargs):
        for node in self.document.findall(solution_node):
            if node.children and isinstance(node.children[0], nodes.title):
                node["title"] = node.children.pop(0).astext()
        for node in self.document.findall(nodes.section):
            if node["ids"] in (["exercise-content"], ["solution-content"]):
                node["ids"] = []  # the same in every box


def visit_solution(translator, node):
    fold = "dropdown" in node["classes"]
    tags = ("details", "summary") if fold else ("div", "p")
    translator.body.append(translator.starttag(node, tags[0], CLASS="admonition"))
    title = translator.encode(node["title"].strip())
    translator.body.append(f'<{tags[1]} class="admonition-title">{title}</{tags[1]}>\n')
    translator.context.append(f"</{tags[0]}>\n")


def depart_solution(translator, node):
    translator.body.append(translator.context.pop())


def visit_code(translator, node):
    title = FOLDED[node["prompt_show"].split()[-1]]
    translator.body.append(f'<details class="hide">\n<summary>{title}</summary>\n')


def depart_code(translator, node):
    translator.body.append("</details>\n")


def offer(app, pagename, templatename, context, doctree):
    """Tell the page whether there are solutions, which may be printed with it."""
    solutions = doctree.findall(solution_node) if doctree else ()
    context["solutions"] = any("dropdown" in node["classes"] for node in solutions)


def setup(app):
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_code))
