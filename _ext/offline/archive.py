"""The whole site as one file, to unpack and serve anywhere. The same site gives the same bytes."""

import hashlib
import re
import zipfile
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.build.files import pack

README = Path(__file__).parent / "README.txt"
LINE = re.compile(rb'<div class="take-away.*?</div>\s*', re.DOTALL)
MARK = b"site "  # begins the comment of such a file; what it holds follows
SIZE = re.compile(rb'(<span class="size">).*?(</span>)')


class TakeAway(SphinxDirective):
    """The line that offers the file; the build fills in `<span class="size"></span>`."""

    has_content = True

    def run(self):
        if not self.config.take_away:
            return []
        box = nodes.container(classes=["take-away"])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def contents(files, front, worker):
    """What is packed: the site without the line on its first page that offers this very file."""
    packed = files | {front: LINE.sub(b"", files[front])}
    return packed | {"sw.js": worker(packed), "README.txt": README.read_bytes()}


def write(target, files):
    """Write the file, unless it holds these already; how large it is, in bytes."""
    # The worker's table names every other file with its digest.
    comment = MARK + hashlib.sha256(files["sw.js"] + files["README.txt"]).hexdigest().encode()
    if not (target.is_file() and comment_of(target) == comment):
        made = target.with_suffix(".part")
        pack(made, target.stem, files, comment)
        made.replace(target)
    return target.stat().st_size


def comment_of(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment
    except zipfile.BadZipFile:
        return b""


def remove_others(folder, name):
    """Remove what an earlier build wrote under another name."""
    for path in folder.glob("*.zip"):
        if path.name != name and comment_of(path).startswith(MARK):
            path.unlink()


def say_size(page, size):
    return SIZE.sub(rf"\g<1>{size / 1e6:.0f} MB\g<2>".encode(), page)
