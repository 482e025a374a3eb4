"""An answer leaves in one piece, and what is streamed is not held up."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from procession.web.protocol import JoiningProtocol


async def application(scope, receive, send):
    """Answers by the path: in one part, or in two with a second between them, or with nothing."""
    if scope["type"] != "http":
        return
    parts = {"/two": [b"first", b"second"], "/none": [b""]}.get(scope["path"], [b"whole"])
    status = 204 if scope["path"] == "/none" else 200
    headers = [] if len(parts) > 1 or status == 204 else [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if len(parts) > 1:
        await asyncio.sleep(0.3)
    for place, part in enumerate(parts):
        more = place + 1 < len(parts)
        await send({"type": "http.response.body", "body": part, "more_body": more})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, http=JoiningProtocol, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        yield bound.getsockname()
    finally:
        server.should_exit = True
        thread.join()


def pieces(address, method, path, *, until=0.6):
    """What arrives, as it arrives, with the seconds after the request."""
    with socket.create_connection(address) as client:
        client.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        client.settimeout(until)
        began, found = time.monotonic(), []
        try:
            while data := client.recv(65536):
                found.append((time.monotonic() - began, data))
        except TimeoutError:
            pass
        return found


def test_head_and_body_arrive_together(address):
    ((_, data),) = pieces(address, "GET", "/")

    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert data.endswith(b"\r\n\r\nwhole")


def test_a_head_does_not_wait_for_a_body_that_comes_later(address):
    found = pieces(address, "GET", "/two")

    assert found[0][1].endswith(b"\r\n\r\n")
    assert b"".join(data for _, data in found).endswith(b"second\r\n0\r\n\r\n")


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/"), ("GET", "/none")])
def test_a_head_without_a_body_arrives(address, method, path):
    ((_, data),) = pieces(address, method, path)

    assert data.endswith(b"\r\n\r\n")
