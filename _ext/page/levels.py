"""Exercises have a level, 1 to 3, said in their title; `{exercise-list}` lists all of the book's.

The level is a class of the exercise: `:class: level-2`. The list is in the order of the book, each
chapter with its exercises by level, and is made from the exercises themselves.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import exercise_enumerable_node

MEANING = {1: "one step, by hand", 2: "several steps, or code", 3: "to prove or explore"}


class ListHere(nodes.General, nodes.Element):
    """The place of the list, until the whole book is known."""


class ExerciseList(SphinxDirective):
    def run(self):
        self.env.metadata[self.env.docname]["exercise-list"] = True
        return [ListHere()]


def level(node):
    """The level of an exercise, or None."""
    return next((number for number in MEANING if f"level-{number}" in node["classes"]), None)


def chapters(env, docname):
    """The pages of the book in its order, from `docname` on."""
    yield docname
    for child in env.toctree_includes.get(docname, ()):
        yield from chapters(env, child)


def by_level(env, docname):
    """The exercises of a page, in its order, for each level."""
    exercises = {number: [] for number in MEANING}
    for entry in getattr(env, "sphinx_exercise_registry", {}).values():
        if entry["docname"] == docname and level(entry["node"]):
            exercises[level(entry["node"])].append(entry["node"])
    return exercises


def link(app, page, target, anchor, text):
    address = app.builder.get_relative_uri(page, target) + anchor
    return nodes.reference("", text, refuri=address, internal=True)


def listed(app, page):
    """The list as a definition list, and how many exercises it has."""
    result, total = nodes.definition_list(classes=["exercises"]), 0
    for docname in chapters(app.env, app.config.root_doc):
        exercises_here = by_level(app.env, docname)
        if not any(exercises_here.values()):
            continue
        term = nodes.term("", "", link(app, page, docname, "", app.env.titles[docname].astext()))
        lines = nodes.definition()
        for number, exercises in exercises_here.items():
            line = nodes.paragraph("", f"Level {number}: ")
            for place, node in enumerate(exercises):
                line += nodes.Text(" · " if place else "")
                title = node.children[0].children[-1].astext()
                line += link(app, page, docname, f"#{node['ids'][0]}", title)
            lines += [line] if exercises else []
            total += len(exercises)
        result += nodes.definition_list_item("", term, lines)
    return result, total


class SayLevels(SphinxPostTransform):
    def run(self, **kwargs):
        for node in self.document.findall(exercise_enumerable_node):
            if level(node):
                said = f" · level {level(node)}"
                node.children[0] += nodes.inline("", said, classes=["level"])
        for node in list(self.document.findall(ListHere)):
            exercises, total = listed(self.app, self.env.docname)
            meaning = "; ".join(f"level {number}: {text}" for number, text in MEANING.items())
            count = nodes.paragraph("", f"{total} exercises; {meaning}.")
            node.replace_self([count, exercises])


def renew_lists(app, env):
    """Exercises may have changed, although the page that lists them did not."""
    return [name for name, data in env.metadata.items() if "exercise-list" in data]


def setup(app):
    app.add_node(ListHere)
    app.add_directive("exercise-list", ExerciseList)
