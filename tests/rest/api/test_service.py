"""Health, readiness, version, and the form of failures."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from procession import __version__
from serving import PASSWORD, Served


def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_health_and_readiness_need_no_login(served: Served) -> None:
    assert served.client().get("/api/health").json() == {"status": "up"}
    assert served.client().get("/api/ready").json() == {"status": "ready"}


def test_version_needs_one(served: Served) -> None:
    problem(served.client().get("/api/version"), 401)
    answer = served.client("ann").get("/api/version")
    assert answer.json() == {"name": "procession", "version": __version__}


def test_one_may_ask_who_one_is(served: Served) -> None:
    me = served.client("packer").get("/api/me").json()

    assert me == {"name": "packer", "groups": [], "roles": ["worker"]}


def test_failures_are_problem_details(served: Served) -> None:
    admin = served.client("admin")

    body = problem(admin.get("/api/nowhere"), 404)
    assert body["instance"] == "/api/nowhere"
    assert problem(admin.delete("/api/jobs"), 405)
    assert admin.delete("/api/jobs").headers["allow"] == "GET, HEAD"
    problem(admin.post("/api/workers/fetch", content=b"{"), 400)
    problem(admin.post("/api/workers/fetch", json={"worker": "w", "topics": "x"}), 400)
    problem(admin.post("/api/workers/fetch", json={"worker": "w", "topics": ["x"], "limit": True}),
            400)  # fmt: skip
    problem(admin.get("/api/jobs?page=-1"), 400)
    xml = {"Content-Type": "text/xml"}
    problem(admin.post("/api/users", content=b"<a/>", headers=xml), 415)


@pytest.mark.parametrize("path", ["/api/jobs", "/api/incidents", "/api/users"])
def test_ordinary_people_may_not_administer(served: Served, path: str) -> None:
    problem(served.client("ann").get(path), 403)
    problem(served.client().get(path), 401)


def test_people_are_administered(served: Served) -> None:
    admin = served.client("admin")

    new = {"name": "zoe", "password": PASSWORD, "groups": ["clerks"]}
    assert admin.post("/api/users", json=new).status_code == 201
    assert served.client("zoe").get("/api/me").json()["groups"] == ["clerks"]
    problem(admin.post("/api/users", json=new), 409)
    assert admin.post("/api/groups", json={"name": "movers"}).status_code == 201
    assert admin.put("/api/groups/movers/members/zoe").status_code == 204
    assert admin.post("/api/roles", json={"name": "mover", "code": "R9"}).status_code == 201
    assert admin.put("/api/roles/mover/groups/movers").status_code == 204
    assert served.client("zoe").get("/api/me").json() == {
        "name": "zoe",
        "groups": ["clerks", "movers"],
        "roles": ["mover"],
    }
    assert admin.post("/api/work-parties", json={"name": "All"}).status_code == 201
    assert admin.put("/api/work-parties/All/roles/mover").status_code == 204
    assert admin.put("/api/work-parties/All/lead/zoe").status_code == 204
    party = admin.get("/api/work-parties").json()["items"][0]
    assert (party["name"], party["lead"], party["members"]) == ("All", "zoe", [["ROLE", "mover"]])
    assert admin.delete("/api/groups/movers/members/zoe").status_code == 204
    assert served.client("zoe").get("/api/me").json()["roles"] == []
    assert "password" not in admin.get("/api/users").text
    assert admin.post("/api/users/zoe/deactivate").status_code == 204
    problem(served.client("zoe").get("/api/me"), 401)
    problem(admin.delete("/api/users/nobody"), 404)


def test_a_member_that_is_not_known_is_refused_and_nothing_is_made(served: Served) -> None:
    admin = served.client("admin")

    answer = admin.post("/api/work-parties", json={"name": "Few", "users": ["zoe"]})

    problem(answer, 400)
    assert "users" in answer.text
    assert "Few" not in admin.get("/api/work-parties").text


def test_one_changes_ones_own_password(served: Served) -> None:
    admin = served.client("admin")
    assert admin.post("/api/users", json={"name": "yan", "password": PASSWORD}).status_code == 201
    yan = served.client("yan")

    problem(yan.put("/api/me/password", json={"old": "wrong", "new": "n"}), 401)
    assert yan.put("/api/me/password", json={"old": PASSWORD, "new": "other"}).status_code == 204

    problem(yan.get("/api/me"), 401)
    assert yan.get("/api/me", auth=("yan", "other")).status_code == 200
