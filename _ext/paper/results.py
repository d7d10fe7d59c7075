"""From the little HTML that the package's results are shown in to text for Typst.

Paragraphs, bold words, links, the words of a picture, and tables of a name and its value: what
`check_gradient` and `diagnose` answer with. Anything else is a `ValueError`.
"""

from html.parser import HTMLParser

# What an element becomes, by its name: {0} is what is in it, {1} the same without a last space.
WRITTEN = dict.fromkeys(("div", "tbody", "thead", "span"), "{0}")
WRITTEN |= dict.fromkeys(("strong", "b"), "#strong[{0}]") | dict.fromkeys(("em", "i"), "#emph[{0}]")
WRITTEN |= dict.fromkeys(("td", "th"), "[{0}], ") | {"code": "#mono-body[{0}]", "p": "{0}\n\n"}
WRITTEN |= {"tr": "({1}), ", "table": "#facts({1})\n\n"}
WRITTEN |= {"summary": "", "details": ""}  # what is folded away on the screen, …
OPENED = "diagnosis-slip"  # … but for this, which the text around it talks about


def from_html(html, escaped, link):
    """The text for Typst; `escaped` writes words, `link(address, text)` links them."""
    reader = Reader(escaped, link)
    reader.feed(html.strip())
    reader.close()
    if len(reader.open) != 1:
        raise ValueError("HTML of a result: an element is not closed")
    return reader.open[0][2].strip()


class Reader(HTMLParser):
    """Each open element is kept as its name, its attributes and the text written in it so far."""

    def __init__(self, escaped, link):
        super().__init__()
        self.escaped, self.link = escaped, link
        self.open = [["", {}, ""]]

    def add(self, text):
        self.open[-1][2] += text

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self.add(" \\ ")
        elif tag == "img":  # made for the screen: on paper its words stand for it
            self.add(f"#emph[{self.escaped(dict(attrs)['alt'])}]")
        else:
            self.open.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        self.add(self.escaped(data) if data.strip() else " " * bool(data))

    def handle_endtag(self, tag):
        name, attributes, text = self.open.pop()
        if name != tag or not self.open:
            raise ValueError(f"HTML of a result: </{tag}> closes nothing")
        if tag == "a":
            self.add(self.link(attributes.get("href", ""), text))
        elif attributes.get("class") == OPENED:
            self.add(text)
        elif tag in WRITTEN:
            self.add(WRITTEN[tag].format(text, text.rstrip()))
        else:
            raise ValueError(f"HTML of a result: no Typst for <{tag}>")
