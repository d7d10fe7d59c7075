"""Every page ends with the count of its displayed equations that were executed.

They are read from the page's source and evaluated (`wuv.equations`) when Sphinx reads the page. A
false one, or one that cannot be read and is not marked, is a warning with its file and line, so the
build fails. The first page of the book has the count of the whole book.
"""

from docutils import nodes
from sphinx.util import logging

from _ext.build import state
from wuv.equations import check_file

CHAPTER = "chapters/how_it_checks"  # explains what "executed" means; linked where it exists

logger = logging.getLogger(__name__)


def check(app, doctree):
    env = app.env
    checked = check_file(env.doc2path(env.docname), env.docname)
    for equation in checked.failures:
        message = f"{equation.status} equation: {equation.message}"
        logger.warning("%s", message, location=(env.docname, equation.line))
    marked = [x.message for x in checked.equations if x.status == "marked"]
    some = sum(x.status == "executed" and not x.all_sizes for x in checked.equations)
    counts(env)[env.docname] = checked.count("executed"), some, marked


def counts(env):
    """Of each page, how many were executed, how many of these for some sizes only, and why the
    marked ones were not."""
    return state.by_page(env, "executed")


def renew_first_page(app, env):
    """The sum may have changed, although the first page did not."""
    return [app.config.root_doc]


def say(app, doctree, docname):
    env, place = app.env, "on this page"
    executed, some, marked = counts(env).get(docname, (0, 0, []))
    if docname == app.config.root_doc:
        place = "in this book"
        executed, some = (sum(page[i] for page in counts(env).values()) for i in (0, 1))
        marked = [reason for _, _, reasons in counts(env).values() for reason in reasons]
    if executed or marked:
        before, after = sentence(executed, some, marked, place)
        line = nodes.paragraph("", before, classes=["executed"])
        line += how(app, docname)
        line += nodes.Text(after)
        section = next(iter(doctree.findall(nodes.section)), doctree)
        section += line


def sentence(executed, some, marked, place):
    """What is said, before and after the word "executed"."""
    one = executed == 1
    before = f"{executed or 'No'} equation{'' if one else 's'} {place} {'was' if one else 'were'} "
    after = f", {some} for the sizes tried" if some else ""
    after += f", {len(marked)} marked: {'; '.join(dict.fromkeys(marked))}" if marked else ""
    return before, f"{after}."


def how(app, docname):
    """The word "executed", with a link to its explanation if there is one."""
    if CHAPTER not in app.env.found_docs or docname == CHAPTER:
        return nodes.Text("executed")
    address = app.builder.get_relative_uri(docname, CHAPTER)
    return nodes.reference("", "executed", refuri=address, internal=True)
