"""What proxies say, and who is believed."""

from __future__ import annotations

import pytest

from procession.errors import Invalid
from procession.web.forwarded import Forwarding

SAID = {
    "host": "inner:8080",
    "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.1.1.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "bpm.example",
}


def test_nobody_is_believed_by_default() -> None:
    assert Forwarding(()).read("10.0.0.1", "http", SAID) == ("10.0.0.1", "http", "inner:8080")


def test_a_trusted_proxy_is_believed_up_to_the_first_stranger() -> None:
    forwarding = Forwarding(("10.0.0.0/8",))

    assert forwarding.read("10.0.0.1", "http", SAID) == ("203.0.113.9", "https", "bpm.example")
    assert forwarding.read("11.0.0.1", "http", SAID) == ("11.0.0.1", "http", "inner:8080")


def test_nonsense_is_not_taken_over() -> None:
    said = {"host": "h", "x-forwarded-proto": "javascript"}

    assert Forwarding(("10.0.0.1",)).read("10.0.0.1", "http", said) == ("10.0.0.1", "http", "h")


def test_proxies_must_be_addresses() -> None:
    with pytest.raises(Invalid):
        Forwarding(("proxy.example",))
