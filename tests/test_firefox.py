"""Cells run in Firefox too; skipped where there is none.

Playwright cannot drive the Firefox that people have, so this speaks Firefox's own protocol,
Marionette: messages of JSON, each after its length.
"""

import json
import socket
import subprocess
import time

import browser
import pytest
from test_live import SETTLED, SHOWN, agree
from test_offline import KEPT, Server, ahead, running

FIREFOX = browser.firefox()
SECONDS = 180

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed"),
]


class Marionette:
    """A conversation with a Firefox that was started with --marionette."""

    def __init__(self, program, port):
        self.line = connection(program, port)
        self.count = 0
        self.receive()  # its greeting
        self.send("WebDriver:NewSession")
        self.send("WebDriver:SetTimeouts", script=SECONDS * 1000)

    def receive(self):
        length = b""
        while not length.endswith(b":"):
            length += self.line.recv(1)
        text = b""
        while len(text) < int(length[:-1]):
            text += self.line.recv(int(length[:-1]) - len(text))
        return json.loads(text)

    def send(self, command, **parameters):
        self.count += 1
        message = json.dumps([0, self.count, command, parameters])
        self.line.sendall(f"{len(message)}:{message}".encode("ascii"))
        _, _, error, result = self.receive()
        assert error is None, error
        return result

    def evaluate(self, function):
        return self.send("WebDriver:ExecuteScript", script=f"return ({function})()", args=[])[
            "value"
        ]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def connection(program, port):
    for _ in range(SECONDS):
        if program.poll() is not None:
            raise RuntimeError(f"Firefox ended at once, with {program.returncode}")
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        except ConnectionRefusedError:
            time.sleep(1)
    raise TimeoutError("Firefox does not answer")


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    home = tmp_path_factory.mktemp("firefox")
    port = free_port()
    (home / "user.js").write_text(
        f'user_pref("network.proxy.type", 0);\nuser_pref("marionette.port", {port});\n'
    )
    command = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(home)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    program = subprocess.Popen(command, env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, **quiet)
    try:
        driver = Marionette(program, port)
        yield driver
        driver.line.close()
    finally:
        program.terminate()
        program.wait()


def wait(ready, otherwise):
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end, otherwise
        time.sleep(0.2)


@pytest.mark.parametrize("name", ["gradient_u", "descent", "symbols"])
def test_every_cell_runs_in_firefox_and_shows_what_the_book_shows(firefox, address, name):
    firefox.send("WebDriver:Navigate", url=f"{address}chapters/{name}.html")
    built = firefox.evaluate(SHOWN)
    firefox.evaluate("() => document.querySelector('[data-live=all]').click()")
    wait(lambda: firefox.evaluate(SETTLED), "the cells do not end")
    shown = firefox.evaluate(SHOWN)
    assert len(shown) > 10
    assert [pair for pair in zip(shown, built, strict=True) if not agree(*pair)] == []


def test_pages_and_cells_work_without_a_network_in_firefox(firefox):
    with running(Server()) as server:
        address = f"http://127.0.0.1:{server.server_port}/chapters/"
        run = "() => document.querySelector('[data-live=run]').click()"
        firefox.send("WebDriver:Navigate", url=f"{address}gradient_u.html")
        firefox.evaluate(run)
        wait(lambda: firefox.evaluate(SETTLED), "the cell does not end")
        wait(lambda: ahead().items() <= firefox.evaluate(KEPT).items(), "pages are not kept")
        server.gone = True
        firefox.send("WebDriver:Navigate", url=f"{address}gradient_v.html")
        firefox.evaluate(run)
        wait(lambda: firefox.evaluate(SETTLED), "the cell does not end")
        state = "() => document.querySelector('.cell[data-live-state]').dataset.liveState"
        assert firefox.evaluate(state) == "done"
