"""JupyterLite's notebook application: made once, the same for every build, kept in the cache.

What is set for it is in `settings/`: Pyodide and its packages from the site's own folder, no other
host, no service worker of its own (the site may have one), colours as the system has them.
"""

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from _ext.build.files import put
from _ext.live.runtime import RuntimeFilesError, cache_folder, compress, made_in_the_cache

HERE = Path(__file__).parent
SETTINGS = HERE / "settings"
PACKAGES = ("jupyterlite-core", "jupyterlite-pyodide-kernel")
OPTIONS = ("--apps", "notebooks", "--no-sourcemaps", "--no-unused-shared-packages")
NEEDLESS = ("service-worker.js", "build/service-worker.js", "doc", "package.json")

# After any error JupyterLite forgets the cells that wait, even if the cell says that its error is
# expected (tag raises-exception, in the message stop_on_error: false), as Jupyter itself does not.
# Here `h` is the lock that lets one message in at a time, `e` that message.
# JupyterLite takes every relative link for one of its files, even one that leads above them all:
# such a link is the site's own, and stays as it is.
MENDED = (
    ("await r.ready,await r.handleMessage(e)",
     "h.goOn=!1===e.content.stop_on_error,await r.ready,await r.handleMessage(e)"),
    ('"error"===e.content.status&&h.cancel()',
     '"error"===e.content.status&&!h.goOn&&h.cancel()'),
    ("isLocal(e,t=!1){return!this.isMalformed(e)&&",
     'isLocal(e,t=!1){return!e.startsWith("../../")&&!this.isMalformed(e)&&'),
)  # fmt: skip


def digest():
    """What names the application: its versions, its settings, and how it is made."""
    parts = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in PACKAGES).encode())
    for path in (HERE / "app.py", *sorted(HERE.glob("*.html")), *sorted(SETTINGS.iterdir())):
        parts.update(path.read_bytes())
    return parts.hexdigest()[:12]


def application():
    """The folder of the application, made now if it is not there."""
    target = cache_folder() / f"lite-{digest()}"
    return target if target.is_dir() else made_in_the_cache(target, make)


def make(work, made):
    """Make the application in the folder `made`, with `work` for what is in between."""
    source = work / "settings"
    shutil.copytree(SETTINGS, source)  # JupyterLite writes its notes beside them
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    command += ["--lite-dir", str(source), "--output-dir", str(made), *OPTIONS]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeFilesError(
            f"JupyterLite could not be made: {(done.stderr or done.stdout)[-800:].strip()}. "
            "To build without it and without live cells: make book LIVE=0."
        )
    for name in NEEDLESS:
        path = made / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    mend(made / "build")
    page = (HERE / "leads_on.html").read_text("utf-8")
    put(made / "index.html", page.replace("LITE", "."))  # its own leads to what is not here
    put(made / "tree" / "index.html", page.replace("LITE", ".."))
    compress(made)


def mend(folder):
    """Replace each text of `MENDED`, which must be there exactly once."""
    for old, new in MENDED:
        holding = [path for path in folder.glob("*.js") if old in path.read_text("utf-8")]
        if len(holding) != 1 or (text := holding[0].read_text("utf-8")).count(old) != 1:
            raise RuntimeFilesError(
                f"JupyterLite is not the version that lite/app.py knows: {old!r} should be there "
                "once. Is it no longer needed? Then drop it from MENDED."
            )
        holding[0].write_text(text.replace(old, new), "utf-8")
