"""The mathematics font: STIX Two Math, cut down to the characters that the pages use.

The font comes with the package `ziamath` (SIL Open Font License). The cut keeps the MATH table,
without which roots, fractions and tall brackets would not fit, and is served by the site itself.
"""

import hashlib
import logging
import re
from html import unescape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)

NAME = "STIXTwoMath.woff2"
FONTS = Path(find_spec("ziamath").origin).parent / "fonts"  # importing it is not needed
FONT = FONTS / "STIXTwoMath-Regular.ttf"
LICENCE = Path(__file__).parent / "STIXTwoMath-OFL.txt"
MATH = re.compile(r"<math.*?</math>", re.DOTALL)
DROPPED = re.compile(r"<annotation.*?</annotation>|<[^>]*>", re.DOTALL)
# Letters in <mi> turn into their italic forms, which the browser looks up by itself.
ITALIC = {ord(c): 0x1D434 + i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
ITALIC |= {ord(c): 0x1D44E + i for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}
ITALIC |= {ord(c): 0x1D6FC + i for i, c in enumerate("αβγδεζηθικλμνξοπρςστυφχψω")}
ITALIC |= {ord(c): 0x1D6E2 + i for i, c in enumerate("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ")}
ITALIC |= {ord("Σ"): 0x1D6F4, ord("h"): 0x210E}


def characters(pages):
    """Every character that stands in a formula on one of the `pages`."""
    used = set(map(ord, "0123456789()+-=−.,√"))  # the root sign is drawn by <msqrt>, not written
    for page in pages:
        for math in MATH.findall(page.read_text("utf-8")):
            used.update(map(ord, unescape(DROPPED.sub("", math))))
    return used | {ITALIC[c] for c in used if c in ITALIC}


def cut(used):
    """The font as woff2 bytes, with the glyphs for `used` and what belongs to them."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["flac", "dtls", "kern", "ccmp"]
    options.notdef_outline = True
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence stays in the font
    font = TTFont(FONT, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=used)
    subsetter.subset(font)
    result = BytesIO()
    font.flavor = "woff2"
    font.save(result)
    return result.getvalue()


def write_font(app):
    static = Path(app.outdir, "_static")
    used = characters(sorted(Path(app.outdir).rglob("*.html")))
    key = hashlib.sha256(repr((sorted(used), Path(__file__).read_bytes())).encode()).hexdigest()
    made_for = Path(app.doctreedir) / "mathfont.sha256"
    target = static / NAME
    if not (target.is_file() and made_for.is_file() and made_for.read_text() == key):
        target.write_bytes(cut(used))
        made_for.write_text(key)
    (static / LICENCE.name).write_bytes(LICENCE.read_bytes())
