"""Find a Chromium for the tests, or get one.

Looked for in this order: the environment variable WUV_BROWSER; Chromium or Chrome on the path;
Playwright's own, already there or downloaded now; Debian's package, where we may install it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-liberation", "fonts-dejavu-core")
# Nothing but the pages asked for: no updates, no look-ups of its own.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HELP = """\
No browser was found, and none could be installed. The site is tested in Chromium:
  - install Chromium or Chrome so that it is on the path, or
  - set WUV_BROWSER to the program's path, or
  - run: .venv/bin/python -m playwright install --with-deps chromium"""


def arguments():
    """Chromium's arguments here; its sandbox cannot be used by root."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*ARGUMENTS, "--no-sandbox"] if root else list(ARGUMENTS)


def find():
    """The path of a browser that is there already, or None."""
    given = os.environ.get("WUV_BROWSER")
    if given:
        if not shutil.which(given):
            raise FileNotFoundError(f"WUV_BROWSER names no program: {given}")
        return given
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((path for path in APPLICATIONS if Path(path).exists()), None)


def playwright_own():
    """The path of Playwright's own Chromium if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def run(*command, seconds):
    """Whether `command` ended well in time."""
    try:
        return subprocess.run(command, timeout=seconds, stdin=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_from_debian():
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (root and shutil.which("apt-get")):
        return False
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)
    return run("apt-get", "update", "-qq", seconds=180) and run(*install, seconds=480)


def get():
    """The path of a browser, installed if need be; RuntimeError with help if there is no way."""
    path = find() or playwright_own()
    if path:
        return path
    if run(sys.executable, "-m", "playwright", "install", "chromium", seconds=180):
        path = playwright_own()
    if not path and install_from_debian():
        path = find()
    if not path:
        raise RuntimeError(HELP)
    return path


if __name__ == "__main__":
    try:
        print(get())
    except (RuntimeError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from None
