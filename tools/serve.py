"""Serve the built book on this machine alone: `python tools/serve.py`, or `serving()` in a test.

Text is sent compressed, as a public host does, so that measurements mean something.
"""

import argparse
import gzip
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
TEXT = {".html", ".css", ".js", ".svg", ".json", ".txt", ".ipynb"}


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/x-ipynb+json",
        ".js": "text/javascript; charset=utf-8",
        ".wasm": "application/wasm",
        ".whl": "application/octet-stream",
        ".woff2": "font/woff2",
    }

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.endswith("/"):
            path /= "index.html"
        file, encoding = self.prepared(path)
        if not encoding:
            return super().send_head()
        tag = f'"{file.stat().st_mtime_ns:x}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return None
        body = file.read_bytes() if file != path else gzip.compress(path.read_bytes(), mtime=0)
        kind = self.guess_type(str(path))
        if path.suffix in TEXT and "charset" not in kind:
            kind += "; charset=utf-8"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "no-cache")  # ask whether it is still so
        self.end_headers()
        return BytesIO(body)

    def prepared(self, path):
        """The file to send for this one, and how it is encoded: what lies packed beside it, or
        the file itself, to be packed on the way; no encoding if it travels as it is."""
        accepted = self.headers.get("Accept-Encoding", "")
        for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
            packed = path.with_name(path.name + suffix)
            if encoding in accepted and packed.is_file():
                return packed, encoding
        if "gzip" in accepted and path.suffix in TEXT and path.is_file():
            return path, "gzip"
        return path, None

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A browser that leaves before it has everything is no trouble."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(folder=SITE, port=0, handler=Handler):
    """The address of a server for `folder`, on a free port unless one is given."""
    server = Server(("127.0.0.1", port), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main():
    parser = argparse.ArgumentParser(description="Serve the built book on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    try:
        with serving(port=port) as address:
            print(f"The book is at {address} (Ctrl-C ends this)", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        print()
    except OSError as error:
        raise SystemExit(f"port {port}: {error.strerror}. Try: make serve PORT=8001") from None


if __name__ == "__main__":
    main()
