"""`{ask}`: one box on the page that takes a gradient and says what is right or wrong with it.

A link to a page with the box may ask at once: `diagnose.html?wrt=u&answer=2(Wu-v)W^T`. Where
nothing can run, on paper, without scripts or in a site without live cells, two lines of Python
stand in its place.

What is sure to be asked is judged when the page is built, a line for each:

    ```{ask}
    u: 2(Wu - v)W^T
    W: 2(Wu - v)u^T
    ```

The page holds what is said of these, with the derivation: a button, or the same text typed, shows
it at once, before any Python is there.
"""

import re
from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.live.cells import STATUS
from _ext.page.mathml import to_mathml
from wuv import derive, diagnose
from wuv.algebra import AlgebraError
from wuv.diagnosis.question import BOOK

EXAMPLE = "2(Wu - v)W^T"
LOSS = "np.linalg.norm(X @ w - y)**2 + lam * w.T @ w"
FORM = f"""\
<form class="ask" method="get" data-live-state="idle" aria-label="Ask the book">
<p><label>With respect to <input name="wrt" value="u" size="3" required list="ask-names"></label>
<datalist id="ask-names"><option>W<option>u<option>v</datalist>
<label class="ask-wide">the gradient is <input name="answer" required maxlength="1000" \
placeholder="{EXAMPLE}"></label></p>
<details><summary>of another loss than ‖Wu − v‖²</summary>
<p><label class="ask-wide">Loss <input name="loss" maxlength="1000" \
placeholder="{LOSS}"></label></p></details>
<p class="live-bar"><button type="submit" data-live="ask">Ask</button>\
<button type="button" data-live="stop" disabled>Stop</button></p>
{STATUS}\
<div class="cell_output"></div>
</form>
""".replace("<input ", '<input spellcheck="false" autocapitalize="off" autocomplete="off" ')


class Ask(nodes.container):
    """The box. Its children are what stands in its place where nothing runs."""


class AskDirective(SphinxDirective):
    has_content = True

    def run(self):
        code = f'from wuv import diagnose\n\ndiagnose("{EXAMPLE}", "u")'
        known = [self.reply(line) for line in self.content if line.strip()]
        return [Ask("", nodes.literal_block(code, code, language="python"), known=known)]

    def reply(self, line):
        """Return the variable, the answer, and as HTML what is said of it."""
        given = re.fullmatch(r"\s*(\w+)\s*:\s*(\S.*)", line)
        if not given:
            raise self.error(f"a line is a variable and an answer, as in u: {EXAMPLE}; not {line}")
        wrt, answer = given.groups()
        try:
            return wrt, answer.strip(), said_of(answer, wrt)
        except AlgebraError as error:
            raise self.error(f"{line}: {error}") from None


def said_of(answer, wrt):
    """What `session.py` shows of an answer: the diagnosis and the derivation, as HTML.

    Raises `AlgebraError` for an answer that cannot be read.
    """
    diagnosis = diagnose(answer, wrt)
    if diagnosis.verdict in ("unreadable", "empty"):
        raise AlgebraError(str(diagnosis))
    math = to_mathml(derive(BOOK, wrt)._repr_latex_().strip("$"), display=True)
    steps = f'<div class="math output text_latex"><div class="formula">{math}</div></div>'
    if not diagnosis:
        steps = f"<details><summary>Step by step</summary>{steps}</details>"
    return f'<div class="output text_html">{diagnosis._repr_html_()}</div>{steps}'


def as_written(answer):
    """An answer as a person writes it, for the name of a button."""
    return answer.replace("^T", "ᵀ").replace("-", "−")


def known_html(known):
    """The buttons of what has been judged already, and what they show."""
    if not known:
        return ""
    buttons = "".join(
        f'<button type="button" data-wrt="{escape(wrt)}" data-answer="{escape(answer)}">'
        f"{escape(as_written(answer))} <span>for {escape(wrt)}</span></button>"
        for wrt, answer, _ in known
    )
    templates = "".join(f"<template>{said}</template>" for *_, said in known)
    return f'<p class="ask-known"><span>Judged already:</span> {buttons}</p>\n{templates}\n'


def visit(translator, node):
    if not translator.builder.config.live:
        translator.visit_container(node)
        return
    form = FORM.replace(STATUS, known_html(node["known"]) + STATUS)
    translator.body.append(f'{form}<div class="ask-instead">\n')


def depart(translator, node):
    if translator.builder.config.live:
        translator.body.append("</div>\n")
    else:
        translator.depart_container(node)


def setup(app):
    app.add_node(Ask, html=(visit, depart))
    app.add_directive("ask", AskDirective)
