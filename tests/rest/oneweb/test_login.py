"""Who is calling (check list 97 to 103)."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from procession.engine import Engine
from procession.errors import Invalid
from procession.runtime.clock import ManualClock
from procession.settings import Settings, read_settings
from serving import PASSWORD, Served, put_people, serving

from .conftest import ROOT, Oneweb, done, open_hotel, refused

LOGIN = {"username": "ann", "password": PASSWORD, "ldapproviderurl": "", "clientId": "app-7"}


def login(served: Served, **other: Any) -> httpx2.Response:
    return served.client().post("/eaf-rest/login", json={**LOGIN, **other})


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_row_097_login_answers_a_token(served: Served) -> None:
    answer = login(served).json()

    assert list(answer) == ["timestamp", "validity", "id_token"]
    assert isinstance(answer["timestamp"], str)
    assert abs(int(answer["timestamp"]) / 1000 - time.time()) < 60
    assert answer["validity"] == 86_400


def test_a_failed_login_has_the_envelope(served: Served) -> None:
    refused(login(served, password="wrong"), 40101)
    refused(login(served, username="nobody"), 40101)
    assert (
        login(served, username="nobody").json()["message"]
        == (login(served, username="dave", password="wrong").json()["message"])
    )
    refused(login(served, username=""), 40001)
    refused(served.client().post("/eaf-rest/login", content=b"{"), 40002)


def test_row_098_tokens_are_hs512_with_the_claims_of_the_platform(served: Served) -> None:
    token = login(served).json()["id_token"]

    assert part(token, 0)["alg"] == "HS512"
    claims = part(token, 1)
    assert (claims["sub"], claims["clientId"]) == ("ann", "app-7")
    assert claims["iss"] == "com.avalant.jwt"
    assert abs(claims["exp"] - time.time() - 86_400) < 60


def called(served: Served, **headers: str) -> httpx2.Response:
    return served.client().get(f"{ROOT}/tasks?user=ann", headers=headers)


def test_row_098_forged_tokens_are_refused(served: Served) -> None:
    head, claims, seal = login(served).json()["id_token"].split(".")
    forged = f"{head}.{claims}.{seal[:-4]}AAAA"
    unsigned = "eyJhbGciOiJub25lIn0." + claims + "."

    for token in (forged, unsigned, "x", "", f"{head}.{claims}."):
        refused(called(served, Authorization=f"Bearer {token}".strip()), 40101)


def test_row_098_a_token_expires() -> None:
    clock = ManualClock()
    with Engine.open("sqlite://", clock=clock) as engine:
        put_people(engine, {"ann": ()})
        with serving(engine) as served:
            token = login(served).json()["id_token"]
            bearer = f"Bearer {token}"
            assert called(served, Authorization=bearer).status_code == 200

            clock.advance(timedelta(days=1, seconds=1))

            refused(called(served, Authorization=bearer), 40101)


def test_row_099_bearer_and_basic_are_accepted_and_nothing_else(
    served: Served, ann: Oneweb
) -> None:
    token = login(served).json()["id_token"]

    assert called(served, Authorization=f"Bearer {token}").status_code == 200
    assert ann.get("/tasks", user="ann").status_code == 200
    answer = called(served)
    refused(answer, 40101)
    assert answer.headers["www-authenticate"].startswith("Basic ")
    for header in ("Digest x", "Basic !!!", "Basic YW5u", "Basic", "Basic OnB3", "Basic /////w=="):
        refused(called(served, Authorization=header), 40101)


def test_row_100_acting_for_another_needs_the_permission(
    ann: Oneweb, bob: Oneweb, robot: Oneweb, admin: Oneweb
) -> None:
    task = ann.task("One Task")
    instance = ann.tasks(ann.start("One Task"))[0]["instanceId"]

    refused(bob.post(f"/tasks/{task}/claim", user="ann"), 40301)
    done(robot.post(f"/tasks/{task}/claim", user="ann"))
    refused(robot.post(f"/tasks/{task}/complete", user="bob"), 40901)
    done(robot.post(f"/tasks/{task}/complete", user="ann"))
    second = ann.tasks(instance)[0]["id"]
    done(admin.post(f"/tasks/{second}/claim", user="bob"))
    assert ann.tasks(instance)[0]["assignee"] == "bob"
    third = ann.task("One Task")
    refused(robot.post(f"/tasks/{third}/claim", user="admin"), 40301)


def test_acting_for_another_does_not_lend_more_than_their_rights(
    ann: Oneweb, robot: Oneweb
) -> None:
    own = ann.task("One Task")

    refused(robot.post(f"/tasks/{own}/claim", user="dave"), 40404)


def test_row_101_trusted_mode_needs_no_credentials(caplog: pytest.LogCaptureFixture) -> None:
    with open_hotel(Settings(oneweb_auth_mode="trusted")) as engine, serving(engine) as served:
        stranger = Oneweb(served, None)

        assert "oneweb_auth_mode=trusted" in caplog.text
        instance = done(stranger.post("/process/start", {"processName": "One Task"}, user="ann"))
        (task,) = stranger.tasks(instance)
        refused(stranger.post(f"/tasks/{task['id']}/claim", user="dave"), 40404)
        done(stranger.post(f"/tasks/{task['id']}/claim", user="bob"))
        assert done(stranger.post("/tasks/" + task["id"] + "/variables")) == {}
        assert [t["id"] for t in done(stranger.get("/tasks", user="bob"))] == [task["id"]]
        assert stranger.post("/refreshCache").status_code == 200
        assert served.client().get("/api/jobs").status_code == 401


def test_row_101_trusted_mode_stays_on_the_loopback() -> None:
    with pytest.raises(Invalid, match="loopback"):
        read_settings({"oneweb_auth_mode": "trusted", "host": "0.0.0.0"}, environment={})


def test_row_102_the_client_of_a_token_is_compared(served: Served) -> None:
    token = login(served).json()["id_token"]

    refused(called(served, Authorization=f"Bearer {token}", clientId="other"), 40101)
    assert called(served, Authorization=f"Bearer {token}", clientId="app-7").status_code == 200


def test_row_103_pages_of_a_configured_origin_may_call() -> None:
    settings = Settings(cors_origins=("https://app.example",))
    with open_hotel(settings) as engine, serving(engine) as served:
        asks = {
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,clientid",
        }
        client = served.client("ann")

        may = client.options(f"{ROOT}/process/start", headers=asks)
        assert may.status_code == 204
        assert may.headers["access-control-allow-origin"] == "https://app.example"
        assert "POST" in may.headers["access-control-allow-methods"]
        assert "clientId" in may.headers["access-control-allow-headers"]
        body = {"processName": "One Task"}
        answer = client.post(f"{ROOT}/process/start", json=body, headers={"Origin": asks["Origin"]})
        done(answer)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        evil = {**asks, "Origin": "https://evil.example"}
        assert "access-control-allow-origin" not in (
            client.options(f"{ROOT}/process/start", headers=evil).headers
        )
        refused(client.post(f"{ROOT}/process/start", json=body, headers=evil), 40301)
