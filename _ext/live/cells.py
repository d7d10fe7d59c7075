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
BAR = (
    '<div class="live-bar">'
    + "".join(
        f'<button type="button" data-live="{do}"{state}>{name}</button>'
        for do, name, state in BUTTONS
    )
    + "</div>\n"
)


def visit(translator, node):
    if node.get("nb_element") != "cell_code" or not translator.builder.config.live:
        type(translator).visit_container(translator, node)
        return
    start = translator.starttag(node, "div", CLASS="docutils container")
    translator.body.append(start.replace(">", ' data-live-state="idle">', 1))
    code, *rest = node.children
    code.walkabout(translator)
    translator.body.append(BAR)
    for child in rest:
        child.walkabout(translator)
    raise nodes.SkipChildren


def depart(translator, node):
    translator.body.append("</div>\n")
