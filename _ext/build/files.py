"""Files that a build writes: in a folder that is there, named by what they hold, gone with it."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def put(path, text):
    """Write a text, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def stamp(*contents):
    """A short name for what is in a file or in some."""
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:8]


def remove_others(folder, pattern, wanted):
    """Remove the files in `folder` whose names are not among those wanted."""
    for path in folder.glob(pattern):
        if path.name not in wanted:
            path.unlink()
