"""Every link and anchor of the built site resolves, and no page takes anything from elsewhere."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from conftest import pages

RESOURCES = {"img", "script", "iframe", "source", "video", "audio", "embed", "track", "object"}
LOADING_RELS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect"}
LOADING_RELS |= {"dns-prefetch", "manifest", "shortcut"}


class Page(HTMLParser):
    """A page's anchors, its links, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.twice, self.links, self.loads, self.styles = set(), [], [], [], []
        self.in_style = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if "id" in attrs:
            if attrs["id"] in self.anchors:
                self.twice.append(attrs["id"])
            self.anchors.add(attrs["id"])
        if tag == "a" and "name" in attrs:
            self.anchors.add(attrs["name"])
        if tag in ("a", "area") and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "form":
            self.links.append(attrs.get("action", ""))
        if tag in RESOURCES:
            self.loads += [attrs[name] for name in ("src", "data", "srcset") if name in attrs]
        if tag == "link":
            rels = set(attrs.get("rel", "").lower().split())
            (self.loads if rels & LOADING_RELS else self.links).append(attrs.get("href", ""))
        if "style" in attrs:
            self.styles.append(attrs["style"])
        self.in_style = tag == "style"

    def handle_data(self, data):
        if self.in_style:
            self.styles.append(data)


def read(site):
    return {name: Page(site / name) for name in ("index.html", *pages())}


def test_every_link_and_anchor_inside_the_site_resolves(site):
    found = read(site)
    broken = []
    for name, page in found.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            target = unquote(urlsplit(urljoin(f"/{name}", parts.path)).path).lstrip("/")
            if parts.path and not (site / target).is_file():
                broken.append(f"{name}: {link}")
                continue
            anchors = found[target].anchors if target in found else set()
            if parts.fragment and unquote(parts.fragment) not in anchors:
                broken.append(f"{name}: {link}")
    assert broken == []


def test_links_to_other_hosts_are_encrypted_and_say_where_they_go(site):
    schemes = {
        (name, link)
        for name, page in read(site).items()
        for link in page.links
        if urlsplit(link).scheme not in ("", "https", "mailto")
    }
    assert schemes == set()


def test_no_page_takes_anything_from_another_host(site):
    taken = [
        f"{name}: {link}"
        for name, page in read(site).items()
        for link in page.loads
        if urlsplit(link).netloc or urlsplit(link).scheme not in ("", "data")
    ]
    for name, page in read(site).items():
        taken += [f"{name}: {text}" for text in page.styles if outside(text)]
    for path in site.rglob("*.css"):
        taken += [f"{path.name}: {address}" for address in outside(path.read_text("utf-8"))]
    for path in site.rglob("*.svg"):
        text = path.read_text("utf-8")
        loads = re.findall(r'(?:xlink:)?(?:href|src)="((?:https?:)?//[^"]*)"', text)
        taken += [f"{path.name}: {address}" for address in loads + outside(text)]
    assert taken == []


def outside(css):
    """The addresses on other hosts that a style sheet would load."""
    addresses = re.findall(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", css)
    return [a or b for a, b in addresses if re.match(r"([a-z]+:)?//", (a or b).strip())]


def test_no_anchor_stands_twice_on_a_page(site):
    assert {name: page.twice for name, page in read(site).items() if page.twice} == {}


def test_every_page_is_reached_from_the_first(site):
    found = read(site)
    seen, ahead = set(), ["chapters/index.html"]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in found:
            continue
        seen.add(name)
        for link in found[name].links:
            if not urlsplit(link).netloc:
                ahead.append(urlsplit(urljoin(f"/{name}", urlsplit(link).path)).path.lstrip("/"))
    assert set(found) - seen == {"index.html"}
