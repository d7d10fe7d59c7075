"""`{ask}`: one box on the page that takes a gradient and says what is right or wrong with it.

A link to a page with the box may ask at once: `diagnose.html?wrt=u&answer=2(Wu-v)W^T`. Where
nothing can run, on paper, without scripts or in a site without live cells, two lines of Python
stand in its place.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.live.cells import STATUS

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
    def run(self):
        code = f'from wuv import diagnose\n\ndiagnose("{EXAMPLE}", "u")'
        return [Ask("", nodes.literal_block(code, code, language="python"))]


def visit(translator, node):
    if not translator.builder.config.live:
        translator.visit_container(node)
        return
    translator.body.append(f'{FORM}<div class="ask-instead">\n')


def depart(translator, node):
    if translator.builder.config.live:
        translator.body.append("</div>\n")
    else:
        translator.depart_container(node)


def setup(app):
    app.add_node(Ask, html=(visit, depart))
    app.add_directive("ask", AskDirective)
