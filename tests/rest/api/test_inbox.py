"""Inboxes over the plain interface; acting for others by header and by parameter; forgetting."""

from __future__ import annotations

import pytest

from serving import Served

from .test_service import problem
from .test_tasks import add


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [task["id"] for task in answer.json()["items"]]


def test_an_inbox_is_read_page_after_page(served: Served) -> None:
    ann = served.client("ann")
    mine = [add(served, input={"batch": "pages"}, priority=n % 2) for n in range(5)]

    def page(**query: object):
        return ann.get("/api/tasks", params={"taskvar_batch": "pages", **query})

    first = page(owner="ann", sort="urgency", size=3, count="exact")
    assert first.json()["total"] == 5
    assert ids(first) == [mine[1], mine[3], mine[0]]
    rest = page(owner="ann", sort="urgency", size=3, after=first.json()["next"])
    assert ids(rest) == [mine[2], mine[4]]
    assert (rest.json()["next"], rest.json()["total"]) == (None, None)
    assert ids(page(inbox_of="ann", status=["Ready", "Reserved"])) == mine
    assert ids(page(task=[mine[0], mine[4]], potential_owner="ann", process_instance=0)) == []


@pytest.mark.parametrize(
    "query",
    [
        "sort=odd", "size=0", "size=x", "count=maybe", "after=oldest", "colour=red", "status=open",
        "task=-1", "sort=due&sort=due", "var_=x", "after=newest:1",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(served: Served, query: str) -> None:
    problem(served.client("ann").get(f"/api/tasks?{query}"), 400)


@pytest.mark.parametrize("how", ["header", "parameter"])
def test_an_administrator_acts_for_somebody_and_the_audit_tells(served: Served, how: str) -> None:
    number, admin = add(served), served.client("admin")
    header = {"On-Behalf-Of": "ann"} if how == "header" else {}
    query = {"on_behalf_of": "ann"} if how == "parameter" else {}

    for word in ("start", "complete"):
        address = f"/business-central/rest/task/{number}/{word}"
        answer = admin.post(address, headers=header, params=query)
        assert answer.status_code == 200, answer.text

    events = admin.get(f"/api/tasks/{number}/events").json()["items"]
    told = [(e["type"], e["actor"], e["on_behalf_of"], e["new_status"]) for e in events[1:]]
    assert told == [
        ("STARTED", "admin", "ann", "InProgress"),
        ("COMPLETED", "admin", "ann", "Completed"),
    ]


def test_nobody_else_acts_for_others(served: Served) -> None:
    ann = served.client("ann")

    for name in ("packer", "nobody-such"):
        problem(ann.get("/api/tasks", headers={"On-Behalf-Of": name}), 403)
        problem(ann.get("/api/tasks", params={"on_behalf_of": name}), 403)
    assert ann.get("/api/tasks", headers={"On-Behalf-Of": "ann"}).status_code == 200
    twice = ann.get("/api/tasks?on_behalf_of=ann", headers={"On-Behalf-Of": "packer"})
    problem(twice, 400)


def test_only_administrators_forget(served: Served) -> None:
    ann, admin = served.client("ann"), served.client("admin")

    problem(ann.post("/api/history/purge", json={"days": 1}), 403)
    problem(admin.post("/api/history/purge", json={"days": 0}), 400)
    gone = admin.post("/api/history/purge", json={"days": 1, "dry_run": True})
    assert gone.json() == {"instances": 0, "tasks": 0, "is_all": True}
    assert admin.post("/api/history/purge", json={"days": 1}).json()["is_all"] is True
    assert admin.post("/api/attachments/sweep").json() == {"files": 0}
