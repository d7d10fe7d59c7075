"""Measure how long a reader waits from a press on Run until the first output stands there.

On a first and on a second visit, with the megabytes that travel, beside JupyterLite's own figures.
Every number is a median of runs in a new browser each, on a server of this machine that sends what
is packed packed: as `localhost`, where the service worker asks the server first; as a far host,
where it does not; and as a far host on a line of 10 Mbit/s.
"""

import argparse
import threading
import time
from functools import partial
from itertools import product
from statistics import median

import browser
import serve
from playwright.sync_api import sync_playwright

HOST = "book.test"
HEAVY = ("/live/", "/lite/")  # the rest of the site is fetched ahead of any press
READING = 5_000  # milliseconds before the press; meanwhile the pages are fetched ahead
LIMIT = 600_000  # milliseconds

# In the page: press Run under the first cell, and wait for its end.
PRESS = """() => new Promise((done, failed) => {
  const cell = document.querySelector(".cell[data-live-state]");
  new MutationObserver(() => {
    if (cell.dataset.liveState === "done") done();
    if (cell.dataset.liveState === "error") failed(new Error(cell.textContent));
  }).observe(cell, { attributes: true });
  cell.querySelector("[data-live=run]").click();
})"""
# In JupyterLite: run the first cell as soon as its kernel is there, and wait for its end.
OPEN = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.findIndex(cell => cell.model.type === "code");
  return jupyterapp.commands.execute("notebook:run-cell").then(() => null);
}"""
RAN = """() => jupyterapp.shell.currentWidget.content.widgets
  .find(cell => cell.model.type === "code").model.executionCount > 0"""


class Line:
    """What all connections share: a count of bytes, and a speed that they do not exceed."""

    def __init__(self, megabits):
        self.bytes_a_second = megabits * 1e6 / 8 if megabits else None
        self.lock = threading.Lock()
        self.free = 0.0  # when the last byte that was let through has arrived
        self.heavy = 0

    def let_through(self, path, count):
        with self.lock:
            self.heavy += count if path.startswith(HEAVY) else 0
            if not self.bytes_a_second:
                return
            self.free = max(self.free, time.monotonic()) + count / self.bytes_a_second
            wait = self.free - time.monotonic()
        time.sleep(wait)


class Handler(serve.Handler):
    def __init__(self, *args, line, **more):
        self.line = line
        super().__init__(*args, **more)

    def copyfile(self, source, target):
        while part := source.read(1 << 14):
            self.line.let_through(self.path, len(part))
            target.write(part)


def in_the_page(page, address, chapter):
    page.goto(f"{address}chapters/{chapter}.html")
    page.wait_for_timeout(READING)
    start = time.monotonic()
    page.evaluate(PRESS)
    return time.monotonic() - start


def in_jupyterlite(page, address, chapter):
    start = time.monotonic()
    page.goto(f"{address}notebook.html?chapter={chapter}", timeout=LIMIT)
    page.wait_for_function(OPEN, timeout=LIMIT)
    page.evaluate(RUN)
    page.wait_for_function(RAN, timeout=LIMIT)
    return time.monotonic() - start


WAYS = (in_the_page, in_jupyterlite)


def visits(launch, way, chapter, host, megabits):
    """Seconds at the first visit and at the second, and the megabytes of the first."""
    line = Line(megabits)
    with serve.serving(handler=partial(Handler, line=line)) as address:
        address = address.replace("127.0.0.1", host)
        chromium = launch(
            args=[
                *browser.arguments(),
                f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
                f"--unsafely-treat-insecure-origin-as-secure={address}",
            ]
        )
        try:
            context = chromium.new_context()
            seconds = []
            for _ in range(2):
                page = context.new_page()
                page.set_default_timeout(LIMIT)
                before = line.heavy
                seconds.append(way(page, address, chapter))
                if len(seconds) == 1:
                    travelled = (line.heavy - before) / 1e6
                page.close()
        finally:
            chromium.close()
    return *seconds, travelled


def main():
    parser = argparse.ArgumentParser(
        description="How long does a reader wait for the first output?"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("chapters", nargs="*", default=["gradient_u", "index"])
    options = parser.parse_args()
    if not (serve.SITE / "live").is_dir():
        raise SystemExit("The book was built without live cells: run `make book`.")
    path = browser.get()
    print("| first cell of | where | host | Mbit/s | first visit, s | second visit, s | MB |")
    print("|:--|:--|:--|--:|--:|--:|--:|")
    hosts = (("localhost", None), (HOST, None), (HOST, 10))
    with sync_playwright() as playwright:
        launch = partial(playwright.chromium.launch, executable_path=path)
        for (host, megabits), chapter, way in product(hosts, options.chapters, WAYS):
            runs = [visits(launch, way, chapter, host, megabits) for _ in range(options.runs)]
            cold, warm, travelled = map(median, zip(*runs, strict=True))
            where = way.__name__.replace("_", " ")
            print(
                f"| {chapter} | {where} | {host} | {megabits or 'any'} "
                f"| {cold:.1f} | {warm:.1f} | {travelled:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
