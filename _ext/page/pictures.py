"""Pictures say in words what they show, and keep their place while they load.

A figure made by a cell is an SVG file whose root element carries `aria-label`. That text becomes
the `alt` of the image, and the file's size becomes its width and height. A picture without words
is a warning, so the build fails.
"""

import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
# What tools put in place of words: a hash, a file's name, the repr of a figure.
NOT_WORDS = re.compile(r"\s*|[0-9a-f]{16,}|\S+\.(svg|png|jpe?g|gif)|<.*|Figure\s?\(.*|image", re.I)


def describe(path):
    """The attributes `alt`, `width` and `height` of the SVG file at `path`, where it has them."""
    root = ElementTree.parse(path).getroot()
    result = {"alt": root.get("aria-label", "")}
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    for i, side in enumerate(("width", "height"), start=2):
        size = re.fullmatch(r"([\d.]+)(px|pt)?", root.get(side, ""))
        if size:
            result[side] = round(float(size[1]) * (4 / 3 if size[2] == "pt" else 1))
        elif len(box) == 4:
            result[side] = round(float(box[i]))
    return result


class DescribePictures(SphinxPostTransform):
    def run(self, **kwargs):
        for number, node in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.env.srcdir, node["uri"].lstrip("/"))
            if path.suffix == ".svg" and path.is_file():
                about = describe(path)
                node["alt"] = node.get("alt") or about.pop("alt")
                node["size"] = about
            node["lazy"] = number > 0
            if NOT_WORDS.fullmatch(node.get("alt", "")):
                logger.warning("picture without alt text: %s", node["uri"], location=node)


def visit_image(translator, node):
    if "size" not in node:
        return type(translator).visit_image(translator, node)
    builder = translator.builder
    name = builder.images[node["uri"]]
    size = "".join(f' {side}="{value}"' for side, value in node["size"].items() if side != "alt")
    lazy = ' loading="lazy"' if node["lazy"] else ""
    translator.body.append(
        f'<img src="{builder.imgpath}/{name}" alt="{escape(node["alt"])}"{size}{lazy}'
        f' decoding="async" class="picture">\n'
    )
    return None


def depart_image(translator, node):
    if "size" not in node:
        type(translator).depart_image(translator, node)


def setup(app):
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
