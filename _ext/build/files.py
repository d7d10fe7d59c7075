"""Files that a build writes: in a folder that is there, named by what they hold, gone with it."""

import hashlib
import zipfile
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


def pack(target, folder, contents, comment=b""):
    """A zip of these files, bytes by name, in one folder. The same files give the same bytes."""
    with zipfile.ZipFile(target, "w") as archive:
        archive.comment = comment
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}")  # with the same date for all
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
