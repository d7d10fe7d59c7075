"""The last step of a build: the service worker, and the site as one file.

`sw.js` stands at the site's root and begins with a table of the site's files, written here last of
all: what is built after it would not be kept. `archive.py` packs the site to be taken along.
"""

import hashlib
import json
from pathlib import Path

from _ext.offline import archive

HERE = Path(__file__).parent
WORKER = "sw.js"


def site_files(folder, leave_out=()):
    """What the site consists of, by path, in order; without what servers only send in its place."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        packed = path.suffix in {".br", ".gz"} and path.with_suffix("").is_file()
        if path.is_file() and not hidden and not packed and name not in leave_out:
            files[name] = path.read_bytes()
    return files


def worker(files):
    """The service worker of a site with these files, given as bytes by path."""
    table = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in files.items()}
    listed = json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True)
    return f"const FILES = {listed};\n{(HERE / WORKER).read_text('utf-8')}".encode()


def write(app):
    out = Path(app.outdir)
    name = app.config.take_away
    archive.remove_others(out, name)
    files = site_files(out, {WORKER, name})
    front = f"{app.config.root_doc}.html"
    if name:
        size = archive.write(out / name, archive.contents(files, front, worker))
        files[front] = archive.say_size(files[front], size)
        (out / front).write_bytes(files[front])
    (out / WORKER).write_bytes(worker(files))


def setup(app):
    app.add_config_value("take_away", "", "env", [str])
    app.add_directive("take-away", archive.TakeAway)
