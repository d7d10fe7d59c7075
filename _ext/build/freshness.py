"""What the pages were made from: when the package changes, every cell runs again.

Jupyter Book's execution cache looks at the chapters alone, so an edit of `code/wuv` would leave
old results on the page. Here a digest of the package empties the cache, and a digest of the
package and of these extensions makes Sphinx read every chapter anew.
"""

import hashlib
import shutil
from pathlib import Path

from _ext.build.files import ROOT


def digest(*folders):
    """The hash of every source file in `folders`, names and contents."""
    result = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".html", ".js", ".json", ".mjs", ".toml"}:
                result.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return result.hexdigest()


def forget_old_results(app, config):
    package = digest("code/wuv")
    config.sources_digest = digest("code/wuv", "_ext")
    cache = Path(config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    made_from = cache / "package.sha256"
    if not made_from.is_file() or made_from.read_text() != package:
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        made_from.write_text(package)


def setup(app):
    app.add_config_value("sources_digest", "", "env", [str])
