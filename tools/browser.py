"""Find the browsers for the tests, or get them.

Chromium is looked for in this order: the environment variable WUV_BROWSER; Chromium or Chrome on
the path; Playwright's own, already there or downloaded now; Debian's package, where we may install
it. Firefox, for a few tests that are skipped without it: on the path, or Debian's package.
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
FIREFOX = ("firefox-esr", "firefox")
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


def on_path(names):
    """The path of the first of these programs that there is, or None."""
    return next(filter(None, map(shutil.which, names)), None)


def find():
    """The path of a browser that is there already, or None."""
    given = os.environ.get("WUV_BROWSER")
    if given:
        if not shutil.which(given):
            raise FileNotFoundError(f"WUV_BROWSER names no program: {given}")
        return given
    return on_path(NAMES) or next((path for path in APPLICATIONS if Path(path).exists()), None)


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


def install_from_debian(*packages):
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (root and shutil.which("apt-get")):
        return False
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
    return run("apt-get", "update", "-qq", seconds=180) and run(*install, seconds=480)


def get():
    """The path of a browser, installed if need be; RuntimeError with help if there is no way."""
    path = find() or playwright_own()
    if path:
        return path
    if run(sys.executable, "-m", "playwright", "install", "chromium", seconds=180):
        path = playwright_own()
    if not path and install_from_debian(*PACKAGES):
        path = find()
    if not path:
        raise RuntimeError(HELP)
    return path


def firefox(install=False):
    """The path of a Firefox, or None; with ``install``, it is installed where that may be done."""
    path = on_path(FIREFOX)
    if not path and install and install_from_debian(FIREFOX[0]):
        path = on_path(FIREFOX)
    return path


if __name__ == "__main__":
    try:
        print(get())
        print(firefox(install=True) or "no Firefox: its tests are skipped")
    except (RuntimeError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from None
