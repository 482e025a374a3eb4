"""Which hosts and addresses may be called."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from procession.errors import Invalid
from procession.runtime.handlers.reach import Reach, is_public
from procession.runtime.work_items import WorkFailed
from tests.runtime.handlers.house import HttpServer, incident, run
from tests.runtime.rooms import variables

HIDDEN = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", HIDDEN)
def test_an_address_that_is_not_public_is_not_called_even_if_all_hosts_may_be(address):
    with pytest.raises(WorkFailed, match="not public") as caught:
        Reach(["*"]).address(address, 80)

    assert caught.value.is_final
    assert caught.value.codes == ("HOST_NOT_ALLOWED",)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:808:808"])
def test_a_public_address_is_called(address):
    assert Reach(["*"]).address(address, 443) == address
    assert is_public(ip_address("8.8.8.8"))


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost."])
def test_another_spelling_of_this_machine_is_still_this_machine(spelling):
    with pytest.raises(WorkFailed):
        Reach(["*"]).address(spelling, 80)


def test_no_host_may_be_called_unless_it_is_named():
    with pytest.raises(WorkFailed, match=r"host 8\.8\.8\.8 is not allowed"):
        Reach([]).address("8.8.8.8", 80)


@pytest.mark.parametrize(
    ("named", "host", "port", "is_allowed"),
    [
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.1:80", "127.0.0.1", 80, True),
        ("127.0.0.1:81", "127.0.0.1", 80, False),
        ("127.0.0.1", "127.0.0.2", 80, False),
        ("LOCALHOST", "localhost", 80, True),
        ("localhost:80", "LocalHost.", 80, True),
        ("::1", "::1", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("*.localhost", "evil-localhost", 80, False),
        ("localhost", "localhost.evil.example", 80, False),
    ],
)
def test_a_host_is_allowed_by_its_name(named, host, port, is_allowed):
    reach = Reach([named])
    if is_allowed:
        assert reach.address(host, port) in ("127.0.0.1", "::1")
    else:
        with pytest.raises(WorkFailed, match="not allowed"):
            reach.address(host, port)


def test_a_name_that_leads_inside_needs_its_network():
    """The machine's own name stands for any name whose owner chose a private address for it."""
    name = "inside.localhost"
    try:
        socket.getaddrinfo(name, 80)
    except OSError:
        name = socket.gethostname()
    with pytest.raises(WorkFailed, match=r"not public|could not be found"):
        Reach([name]).address(name, 80)

    assert Reach([name], ["127.0.0.0/8", "::1/128", "0.0.0.0/0"]).address(name, 80)


def test_a_network_must_be_one():
    with pytest.raises(Invalid, match="allowed_networks"):
        Reach([], ["10.0.0.0/99"])


def test_a_host_that_nobody_knows_may_be_known_later():
    with pytest.raises(WorkFailed, match="could not be found") as caught:
        Reach(["*"]).address("does-not-exist.invalid", 80)

    assert not caught.value.is_final


def test_the_connection_is_made_to_the_address_that_was_checked(open_engine, monkeypatch):
    """A name that leads elsewhere when it is looked up a second time leads nowhere else."""
    lookups = []
    real = socket.getaddrinfo

    def rebinding(host, *rest, **more):
        if host == "rebinding.example":
            lookups.append(host)
            host = "127.0.0.1" if len(lookups) == 1 else "127.0.0.9"
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with HttpServer().running() as server:
        server.says("/", "here")
        engine = open_engine(
            allowed_hosts=("rebinding.example",), allowed_networks=("127.0.0.1/32",)
        )

        id = run(engine, "Rest", outputs="Result", Url=f"http://rebinding.example:{server.port}/")

        assert variables(engine, id) == {"Result": "here"}
        assert server.asked[0].headers["host"] == f"rebinding.example:{server.port}"
    assert lookups == ["rebinding.example"]


def test_a_refused_host_is_an_incident_that_says_what_to_set(open_engine, server):
    engine = open_engine()

    run(engine, "Rest", Url=f"{server.url}/")

    told = "host 127.0.0.1 is not allowed; add it to the setting allowed_hosts"
    assert told in incident(engine)
    assert not server.asked
