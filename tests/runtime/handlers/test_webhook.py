"""Webhook, against a real server."""

from __future__ import annotations

import hashlib
import hmac

import msgspec
import pytest

from procession.testing.models import parameters
from tests.runtime.handlers.house import incident, run, run_model
from tests.runtime.rooms import state_of, straight


@pytest.mark.parametrize("name", ["Webhook", "Push"])
def test_another_system_is_told_in_a_signed_message(open_engine, server, name):
    server.says("/hook", "", 202)
    engine = open_engine(allowed_hosts=(server.host,), secrets=("partner=k3y",))

    id = run(
        engine, name, Url=f"{server.url}/hook", Event="booked", room="12", Secret="secret:partner"
    )

    [asked] = server.asked
    told = msgspec.json.decode(asked.body)
    assert told["event"] == "booked"
    assert told["payload"] == {"room": "12"}
    assert (told["process"], told["instance"]) == ("p", id)
    signed = hmac.new(b"k3y", asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-procession-signature"] == f"sha256={signed}"
    assert state_of(engine, id) == 2


def test_who_does_not_take_it_is_told_again(engine, server):
    server.says("/hook", "", 500)

    run(engine, "Webhook", Url=f"{server.url}/hook")
    server.says("/hook", "")
    engine.room.clock.advance(60)
    engine.run_due_jobs()

    first, second = server.asked
    assert first.body == second.body


def test_who_refuses_it_is_an_incident(engine, server):
    run(engine, "Webhook", Url=f"{server.url}/hook")

    assert "answered 404" in incident(engine)


def test_a_task_may_name_the_handler_by_its_implementation(engine, server):
    server.says("/hook", "")
    inside = parameters(constants={"Url": f"{server.url}/hook"})

    run_model(engine, straight("p", lambda m: m.service("s", inside, implementation="push")))

    assert len(server.asked) == 1
