"""`{case} A`: the numbers of an example in the words of its kitchen, computed from `wuv.case_a()`.

The columns of W are dishes, its rows are ingredients. Where there is room the table is open; on a
telephone it folds.
"""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from wuv import case_a, case_b, residual

CASES = {"A": case_a, "B": case_b}
DISHES = ("meringue", "custard")
INGREDIENTS = ("sugar", "milk", "egg white")


class Case(nodes.General, nodes.Element):
    """The name of the case, and its table."""


class CaseDirective(SphinxDirective):
    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        if name not in CASES:
            raise self.error(f"the cases are {' and '.join(CASES)}; this is {name}")
        node = Case(title=title(name), classes=["case", "where-room"])
        source, _ = self.get_source_info()
        lines = StringList(table(CASES[name]()), source)
        self.state.nested_parse(lines, self.content_offset, node)
        name = nodes.paragraph("", "", nodes.strong("", node["title"]), classes=["case-name"])
        node.insert(0, name)
        return [node]


def title(name):
    kitchen = "A kitchen that counts" if name == "A" else "The same kitchen, counting only"
    return f"Case {name}. {kitchen} {several(counted(CASES[name]()))}."


def counted(problem):
    """The ingredients of a case."""
    return [plural(name) for name in INGREDIENTS[: len(problem.v)]]


def several(words):
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def amounts(numbers, names):
    """Numbers with what they count: `1 sugar, 2 egg whites`."""
    pairs = zip(numbers.flat, names, strict=False)
    return ", ".join(f"{minus(k)} {plural(name, k)}" for k, name in pairs)


def plural(name, k=0):
    """The name of what is counted; of sugar and milk there is no plural."""
    return name if abs(k) == 1 or name in ("sugar", "milk") else f"{name}s"


def minus(k):
    return str(k).replace("-", "−")


def tuple_of(numbers):
    return f"({', '.join(map(str, numbers.flat))})"


def matrix_of(numbers):
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in numbers)
    return rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}"


def table(problem):
    """The lines of the table, in Markdown."""
    W, u, v = problem
    r = residual(W, u, v)
    recipes = f"recipes: a column for each dish, {several(DISHES)}; a row for each ingredient, "
    recipes += several(counted(problem))
    if (W[2:] < 0).any():
        recipes += "; a custard takes the yolk and leaves a white over"
    owed = "; the minus is one that is owed" if (v < 0).any() else ""
    missing = "missing; a minus is left over" if (r < 0).any() else "missing"
    squares = " + ".join(map(str, (r * r).flat))
    rows = {
        "W": (matrix_of(W), recipes),
        "u": (tuple_of(u), f"ordered: {amounts(u, DISHES)}"),
        "v": (tuple_of(v), f"in the larder: {amounts(v, INGREDIENTS)}{owed}"),
        "r = Wu - v": (tuple_of(r), f"{missing}: {amounts(r, INGREDIENTS)}"),
        "2r": (
            tuple_of(2 * r),
            "prices: what one more of each, needed, would cost, to first order",
        ),
        "L": ((r * r).sum(), f"the penalty: {squares}, the squares of $r$"),
    }
    body = [f"| ${name}$ | ${value}$ | {words} |" for name, (value, words) in rows.items()]
    return ["| | | in the kitchen |", "|:--|:--|:--|", *body]


def visit(translator, node):
    translator.body.append(translator.starttag(node, "details"))
    translator.body.append(f"<summary>{translator.encode(node['title'])}</summary>\n")


def depart(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.add_node(Case, html=(visit, depart))
    app.add_directive("case", CaseDirective)
