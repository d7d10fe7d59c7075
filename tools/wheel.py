"""What the wheel of wuv holds beside the package: the equations of the chapters.

Worksheets take their derivations from the chapters. In the repository they read them in place;
from an installed wheel they read these extracts, each with the title of its chapter, its displayed
equations, and the notes to the checker, in the chapter's order. hatchling calls this when it builds
a wheel (``pyproject.toml``), so the extracts are as new as the chapters and never committed.
"""

import re
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KEPT = re.compile(r"^(?:# [^\n]*|% check:[^\n]*|```\{math\}\n.*?^```)$", re.MULTILINE | re.DOTALL)


def extract(text):
    """Return the title, the displayed equations and the notes of a chapter, as a page."""
    cells = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
    return "\n".join(KEPT.findall(cells.sub("", text)))


class Equations(BuildHookInterface):
    """Adds the extracts to the wheel; not to an editable install, which is the repository."""

    def initialize(self, version, build_data):
        """Say which files are to be added."""
        if version != "standard":
            return
        self.made = tempfile.TemporaryDirectory(prefix="wuv-equations-")
        for chapter in sorted(Path(self.root, "chapters").glob("*.md")):
            page = Path(self.made.name, chapter.name)
            page.write_text(extract(chapter.read_text("utf-8")) + "\n", "utf-8")
            build_data["force_include"][str(page)] = f"wuv/worksheet/chapters/{chapter.name}"

    def finalize(self, version, build_data, artifact_path):
        """Throw away what was packed."""
        if version == "standard":
            self.made.cleanup()
