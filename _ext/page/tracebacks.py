"""An expected error is shown by the line that caused it and by its message, without the rest."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

MESSAGE = re.compile(r"^[A-Za-z_][\w.]*(?::|Error$)", re.MULTILINE)
FRAME = re.compile(r"^-+> \d+ *(.*)$", re.MULTILINE)


def short(text):
    """The last message of a traceback, under the first marked line; all of it if in doubt."""
    starts = [match.start() for match in MESSAGE.finditer(text)]
    frame = FRAME.search(text)
    if not starts:
        return text
    message = text[starts[-1] :].strip()
    return f"→ {frame[1].strip()}\n{message}" if frame else message


class ShortenTracebacks(SphinxPostTransform):
    def run(self, **kwargs):
        for node in list(self.document.findall(nodes.literal_block)):
            if "traceback" in node["classes"]:
                text = short(node.astext())
                new = nodes.literal_block(text, text, language="text", classes=node["classes"])
                node.replace_self(new)
