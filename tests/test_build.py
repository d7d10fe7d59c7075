"""The environment, the build, and what a page weighs."""

import code
import gzip
import re
import subprocess
import tomllib
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import chapters
from serve import ROOT

KIB = 1024


def test_the_folder_named_code_hides_no_module():
    assert hasattr(code, "InteractiveConsole")


def test_the_lock_names_no_host_and_no_folder_and_pins_by_hash():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert "//" not in text
    assert not re.search(r"^\s*(-e|-i|-f|--index|--extra|--find|#)", text, re.MULTILINE)
    pins = re.split(r"(?m)^(?=\S)", text)[1:]
    assert len(pins) > 50
    assert all(
        re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", pin) and "--hash=sha256:" in pin for pin in pins
    )


def test_the_lock_holds_every_package_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    apart = project["dependency-groups"].pop("frameworks")  # for `make test-frameworks` alone
    assert any(item.startswith("torch") for item in apart)
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    locked = re.findall(
        r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==", (ROOT / "requirements.txt").read_text("utf-8")
    )
    plain = {re.sub(r"[-_.]+", "-", name).lower() for name in locked}
    asked = [re.match(r"[\w.-]+", item)[0] for group in groups for item in group]
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in asked}
    assert names <= plain


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout: nothing can be committed")
def test_no_built_file_is_committed():
    command = ["git", "-C", ROOT, "ls-files"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    built = re.compile(r"^(?!_ext/).*\.html$|\.(pyc|whl|pdf|woff2|png|ipynb)$|^_build/|^\.venv/")
    assert [name for name in names if built.search(name)] == []


class Parts(HTMLParser):
    """How many elements a page has, and the scripts, styles and fonts it loads."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.scripts, self.styles, self.fonts = 0, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements += 1
        if tag == "script" and "src" in attrs:
            self.scripts.append(attrs["src"])
        if tag == "link" and attrs.get("rel") == "stylesheet":
            self.styles.append(attrs["href"])
        if tag == "link" and attrs.get("as") == "font":
            self.fonts.append(attrs["href"])


def test_a_page_stays_within_its_weight(site, chapter_name):
    html = (site / chapter_name).read_text("utf-8")
    parts = Parts(html)

    def weight(addresses):
        paths = {urlsplit(urljoin(f"/{chapter_name}", a)).path.lstrip("/") for a in addresses}
        return sum(len(gzip.compress((site / path).read_bytes())) for path in paths)

    scripts, styles = weight(parts.scripts), weight(parts.styles)
    whole = len(gzip.compress(html.encode())) + scripts + styles + weight(parts.fonts)
    assert scripts <= 30 * KIB
    assert styles <= 20 * KIB
    assert whole <= 100 * KIB
    assert parts.elements <= 7000


def test_a_chapter_takes_twenty_minutes_at_most(site):
    times = {}
    for name in chapters():
        html = (site / name).read_text("utf-8")
        said = re.findall(r"Reading time: (\d+) minutes?, exercises apart\.", html)
        assert len(said) == html.count('<details class="ahead ')
        times.update((name, int(minutes)) for minutes in said)
    assert len(times) > 20
    assert {name: minutes for name, minutes in times.items() if minutes > 20} == {}


def test_the_first_page_lists_the_time_of_each_chapter(site):
    listed = re.findall(
        r'<li><p>(?:<strong>)?<a [^>]*href="(\w+)\.html".*?<span class="minutes"> (\d+) min',
        (site / "chapters/index.html").read_text("utf-8"),
        re.DOTALL,
    )
    assert len(listed) > 20
    for name, minutes in listed:
        html = (site / f"chapters/{name}.html").read_text("utf-8")
        assert f"Reading time: {minutes} minute" in html


def test_no_page_loads_a_script_for_its_formulas(site, chapter_name):
    scripts = Parts((site / chapter_name).read_text("utf-8")).scripts
    assert not [script for script in scripts if re.search("mathjax|katex", script, re.IGNORECASE)]


def test_every_formula_keeps_its_tex(site, chapter_name):
    html = (site / chapter_name).read_text("utf-8")
    assert html.count("<math") == html.count('<annotation encoding="application/x-tex">')


def test_no_sign_after_a_formula_is_doubled(site, chapter_name):
    text = (site / chapter_name).read_text("utf-8")
    assert not re.search(r"</math>[,.;:!?]+</span>[,.;:!?]", text)


def test_the_font_keeps_its_mathematics_and_brings_its_licence(site):
    from fontTools.ttLib import TTFont

    font = TTFont(site / "_static" / "STIXTwoMath.woff2")
    assert "MATH" in font
    assert "SIL OPEN FONT LICENSE" in (site / "_static" / "STIXTwoMath-OFL.txt").read_text("utf-8")


def test_the_font_holds_every_character_of_every_formula(site):
    from html import unescape

    from fontTools.ttLib import TTFont

    tags = re.compile(r"<annotation.*?</annotation>|<[^>]*>", re.DOTALL)
    held = TTFont(site / "_static" / "STIXTwoMath.woff2").getBestCmap()
    missing = {}
    for path in site.rglob("*.html"):
        for math in re.findall(r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL):
            plain = unescape(tags.sub("", math))
            plain += "√" * ("<msqrt" in math or "<mroot" in math)
            lost = {c for c in plain if ord(c) not in held and c.isprintable() and not c.isspace()}
            if lost:
                missing.setdefault(path.name, set()).update(lost)
    assert missing == {}
