"""Measure every page of the built site: `make audit`, or `python tools/audit.py gradient_u sgd`.

A page is loaded by Lighthouse as a telephone would (it comes from npm, so Node is needed here and
nowhere else) and by axe in light and dark, wide and at 360 px. Printed is a table in Markdown; what
misses a goal is named below it, and the command fails.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from urllib.parse import urlsplit

import browser
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from serve import SITE, serving

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LOOKS = [(width, scheme) for width in (1350, 360) for scheme in ("light", "dark")]
GOALS = (98, 100, 100, 100)  # of the scores

# Name of a column, where a goal is missed, how it is printed.
COLUMNS = [
    ("scores", lambda x: any(map(int.__lt__, x, GOALS)), lambda x: "/".join(map(str, x))),
    ("LCP ms", lambda x: x > 1500, "{:.0f}".format),
    ("TBT ms", lambda x: x > 50, "{:.0f}".format),
    ("CLS", lambda x: x > 0.005, "{:.3f}".format),
    ("KiB", lambda x: x > 100, "{:.0f}".format),
    ("with figures", lambda x: False, "{:.0f}".format),
    ("JS", lambda x: x > 30, "{:.1f}".format),
    ("CSS", lambda x: x > 20, "{:.1f}".format),
    ("DOM", lambda x: x > 7000, "{:d}".format),
    ("other hosts", lambda x: x > 0, "{:d}".format),
    ("axe", lambda x: x > 0, "{:d}".format),
    ("no alt", lambda x: x > 0, "{:d}".format),
]


def lighthouse(address, chromium):
    """One run of Lighthouse with its own settings for a telephone; the report as a dictionary."""
    flags = " ".join(["--headless=new", *browser.arguments()])
    command = ["npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"]
    run = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "CHROME_PATH": chromium}
    )
    if run.returncode:
        raise SystemExit(f"Lighthouse failed on {address}:\n{run.stderr.strip()[-800:]}")
    return json.loads(run.stdout)


def measured(reports):
    """Worst scores, median times and the bytes of the last of several reports."""
    audits = [report["audits"] for report in reports]

    def median(name):
        return statistics.median(audit[name]["numericValue"] for audit in audits)

    scores = tuple(
        round(100 * min(report["categories"][name]["score"] for report in reports))
        for name in CATEGORIES
    )
    kib = {"Image": 0, "Script": 0, "Stylesheet": 0}
    total, hosts = 0, set()
    for request in audits[-1]["network-requests"]["details"]["items"]:
        size = request.get("transferSize", 0) / 1024
        total += size
        kind = request.get("resourceType")
        kib[kind] = kib.get(kind, 0) + size
        hosts.add(urlsplit(request["url"]).hostname)
    return {
        "scores": scores,
        "LCP ms": median("largest-contentful-paint"),
        "TBT ms": median("total-blocking-time"),
        "CLS": median("cumulative-layout-shift"),
        "KiB": total - kib["Image"],
        "with figures": total,
        "JS": kib["Script"],
        "CSS": kib["Stylesheet"],
        "other hosts": len(hosts - {"127.0.0.1", None}),
    }


def looked_at(chromium, address):
    """What axe and the page itself say, over all `LOOKS`."""
    counts = {"axe": 0, "DOM": 0, "no alt": 0}
    for width, scheme in LOOKS:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("document.documentElement.classList.contains('whole')")
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        counts["axe"] += sum(len(x["nodes"]) for x in Axe().run(page).response["violations"])
        counts["DOM"] = page.evaluate("document.querySelectorAll('*').length")
        counts["no alt"] = page.locator("article img:not([alt]), article img[alt='']").count()
        context.close()
    return counts


def main():
    parser = argparse.ArgumentParser(description="Measure every page of the built site.")
    parser.add_argument("pages", nargs="*", help="chapters by name; all pages if none is given")
    parser.add_argument("--runs", type=int, default=1, help="runs of Lighthouse a page (1)")
    options = parser.parse_args()
    if not shutil.which("npx"):
        raise SystemExit("Lighthouse needs Node: install Node 20 or newer, then try again.")
    pages = [f"chapters/{name}.html" for name in options.pages] or sorted(
        path.relative_to(SITE).as_posix() for path in SITE.glob("chapters/*.html")
    )
    program, missed = browser.get(), []
    print("| page |", " | ".join(name for name, *_ in COLUMNS), "|")
    print("|:--|" + "--:|" * len(COLUMNS))
    with serving() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=browser.arguments())
        for page in pages:
            reports = [lighthouse(address + page, program) for _ in range(options.runs)]
            values = measured(reports) | looked_at(chromium, address + page)
            name = page.removeprefix("chapters/").removesuffix(".html")
            cells = [show(values[column]) for column, _, show in COLUMNS]
            print("|", " | ".join([name, *cells]), "|", flush=True)
            missed += [
                f"{name}: {column} is {show(values[column])}"
                for column, misses, show in COLUMNS
                if misses(values[column])
            ]
        chromium.close()
    print(f"\n{len(pages)} pages, {options.runs} runs each;", end=" ")
    print("every goal is met." if not missed else "missed:\n" + "\n".join(missed))
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
