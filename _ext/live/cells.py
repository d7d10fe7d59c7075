"""A code cell on the page: it has a state, and buttons under its code.

The buttons are part of the page, not of a script, so that nothing moves when a script arrives.
"""

from docutils import nodes

BUTTONS = (
    ("run", "Run", ""),
    ("above", "Run all above", ""),
    ("edit", "Edit", ""),
    ("reset", "Reset", " disabled"),
    ("stop", "Stop", " disabled"),
)
STATUS = '<div class="live-status"><span role="status"></span></div>\n'


def bar(number):
    """The buttons of a page's cell; above the first there is nothing to run."""
    buttons = "".join(
        f'<button type="button" data-live="{do}"'
        f"{' disabled' if number == 1 and do == 'above' else state}>{name}</button>"
        for do, name, state in BUTTONS
    )
    group = f'<div class="live-bar" role="group" aria-label="Cell {number}">'
    return f"{group}{buttons}</div>\n{STATUS}"


def visit(translator, node):
    if node.get("nb_element") != "cell_code" or not translator.builder.config.live:
        type(translator).visit_container(translator, node)
        return
    start = translator.starttag(node, "div", CLASS="docutils container")
    translator.body.append(start.replace(">", ' data-live-state="idle">', 1))
    code, *rest = node.children
    code.walkabout(translator)
    translator.live_cells = getattr(translator, "live_cells", 0) + 1  # one translator a page
    translator.body.append(bar(translator.live_cells))
    for child in rest:
        child.walkabout(translator)
    raise nodes.SkipChildren


def depart(translator, node):
    translator.body.append("</div>\n")


def setup(app):
    app.add_node(nodes.container, override=True, html=(visit, depart))
