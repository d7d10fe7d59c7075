"""Code without empty dress: what no style colours, such as names and brackets, gets no element.

A page of code has thousands of them, and a telephone lays out each. A line that may be too long for
one has an element of its own: it is broken there, and seen to be.
"""

import re
from html import unescape

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import Text
from sphinx.highlighting import PygmentsBridge

FITS = 32  # characters of a line that has room on every telephone, in a box too
TAG = re.compile(r"<[^>]*>")


class LeanFormatter(HtmlFormatter):
    """Pygments' own, but for tokens that look in every style as plain text does."""

    styles = ()

    def _get_css_class(self, ttype):
        plain = all(
            style.style_for_token(ttype) == style.style_for_token(Text) for style in self.styles
        )
        return "" if plain else super()._get_css_class(ttype)

    def _format_lines(self, tokensource):
        for is_code, line in super()._format_lines(tokensource):
            long = is_code and len(unescape(TAG.sub("", line)).rstrip()) > FITS
            yield is_code, f'<span class="l">{line}</span>' if long else line


def choose(app, config):
    names = config.pygments_style, config.pygments_dark_style
    LeanFormatter.styles = tuple(map(get_style_by_name, names))
    PygmentsBridge.html_formatter = LeanFormatter
