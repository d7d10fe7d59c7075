"""The PDFs: nothing lost or beyond the margin, links and numbers right, twice the same bytes."""

import json
import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pypdf
import pypdfium2
import pytest
import typst
from serve import ROOT, SITE

from _ext.paper import pdf

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("pdf")]  # read once

BOOK = SITE / "pdf" / "book.pdf"
WORKSHOP = SITE.parent / ".doctrees" / "typst"
MM = 72 / 25.4
SIDE, EDGE = 24 * MM, 10 * MM  # margins of `typst/book.typ`; head and foot lie above the edge
HANGING = 4  # points by which a comma or a hyphen may stand out of a justified line
FIRST = "chapters/index.html"


class Article(HTMLParser):
    """What a page shows: its words, piece by piece, its formulas, exercises, numbers and links.

    Formulas are counted and not read. Forms and what is folded in a cell stay on the screen.
    """

    def __init__(self, name):
        super().__init__()
        self.words, self.formulas, self.links = [], 0, []
        self.depth, self.silent, self.inside, self.apart = 0, [], False, []
        self.feed((SITE / name).read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        kinds = (attrs.get("class") or "").split()
        self.inside |= tag == "article"
        if not self.inside:
            return
        stays = tag == "form" or (tag == "details" and "hide" in kinds)
        if tag in self.apart or (stays and not self.apart):
            self.apart.append(tag)
        self.formulas += tag == "math" and not self.apart
        if tag == "a" and attrs.get("href", "").startswith("http"):
            self.links.append(attrs["href"])
        folded = tag == "details" and "hide" in kinds
        said = "headerlink" in kinds or "eqno" in kinds or "diagnosis" in kinds
        starts = folded or said or tag in ("math", "button", "summary", "form")
        if (self.silent or starts) and tag not in ("br", "img", "input", "hr", "col"):
            self.silent.append(tag)

    def handle_endtag(self, tag):
        if tag in self.apart:
            self.apart.pop()
        while tag in self.silent and self.silent.pop() != tag:
            pass  # what was never closed, as an <option> may be
        self.inside &= tag != "article"

    def handle_data(self, data):
        if self.inside and not self.silent and bare(data):
            self.words.append(data)


def bare(text):
    """A text without spaces and hyphens, which change where it is broken into lines."""
    return re.sub(r"[\s\-‐\u00ad\ufffe\u0002]", "", unicodedata.normalize("NFKC", text))


@cache
def article(name):
    return Article(name)


@cache
def reader(path):
    return pypdf.PdfReader(path)


def text_of(path):
    """The text of every page, without what stands at its head and foot."""
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_bounded(bottom=20 * MM, top=277 * MM) for page in document]


def chapter_files():
    """The chapters that have a PDF of their own: all but the first page."""
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.glob("chapters/*.html"))
    return [name for name in found if name != FIRST]


EACH = pytest.mark.parametrize("name", chapter_files())


def file_of(name):
    return SITE / "pdf" / f"{Path(name).stem}.pdf"


def tags(path):
    """Every element of the structure of a tagged PDF."""
    ahead = [reader(path).trailer["/Root"]["/StructTreeRoot"]]
    while ahead:
        item = ahead.pop()
        item = item.get_object() if isinstance(item, pypdf.generic.IndirectObject) else item
        if isinstance(item, list):
            ahead.extend(item)
        elif isinstance(item, dict):
            yield item
            ahead += [item["/K"]] if "/K" in item else []


def formulas(path):
    return [item for item in tags(path) if item.get("/S") == "/Formula"]


def test_every_page_offers_a_pdf_that_is_there_and_has_its_title():
    for name in [FIRST, *chapter_files()]:
        html = (SITE / name).read_text("utf-8")
        tools = re.search(r'<div class="page-tools">.*?</div>', html, re.DOTALL)[0]
        (target,) = re.findall(r'href="\.\./(pdf/\w+\.pdf)"', tools)
        title = reader(SITE / target).metadata.title
        assert bare(title) in bare(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1])
        assert "pdf/book.pdf" in html


@EACH
def test_no_formula_of_a_chapter_is_lost_and_each_is_said_in_words(name):
    found = formulas(file_of(name))
    assert len(found) == article(name).formulas
    assert all(str(item.get("/Alt", "")).strip() for item in found)


def test_no_formula_of_the_book_is_lost():
    on_pages = sum(article(name).formulas for name in [FIRST, *chapter_files()])
    assert len(formulas(BOOK)) == on_pages > 3000


def lost(words, pages):
    """The pieces of text that do not stand on the pages, be they broken by a page or a note."""
    whole = bare("".join(pages))

    def there(piece):
        parts = piece.split()
        cuts = [(" ".join(parts[:i]), " ".join(parts[i:])) for i in range(len(parts))]
        return any(bare(a) in whole and bare(b) in whole for a, b in cuts)

    return [piece for piece in words if not there(piece)]


@EACH
def test_no_word_of_a_chapter_is_lost(name):
    # On the site an exercise is headed "Exercise 3 (Name) · level 1", on paper without signs.
    words = [re.sub(r"^ (?:\((.*)\)|· )$|^ · ", r"\1", word) for word in article(name).words]
    assert len(words) > 10
    assert lost(filter(None, words), text_of(file_of(name))) == []


def test_a_lost_word_is_noticed():
    pages = ["The gradient has the", "shape of its vari-\nable."]
    assert lost(["The gradient has", "shape of its variable"], pages) == []
    assert lost(["The gradient has no shape"], pages) == ["The gradient has no shape"]


def sticking_out(document):
    """The characters beyond the margins, each as its page and itself."""
    found = []
    for number, page in enumerate(document, 1):
        width, height = page.get_size()
        text = page.get_textpage()
        for i in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(i)
            beyond = left < SIDE - HANGING or right > width - SIDE + HANGING
            if beyond or bottom < EDGE or top > height - EDGE:
                found.append((number, text.get_text_range(i, 1)))
    return [(number, sign) for number, sign in found if sign.strip()]


def test_nothing_stands_beyond_the_margins():
    assert sticking_out(pypdfium2.PdfDocument(BOOK)) == []


def test_what_stands_beyond_the_margins_is_noticed():
    page = '#set page(paper: "a4", margin: 24mm)\n'
    wide = typst.compile((page + "A" * 200).encode(), ignore_system_fonts=True)
    good = typst.compile((page + "A " * 200).encode(), ignore_system_fonts=True)
    assert sticking_out(pypdfium2.PdfDocument(wide))
    assert not sticking_out(pypdfium2.PdfDocument(good))


def test_pictures_tables_and_code_stay_within_the_margins():
    for number, page in enumerate(pypdfium2.PdfDocument(BOOK), 1):
        width = page.get_width()
        for item in page.get_objects(max_depth=1):
            left, _, right, _ = item.get_bounds()
            assert left > SIDE - HANGING, number
            assert right < width - SIDE + HANGING, number


def test_every_equation_has_the_number_that_it_has_on_the_site():
    on_site = []
    for name in [FIRST, *chapter_files()]:
        on_site += re.findall(r'class="eqno"><a [^>]*>\((\d+)\)', (SITE / name).read_text("utf-8"))
    at_the_margin = []
    for page in pypdfium2.PdfDocument(BOOK):
        strip = page.get_textpage().get_text_bounded(left=page.get_width() - SIDE - 26)
        at_the_margin += re.findall(r"(?m)^\((\d+)\)\s*$", strip)
    assert len(on_site) == len(set(on_site)) > 100
    assert set(on_site) <= set(at_the_margin)


def links(path):
    """Every link of a PDF: its page, and where it goes to."""
    for number, page in enumerate(reader(path).pages, 1):
        for annotation in page.get("/Annots") or []:
            item = annotation.get_object()
            if item.get("/Subtype") == "/Link":
                yield number, item.get("/A") or {"/D": item.get("/Dest")}


def test_every_link_within_the_book_leads_to_one_of_its_pages():
    pages = {page.indirect_reference.idnum for page in reader(BOOK).pages}
    named = reader(BOOK).named_destinations
    inside = 0
    for number, action in links(BOOK):
        if "/URI" in action:
            address = urlsplit(action["/URI"])
            file = BOOK.parent / address.path  # beside the PDF in the site, such as a worksheet
            assert address.scheme == "https" or file.is_file(), (number, action["/URI"])
            continue
        target = action["/D"]
        target = named[target].page if isinstance(target, str) else target[0]
        assert target.idnum in pages, number
        inside += 1
    assert inside > 1000


def test_the_links_of_the_site_to_the_world_are_in_the_book():
    wanted = {link for name in [FIRST, *chapter_files()] for link in article(name).links}
    found = {action["/URI"] for _, action in links(BOOK) if "/URI" in action}
    assert wanted <= found
    pages = bare("".join(text_of(BOOK)))
    assert [link for link in wanted if bare(link) not in pages] == []  # on paper, too


@EACH
def test_a_link_to_another_chapter_leads_to_its_file(name):
    for number, action in links(file_of(name)):
        address = urlsplit(action.get("/URI", "https:"))
        if not address.scheme:
            assert (SITE / "pdf" / address.path).is_file(), (number, address)


def bookmarks(outline, depth=0):
    for item in outline:
        if isinstance(item, list):
            yield from bookmarks(item, depth + 1)
        else:
            yield depth, item.title


def test_bookmarks_name_every_part_chapter_and_section_in_order():
    found = list(bookmarks(reader(BOOK).outline))
    parts = re.findall(r"caption: (.*)", (ROOT / "_toc.yml").read_text("utf-8"))
    assert [title for depth, title in found if depth == 0 and title in parts] == parts
    order = re.findall(r"file: (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))
    place = 0
    for file in order:
        html = (SITE / f"{file}.html").read_text("utf-8")
        for rank, heading in re.findall(r"<h([123])>(.*?)<a class=\"headerlink\"", html, re.DOTALL):
            title = bare(re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", heading))
            while (found[place][0], bare(found[place][1])) != (int(rank), title):
                place += 1
                assert place < len(found), heading


def test_every_exercise_names_the_page_of_its_solution_and_back():
    pages = text_of(BOOK)
    seen = 0
    for number, text in enumerate(pages, 1):
        for exercise, page in re.findall(
            r"Exercise (\d+) (?:(?!Exercise \d).)*?Solution: p\.\s(\d+)", text, re.DOTALL
        ):
            back = re.search(rf"Exercise {exercise} [^\n]*?p\.\s(\d+)", pages[int(page) - 1])
            assert int(back[1]) == number
            seen += 1
    assert seen > 100


def test_the_cheat_sheet_is_one_sheet():
    assert len(reader(SITE / "pdf" / "cheat_sheet.pdf").pages) == 1


def test_the_book_says_what_it_is_and_is_tagged_for_readers_who_listen():
    book = reader(BOOK)
    root = book.trailer["/Root"]
    assert book.metadata.title == "Where does the transpose go?"
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert re.search(rb"pdfuaid:part\W*1", root["/Metadata"].get_data())
    pictures = [item for item in tags(BOOK) if item.get("/S") == "/Figure"]
    assert len(pictures) > 30
    assert all(len(str(item["/Alt"]).split()) >= 5 for item in pictures)
    first = "".join(text_of(BOOK)[:2])
    assert "How to cite." in first
    assert "CC BY 4.0" in first


def test_only_the_fonts_that_typst_and_ziamath_bring_are_used():
    fonts = set()
    for page in reader(BOOK).pages:
        fonts |= {
            str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()
        }
    families = {re.match(r"/[A-Z]{6}\+([A-Za-z]+)", font)[1] for font in fonts}
    assert families <= {"LibertinusSerif", "STIXTwoMath", "DejaVuSansMono", "NewCM", "NewCMMath"}


def test_the_same_book_gives_the_same_bytes():
    made = json.loads((WORKSHOP / "made.json").read_text("utf-8"))
    assert set(made) == {f"pdf/{path.name}" for path in SITE.glob("pdf/*.pdf")}
    for name in ("book", "question", "cheat_sheet"):
        volume = pdf.Volume(f"pdf/{name}.pdf", *recorded(name))
        again = pdf.typeset(pdf.compiler(WORKSHOP), WORKSHOP, volume, files())
        assert again == (SITE / "pdf" / f"{name}.pdf").read_bytes()


def files():
    found = sorted(path.stem for path in SITE.glob("chapters/*.html"))
    return {f"chapters/{name}": "book.pdf" if name == "index" else f"{name}.pdf" for name in found}


def recorded(name):
    """The pages and the text of a volume, as the build left them."""
    text = (WORKSHOP / f"{name}.main.typ").read_text("utf-8")
    pages = re.findall(r'(?:#chapter\("|#include ")/([^".]+)\.typ"', text)
    return tuple(dict.fromkeys(pages)), text


def test_qpdf_finds_no_fault():
    for path in sorted(SITE.glob("pdf/*.pdf")):
        with pikepdf.open(path) as document:
            assert document.check_pdf_syntax() == [], path.name


def test_no_row_of_a_matrix_of_letters_is_swallowed():
    swallowed = re.compile(r"#[\w.]+(\([^()]*\))?;")
    for path in WORKSHOP.rglob("*.typ"):
        formulas = re.findall(r"\$([^$]*)\$", path.read_text("utf-8"))
        assert not [formula for formula in formulas if swallowed.search(formula)]
