"""The book as PDF, and each page of the site as one of its own.

A page is written for Typst when it is written for the site (`markup.py`), from the same
resolved doctree, so its numbers and links are those of the site. What it looks like is said in
`typst/`, what binds pages together in `volumes.py`. When all pages are there, every PDF is set
whose text, pictures or templates have changed. They are tagged (PDF/UA-1), carry no date, and use
no font of the machine, so the same book gives the same bytes.
"""

import hashlib
import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path

import typst
from sphinx.errors import SphinxError

from _ext.build.files import put, remove_others
from _ext.page.mathfont import FONTS
from _ext.paper.markup import written
from _ext.paper.volumes import BOOK, FOLDER, IMPORT, Volume, pdf_path, single, whole_book

TEMPLATES = Path(__file__).parent / "typst"
TOOLS = f"typst {version('typst')}, fonts of ziamath {version('ziamath')}"

VARIABLE = re.compile(r"var\(--([\w-]+)\)")
VALUE = re.compile(r"--([\w-]+):\s*([^;}]+)")


def workshop(app):
    """The folder in which everything lies that Typst reads."""
    return Path(app.doctreedir, "typst")


def write_page(app, doctree, docname):
    """Keep a page as text for Typst, with its pictures; of its solutions there is a file too."""
    text, solutions, pictures = written(doctree, app.env, docname)
    folder = workshop(app)
    put(folder / f"{docname}.typ", IMPORT + text + "\n")
    put(folder / f"{docname}.solutions.typ", IMPORT + solutions + "\n" if solutions else "")
    put(folder / f"{docname}.pictures.json", json.dumps(sorted(path.name for path in pictures)))
    for path in pictures:
        put(folder / "pictures" / path.name, plain(path.read_text("utf-8")))


def plain(svg):
    """A drawing with its colours for paper written out: variables are for the browser."""
    first = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    if not first:
        return svg
    values = dict(VALUE.findall(first[1].split("@media")[0]))
    return VARIABLE.sub(lambda m: values.get(m[1], m[0]), svg.replace(first[0], "", 1))


def made_from(folder, volume: Volume, files):
    """The hash of all that a PDF is made from."""
    result = hashlib.sha256(repr((TOOLS, volume, files)).encode())
    paths = sorted(TEMPLATES.glob("*.typ"))
    for name in volume.pages:
        paths += [folder / f"{name}.typ", folder / f"{name}.solutions.typ"]
        pictures = json.loads((folder / f"{name}.pictures.json").read_text("utf-8"))
        paths += [folder / "pictures" / picture for picture in pictures]
    for path in paths:
        result.update(path.read_bytes())
    return result.hexdigest()


def write_pdfs(app):
    folder, out = workshop(app), Path(app.outdir)
    for path in TEMPLATES.glob("*.typ"):
        shutil.copy(path, folder)
    book = whole_book(app, folder)
    volumes = [book, *(single(app, folder, name) for name in book.pages[1:])]
    files = {name: Path(pdf_path(app, name)).name for name in book.pages}
    now = {volume.path: made_from(folder, volume, files) for volume in volumes}
    record = folder / "made.json"
    before = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    (out / FOLDER).mkdir(exist_ok=True)
    setter = compiler(folder)
    for volume in volumes:
        target = out / volume.path
        if before.get(volume.path) != now[volume.path] or not target.is_file():
            target.write_bytes(typeset(setter, folder, volume, files))
    remove_others(out / FOLDER, "*.pdf", {Path(path).name for path in now})
    put(record, json.dumps(now))


def compiler(folder):
    """Typst, which reads from `folder`; one for many volumes, which have much in common."""
    return typst.Compiler(root=str(folder), font_paths=[str(FONTS)], ignore_system_fonts=True)


def typeset(compiler, folder, volume, files):
    """The bytes of a volume; ``files`` says in which file each page is that is not here.

    A word of complaint from Typst stops the build.
    """
    main = folder / f"{Path(volume.path).stem}.main.typ"
    put(main, volume.text)
    try:
        result, warnings = compiler.compile_with_warnings(
            str(main),
            sys_inputs={"pages": json.dumps(volume.pages), "files": json.dumps(files)},
            pdf_standards="ua-1",
            timestamp=0,
        )
    except typst.TypstError as error:
        raise SphinxError(f"{volume.path}: {error}") from error
    if warnings:
        said = "; ".join(str(warning.message) for warning in warnings)
        raise SphinxError(f"{volume.path}: {said}")
    return result


def offer(app, pagename, templatename, context, doctree):
    context["book_pdf"] = BOOK
    if pagename in app.env.found_docs:
        context["pdf"] = pdf_path(app, pagename)
