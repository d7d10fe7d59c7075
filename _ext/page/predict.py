"""`{predict}`: a question before the run, whose answer is out of sight until it is asked for.

    ::::{predict}
    The question.

    - [ ] a choice
    - [x] the right choice

    :::{answer}
    Why.
    :::
    ::::

The choices may be left out. On the page the answer folds as native HTML, which needs no script;
with one (`book.js`) a choice that is pressed is judged, and the answer opens. A notebook and a PDF
have the answers where the chapter ends. Predictions are numbered on their page: `node["number"]`.
"""

import re
from string import ascii_lowercase

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.page.mathml import is_formulas, spoken

MARK = re.compile(r"\[([ xX])\](\s+|$)")
ASKING = "inside a prediction"


class Predict(nodes.General, nodes.Element):
    """A question; its last child is the answer, before which there may be a list of choices."""


class Choices(nodes.bullet_list):
    """What may be chosen: each item has `right`, True or False."""


class Answer(nodes.General, nodes.Element):
    """The answer to the question that it stands in."""


class PredictDirective(SphinxDirective):
    has_content = True

    def run(self):
        number = self.env.new_serialno("predict") + 1
        node = Predict(number=number, ids=[f"predict-{number}"], classes=["predict"])
        self.set_source_info(node)
        self.env.temp_data[ASKING] = True
        self.state.nested_parse(self.content, self.content_offset, node)
        self.env.temp_data[ASKING] = False
        if [type(child) for child in node].count(Answer) != 1 or not isinstance(node[-1], Answer):
            raise self.error("a prediction ends with its one answer: :::{answer}")
        answer = node.pop()
        answer["ids"] = [f"answer-{number}"]
        node[:] = [*self.with_choices(node.children), answer]
        return [node]

    def with_choices(self, content):
        """The question, with its list of marked items, which ends it, as choices."""
        last = content[-1] if content else None
        if not isinstance(last, nodes.bullet_list) or not any(map(mark, last)):
            return content
        marks = [mark(item) for item in last]
        if None in marks or len(marks) < 2 or marks.count("x") != 1:
            raise self.error("of two or more choices, `- [ ]`, one is right, `- [x]`")
        choices = Choices()
        for item, sign in zip(last.children, marks, strict=True):
            words = item[0]
            if len(item) > 1 or next(words.findall(nodes.reference), None):
                raise self.error("a choice is one paragraph without links: it is a button")
            words[0] = nodes.Text(MARK.sub("", words[0].astext(), count=1))
            choices += nodes.list_item("", *words.children, right=sign == "x")
        return [*content[:-1], choices]


def mark(item):
    """The sign in the brackets that an item begins with, or None."""
    first = item[0][0] if isinstance(item[0], nodes.paragraph) and len(item[0]) else None
    found = MARK.match(first.astext()) if isinstance(first, nodes.Text) else None
    return found and found[1].lower()


class AnswerDirective(SphinxDirective):
    has_content = True

    def run(self):
        if not self.env.temp_data.get(ASKING):
            raise self.error("an answer stands inside its question: ::::{predict}")
        self.assert_has_content()
        node = Answer(classes=["predict-answer"])
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def lettered(node):
    """The choices of a prediction: the letter of each, and its item."""
    choices = [item for child in node if isinstance(child, Choices) for item in child]
    return list(zip(ascii_lowercase, choices, strict=False))


def right_letter(node):
    """The letter of the right choice, or an empty text."""
    return next((letter for letter, item in lettered(node) if item["right"]), "")


def visit_predict(translator, node):
    about = {"CLASS": "admonition", "role": "group", "aria-label": "Predict"}
    translator.body.append(translator.starttag(node, "div", **about))
    translator.body.append('<p class="admonition-title">Predict</p>\n')


def depart_predict(translator, node):
    translator.body.append("</div>\n")


def visit_choices(translator, node):
    translator.body.append('<ul class="choices">\n')
    for item in node:
        about = {"type": "button", "aria-pressed": "false"} | named(item)
        about["data-right"] = str(item["right"]).lower()
        start = translator.starttag({}, "button", "", **about)
        translator.body.append(f"<li>{start}")
        for child in item:
            child.walkabout(translator)
        translator.body.append("</button></li>\n")
    translator.body.append('</ul>\n<p class="verdict" role="status"></p>\n')
    raise nodes.SkipNode


def named(item):
    """The name of a button that holds formulas alone, which not every browser reads as one."""
    return {"aria-label": spoken(item)} if is_formulas(item) else {}


def visit_answer(translator, node):
    translator.body.append(translator.starttag(node, "details") + "<summary>Answer</summary>\n")


def depart_answer(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.add_node(Predict, html=(visit_predict, depart_predict))
    app.add_node(Choices, html=(visit_choices, None))
    app.add_node(Answer, html=(visit_answer, depart_answer))
    app.add_directive("predict", PredictDirective)
    app.add_directive("answer", AnswerDirective)
