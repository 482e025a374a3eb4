"""Which representation a client gets, and with which headers."""

from __future__ import annotations

import pytest

from procession.rest.jbpm import shapes
from procession.rest.jbpm.negotiation import wants_json
from procession.web.http import Reply
from tests.rest.jbpm.jbpm_samples import REST, dialect, request

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/*", False),
        ("application/xml", False),
        ("application/json", True),
        ("Application/JSON", True),
        ("application/json;charset=utf-8", True),
        ("application/xml, application/json", False),
        ("application/json, application/xml", False),
        ("application/json, application/xml;q=0.9", True),
        ("application/json, application/xml;q=.5", True),
        ("application/json;q=.4, application/xml;q=.5", False),
        ("application/json;q=0.5, */*", False),
        ("application/json, */*;q=0.1", True),
        ("application/json;q=0", False),
        ("application/xml;q=0, application/json;q=0.1", True),
        ("application/json;q=x", False),
        (CHROME, False),
        ("text/plain", False),
        ("text/html, application/json", True),
    ],
)
def test_xml_wins_unless_json_is_preferred(accept: str | None, json: bool) -> None:
    assert wants_json(accept) is json


@pytest.mark.parametrize("kind", ["application/xml", "application/json"])
def test_the_content_type_has_no_charset(kind: str) -> None:
    door, asked = dialect(), request(accept=kind)

    assert door.write(asked, Reply(shape=shapes.RESPONSE)).content_type == kind
    assert door.fail(asked, ValueError("x")).content_type == kind


def test_nothing_acceptable_is_answered_in_xml_with_200() -> None:
    reply = dialect().write(request(accept="text/plain"), Reply(shape=shapes.RESPONSE))

    assert (reply.status, reply.content_type) == (200, "application/xml")


def test_url_is_the_whole_address_in_l_and_the_path_in_m() -> None:
    asked = request(f"{REST}/task/5/claim", "a=1&b=%20")

    def url(form: str) -> bytes:
        return dialect(form).write(asked, Reply(shape=shapes.RESPONSE)).body or b""

    assert f"<url>http://localhost:8080{REST}/task/5/claim?a=1&amp;b=%20</url>".encode() in url("L")
    assert f"<url>{REST}/task/5/claim</url>".encode() in url("M")


def test_a_reply_with_a_body_of_its_own_is_left_alone() -> None:
    reply = Reply(body=b"x", content_type="image/svg+xml")

    assert dialect().write(request(), reply) is reply
