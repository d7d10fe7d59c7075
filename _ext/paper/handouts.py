"""Worksheets ready to print: the directive ``{handouts}`` lists codes, and gets a table of links.

The PDFs, for A4 and US Letter, are written into `handouts/` beside the pages when the build ends,
and with them a picture of the first sheet. What belongs to no code any more is removed.
"""

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.build import state
from _ext.build.files import remove_others
from wuv.worksheet import Copy, Look, pdf, png, read_code, sheet

FOLDER = "handouts"
PAPERS = {"a4": "A4", "letter": "Letter"}
PICTURE = "sheet.png"


class Handouts(SphinxDirective):
    """A picture of the first sheet, and a table with a row for each code."""

    has_content = True

    def run(self):
        sheets = [sheet(read_code(line)) for line in self.content if line.strip()]
        codes(self.env).setdefault(self.env.docname, []).extend(str(x.code) for x in sheets)
        return [picture(sheets[0]), table(sheets)]


def codes(env):
    """The codes of each page: what `write` makes."""
    return state.by_page(env, "handouts")


def picture(first):
    words = (
        f"The first page of a worksheet, {first.title}: lines for a name and a date, a grid for "
        f"the marks, the student's own numbers, and {len(first.questions)} questions, the first "
        "a derivation with blank cells."
    )
    image = (
        f'<p><img class="handout" src="../{FOLDER}/{PICTURE}" width="455" height="643" '
        f'loading="lazy" alt="{escape(words)}"></p>'
    )
    return nodes.raw("", image, format="html")


def table(sheets):
    rows = [["worksheet", "code", "points", "sheet", "key"]]
    for one in sheets:
        code = str(one.code).replace("-", "\N{NON-BREAKING HYPHEN}")
        rows.append([one.title, code, str(one.points), links(one, ""), links(one, "-key")])
    head, *body = (nodes.row("", *map(entry, row)) for row in rows)
    widths = [nodes.colspec(colwidth=width) for width in (6, 3, 1, 3, 3)]
    parts = *widths, nodes.thead("", head), nodes.tbody("", *body)
    return nodes.table("", nodes.tgroup("", *parts, cols=len(widths)))


def entry(content):
    """A cell of the table, with a text or with nodes."""
    parts = [nodes.Text(content)] if isinstance(content, str) else content
    return nodes.entry("", nodes.paragraph("", "", *parts))


def links(one, key):
    """The links to a sheet or to its key, on each paper."""
    parts = []
    for size, paper in PAPERS.items():
        address = f"../{FOLDER}/{one.code}{key}-{size}.pdf"
        parts += [nodes.Text(", "), nodes.reference("", paper, refuri=address, internal=True)]
    return parts[1:]


def files(one):
    """(name, bytes) for one sheet: the sheet and its key, on each paper."""
    for size in PAPERS:
        for key in (False, True):
            name = f"{one.code}{'-key' if key else ''}-{size}.pdf"
            yield name, pdf([Copy(one)], Look(size), key=key)


def write(app):
    folder = Path(app.outdir, FOLDER)
    sheets = [sheet(code) for page in codes(app.env).values() for code in page]
    made = {name: data for one in sheets for name, data in files(one)}
    if sheets:
        made[PICTURE] = png([Copy(sheets[0])])[0]
        folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    remove_others(folder, "*", made)


def setup(app):
    app.add_directive("handouts", Handouts)
