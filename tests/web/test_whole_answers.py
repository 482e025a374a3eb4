"""What a client gets of an answer, packet by packet, from a real server."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from procession.engine import Engine
from tests.serving import Served, serving

HEALTH = "GET /api/health HTTP/1.1\r\nHost: x\r\n{more}\r\n"


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    with Engine.open(f"sqlite:///{tmp_path}/x.db") as engine, serving(engine) as served:
        yield served


@pytest.fixture
def peer(served: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as peer:
        yield peer


def is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    return b"content-length: %d\r\n" % len(body) in head + b"\r\n" and len(body) > 0


def packets(peer: socket.socket) -> int:
    """How many packets with data have arrived, as Linux counts them (``tcpi_data_segs_in``)."""
    told = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return int.from_bytes(told[152:156], sys.byteorder)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux counts packets")
def test_head_and_body_arrive_together(peer: socket.socket) -> None:
    for _ in range(10):
        peer.sendall(HEALTH.format(more="").encode())
        assert is_whole(peer.recv(65_536))

    assert packets(peer) == 10


def test_an_answer_without_a_body_arrives_too(peer: socket.socket) -> None:
    for method, status in (("HEAD", b" 200 "), ("OPTIONS", b" 204 ")) * 5:
        peer.sendall(HEALTH.format(more="").replace("GET", method, 1).encode())
        answer = peer.recv(65_536)
        assert status in answer.split(b"\r\n")[0]
        assert answer.endswith(b"\r\n\r\n")


def test_the_last_answer_of_a_connection_arrives_before_it_ends(served: Served) -> None:
    answer = served.raw(HEALTH.format(more="Connection: close\r\n"))
    assert is_whole(answer.encode())

    head = served.raw(HEALTH.format(more="Connection: close\r\n").replace("GET", "HEAD", 1))
    assert head.startswith("HTTP/1.1 200 ")
    assert head.endswith("\r\n\r\n")


def test_what_is_no_http_is_told_so(served: Served) -> None:
    answer = served.raw("NONSENSE\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 ")
    assert "Invalid HTTP request" in answer


def test_requests_sent_at_once_are_answered_one_after_the_other(served: Served) -> None:
    last = HEALTH.format(more="Connection: close\r\n")
    answer = served.raw(HEALTH.format(more="") * 3 + last)
    assert answer.count("HTTP/1.1 200 ") == 4


def test_who_asks_first_is_told_to_go_on(peer: socket.socket) -> None:
    more = "Expect: 100-continue\r\nAuthorization: Basic YWRtaW46eA==\r\nContent-Length: 2\r\n"
    address = "POST /eaf-rest/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    peer.sendall(f"{address}{more}\r\n".encode())
    assert peer.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"

    peer.sendall(b"{}")
    assert is_whole(peer.recv(65_536))
