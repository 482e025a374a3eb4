"""Documents that are meant to hurt cost the server next to nothing, whichever door they come to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from procession.errors import Invalid
from procession.rest.jbpm.execute.document import read_document
from procession.rest.jbpm.uploads import strategy_of
from procession.xml_documents import Unreadable, parse

REFUSED_WITHIN_S = 0.05


def read_descriptor(content: bytes) -> Any:
    return strategy_of({"META-INF/kie-deployment-descriptor.xml": content})


READERS: dict[str, Callable[[bytes], Any]] = {
    "commands": read_document,
    "model or decision": parse,
    "descriptor": read_descriptor,
}


def many(pattern: str, count: int) -> bytes:
    return " ".join(pattern.replace("#", str(n)) for n in range(count)).encode()


ROOT = b"deployment-descriptor"
BOMB = "".join(f'<!ENTITY b{n + 1} "{f"&b{n};" * 10}">' for n in range(9)).encode()
ATTACKS = {
    "100,000 attributes": b"<" + ROOT + b" " + many('a#="1"', 100_000) + b"/>",
    "100,000 attributes with marks of tags": b"<" + ROOT + b" " + many('a#=">"', 100_000) + b"/>",
    "100,000 prefixes": b"<" + ROOT + b" " + many('xmlns:p#="u"', 100_000) + b"/>",
    "100 times 1,000 attributes":
        b"<" + ROOT + b">" + (b"<a " + many('a#="1"', 1_000) + b"/>") * 100 + b"</" + ROOT + b">",
    "a million elements": b"<" + ROOT + b">" + b"<b/>" * 1_000_000 + b"</" + ROOT + b">",
    "a hundred thousand levels": b"<" + ROOT + b">" + b"<a>" * 99_000 + b"</a>" * 99_000,
    "a name of eight megabytes": b"<" + b"a" * 8_000_000 + b"/>",
    "a value of eight megabytes": b"<" + ROOT + b" b='" + b"a" * 8_000_000 + b"'/>",
    "a comment without an end": b"<" + ROOT + b"><!--" + b"a" * 8_000_000,
    "an entity bomb":
        b'<!DOCTYPE x [<!ENTITY b0 "lol">' + BOMB + b"]><" + ROOT + b">&b9;</" + ROOT + b">",
    "an external entity":
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><' + ROOT + b">&e;</" + ROOT + b">",
    "a document type elsewhere":
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><' + ROOT + b"/>",
    "UTF-16 that is none": b'<?xml version="1.0" encoding="UTF-16"?><' + ROOT + b"/>",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="x-none"?><' + ROOT + b"/>",
    "bytes that are no UTF-8": b"<" + ROOT + b">\xff\xfe\xfd</" + ROOT + b">",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("reader", READERS)
def test_an_attack_is_refused_at_once(reader: str, attack: str) -> None:
    read, content, spent = READERS[reader], ATTACKS[attack], []
    for _ in range(3):
        began = time.thread_time()
        with pytest.raises((Invalid, Unreadable)):
            read(content)
        spent.append(time.thread_time() - began)

    assert min(spent) < REFUSED_WITHIN_S


def test_what_is_only_large_is_read() -> None:
    items = b"".join(
        b'<item key="k%d"><value xsi:type="xs:string" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">v</value></item>' % n
        for n in range(5_000)
    )
    root = read_document(b"<command-request><a>" + items + b"</a></command-request>")
    assert len(root.children[0].children) == 5_000
    assert len(read_document(b"<a>" + b"x" * 1_000_000 + b"</a>").text) == 1_000_000
    assert parse(b"<a><![CDATA[" + b"a < b;" * 2_000 + b"]]></a>").text is not None
