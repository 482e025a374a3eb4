"""A real browser runs a small application from another origin through the Booking Room."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlencode

import pytest

from procession.settings import Settings
from serving import PASSWORD, serving

from .conftest import open_hotel

PAGE = Path(__file__).with_name("booking_page.html")
CLIENT = Path(__file__).resolve().parents[3] / "docs" / "cookbook" / "oneweb.js"
FILES = {"/": (PAGE, "text/html"), "/oneweb.js": (CLIENT, "text/javascript")}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next(filter(None, map(shutil.which, BROWSERS)), None)
needs_browser = pytest.mark.skipif(
    FOUND is None, reason="no Chromium is installed (Debian: apt install chromium)"
)


@contextmanager
def application() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """The server of the page, which is another origin; what the page tells comes in a queue."""
    told: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, _ = self.path.partition("?")
            file, kind = FILES.get(path, (None, "text/plain"))
            content = file.read_bytes() if file else b""
            self.send_response(200 if file else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told.put(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        server.server_close()


def browse(address: str, told: Queue[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """Open an address; what its page told."""
    assert FOUND is not None
    command = [
        FOUND,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        address,
    ]
    quiet = subprocess.DEVNULL
    browser = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        return told.get(timeout=90)
    finally:
        browser.terminate()
        try:
            browser.wait(20)
        except subprocess.TimeoutExpired:
            browser.kill()
            browser.wait(20)


@needs_browser
@pytest.mark.timeout(180)
@pytest.mark.parametrize("allowed", [True, False])
def test_an_application_of_another_origin_books_a_room(tmp_path: Path, allowed: bool) -> None:
    with application() as (origin, told):
        settings = Settings(cors_origins=(origin if allowed else "https://elsewhere.example",))
        with open_hotel(settings) as engine, serving(engine) as served:
            query = urlencode({"server": served.base, "password": PASSWORD})

            answer = browse(f"{origin}/?{query}", told, tmp_path / "profile")

    if allowed:
        assert answer == {
            "booked": {
                "steps": ["Choose room", "Choose room", "Enter customer"],
                "guest": {"firstname": "มาลี 😀", "lastname": "100%"},
                "left": 0,
                "again": 40903,
            }
        }
    else:
        assert "Failed to fetch" in answer["failed"], "the browser keeps to who may call"
