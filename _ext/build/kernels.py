"""The kernels that run the chapters use an IPython profile of the book's own.

So nobody's personal start-up files shape the results, and kernels start without a word. They know
that their results stand on a page: there, a result may link to a chapter.
"""

import json
import logging
import os
from pathlib import Path


def use_own_profile(app):
    home = Path(app.outdir).parent / ".ipython"
    profile = home / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    settings = {"IPKernelApp": {"log_level": logging.ERROR}, "HistoryManager": {"enabled": False}}
    (profile / "ipython_kernel_config.json").write_text(json.dumps(settings))
    os.environ["IPYTHONDIR"] = str(home)
    os.environ["WUV_PAGES"] = ""  # what cells show stands on a page beside the others
    logging.getLogger("traitlets").setLevel(logging.WARNING)
