"""What is asked among the rows of ``history_data.py``: every address, and every kind of parameter.

Names say what is asked; each has the floor of the quality bar as its limit, and the target beside
it. What an index answers for one instance or a page is judged; nothing is left out as too slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from bench.history_data import PROCESS, RARE, REGIONS, SIGNED_IN, TEAMS, Size, unit, user

INSTANCE: Final = (60, 20)
"""R8 of the quality bar, history of one instance: floor and target, p99 in ms."""
LIST: Final = (80, 30)
"""R7, a page of an inbox, which a page of any other long list may take too."""
PAGE: Final = {"page": 1, "pageSize": 20}
Make = Callable[[int], dict[str, Any]]


class Question(msgspec.Struct, frozen=True):
    """An address for each call, so that no two are alike, and who asks."""

    name: str
    path: Callable[[int], str]
    limit: int
    target: int
    user: str = "admin"


def questions(size: Size) -> Iterator[Question]:
    """Everything, as an administrator; then what people ask who see their own."""
    yield from _history(size)
    yield from _task_query(size)
    yield from _rich(size)
    yield from _inboxes()
    for one in (*_history(size), *_task_query(size), *_rich(size)):
        yield msgspec.structs.replace(one, name=f"{one.name}, own", user=user(7))


def _history(size: Size) -> Iterator[Question]:
    at, order = "/rest/history", "/rest/history/variable/order"
    of_one = {
        "H03 instance": "",
        "H04 instance/child": "/child",
        "H05 instance/node": "/node",
        "H06 instance/node/one": "/node/work",
        "H07 instance/variable": "/variable",
        "H08 instance/variable/one": "/variable/order",
    }
    for name, rest in of_one.items():
        yield Question(name, _of_instance(size, rest), *INSTANCE)
    pages: dict[str, tuple[str, Make]] = {
        "H02 instances": ("/instances", _fixed({})),
        "H02 instances, active": ("/instances", _fixed({"activeProcesses": "true"})),
        "H02 instances, page 100": ("/instances", lambda n: {"page": 100 + n}),
        "H09 process": (f"/process/{PROCESS}", _fixed({})),
        **{
            f"H09 process, status {status}": (
                f"/process/{PROCESS}",
                _fixed({"status": status}),
            )
            for status in range(5)
        },
        "H09 rare process": (f"/process/{RARE}", _fixed({})),
        "H09 rare process, status 1": (f"/process/{RARE}", _fixed({"status": 1})),
        "H09 rare process, status 3": (f"/process/{RARE}", _fixed({"status": 3})),
    }
    for end, which in (("", "H10"), ("/instances", "H12")):
        pages |= {
            f"{which} variable{end}": (f"/variable/order{end}", _fixed({})),
            f"{which} variable{end}, page 100": (
                f"/variable/order{end}",
                lambda n: {"page": 100 + n},
            ),
            f"{which} variable{end}, active": (
                f"/variable/order{end}",
                _fixed({"activeProcesses": "true"}),
            ),
            f"{which} variable{end}, unknown": (f"/variable/none{end}", _fixed({})),
        }
    for name, (path, make) in pages.items():
        yield Question(name, _at(at + path, make), *LIST)
    for end, which in (("", "H11"), ("/instances", "H13")):
        values: dict[str, Callable[[int], str]] = {
            "": lambda n: f"{order}/value/order-{size.instance(n)}",
            f", of {TEAMS}": lambda n: f"{at}/variable/team/value/t{n % TEAMS}",
            f", of {REGIONS}": lambda n: f"{at}/variable/region/value/r{n % REGIONS}",
        }
        for name, below in values.items():
            yield Question(f"{which} value{end}{name}", _below(below, end, ""), *LIST)
            yield Question(
                f"{which} value{end}{name}, active",
                _below(below, end, "&activeProcesses=true"),
                *LIST,
            )


def _task_query(size: Size) -> Iterator[Question]:
    some: dict[str, Make] = {
        "nothing": _fixed({}),
        "workItemId": lambda n: {"workItemId": size.task(n) + 1},
        "taskId": lambda n: {"taskId": size.task(n)},
        "several taskId": lambda n: {"taskId": [size.task(n + k) for k in range(30)]},
        "businessAdministrator": _fixed({"businessAdministrator": "Administrators"}),
        "potentialOwner": lambda n: {"potentialOwner": user(n * 37)},
        "potentialOwner, a group": lambda n: {"potentialOwner": f"team{n % 50}"},
        "processInstanceId": lambda n: {"processInstanceId": size.instance(n)},
        "several processInstanceId": lambda n: {
            "processInstanceId": [size.instance(n + k) for k in range(30)]
        },
        "taskOwner": lambda n: {"taskOwner": user(n * 37)},
        "several taskOwner": lambda n: {"taskOwner": [user(n * 37 + k) for k in range(3)]},
        "language": lambda n: {"language": ("en-UK", "de-DE", "fr-FR")[n % 3]},
        "page 100": lambda n: {"page": 100 + n},
    }
    for status in ("Ready", "reserved", "InProgress", "Suspended", "COMPLETED", "Exited", "Error"):
        some[f"status {status}"] = _fixed({"status": status})
    some |= {
        "two statuses": _fixed({"status": ["Failed", "Suspended"]}),
        "potentialOwner, status": lambda n: {"potentialOwner": user(n * 37), "status": "Ready"},
        "potentialOwner, over": lambda n: {"potentialOwner": user(n * 37), "status": "Completed"},
        "taskOwner, status": lambda n: {"taskOwner": user(n * 37), "status": "InProgress"},
        "taskOwner, over": lambda n: {"taskOwner": user(n * 37), "status": "Failed"},
        "administrator, status": _fixed({
            "businessAdministrator": "Administrators", "status": "Suspended"
        }),
        "owner, potentialOwner": lambda n: {
            "taskOwner": user(n * 37), "potentialOwner": user(n * 37 + 1)
        },
        "owner, instance": lambda n: {
            "taskOwner": user(n * 37), "processInstanceId": size.active(n)
        },
        "union of owner, potentialOwner": lambda n: {
            "taskOwner": user(n * 37), "potentialOwner": user(n * 37), "union": "true"
        },
        "union of owner, potentialOwner, status": lambda n: {
            "taskOwner": user(n * 37), "potentialOwner": user(n * 37), "union": "true",
            "status": "Reserved",
        },
        "union of all": lambda n: {
            "taskOwner": user(n * 37), "potentialOwner": user(n * 37 + 1), "union": "true",
            "workItemId": size.task(n) + 1, "taskId": size.task(n + 1), "status": "Suspended",
            "businessAdministrator": user(n), "processInstanceId": size.instance(n + 2),
        },
    }  # fmt: skip
    for name, make in some.items():
        yield Question(f"T02 {name}", _at("/rest/task/query", make), *LIST)


def _inboxes() -> Iterator[Question]:
    """What clients ask most: somebody's own tasks, in pages of twenty."""
    me = user(7)
    inboxes: dict[str, dict[str, Any]] = {
        "potentialOwner": {"potentialOwner": me},
        "potentialOwner, Ready": {"potentialOwner": me, "status": "Ready"},
        "potentialOwner, open": {"potentialOwner": me, "status": ["Ready", "Reserved"]},
        "taskOwner": {"taskOwner": me},
        "taskOwner, InProgress": {"taskOwner": me, "status": "InProgress"},
        "union": {"potentialOwner": me, "taskOwner": me, "union": "true"},
        "union, open": {
            "potentialOwner": me, "taskOwner": me, "union": "true",
            "status": ["Ready", "Reserved", "InProgress"],
        },
    }  # fmt: skip
    for name, given in inboxes.items():

        def make(n: int, given: dict[str, Any] = given) -> dict[str, Any]:
            return {**given, "pageSize": 20, "page": 1 + n % 5}

        yield Question(f"T02 inbox, {name}", _at("/rest/task/query", make), *LIST, user=me)


def _rich(size: Size) -> Iterator[Question]:
    def date(share: float) -> str:
        found = datetime.fromtimestamp(size.moment(share) / 1000, UTC)
        return found.strftime("%y-%m-%d_%H:%M:%S")

    both: dict[str, Make] = {
        "nothing": _fixed({}),
        "page 100": lambda n: {"p": 100 + n},
        "piid": lambda n: {"piid": size.instance(n)},
        "piid_min": lambda n: {"piid_min": size.instance(n)},
        "piid_max": lambda n: {"piid_max": size.instance(n)},
        "piid_min, piid_max": lambda n: {
            "piid_min": size.instance(n),
            "piid_max": size.instance(n) + 1_000,
        },
        "pid": _fixed({"pid": PROCESS}),
        "rare pid": _fixed({"pid": RARE}),
        "unknown pid": _fixed({"pid": "none"}),
        "pid_re": _fixed({"pid_re": "bench.*"}),
        "rare pid_re": _fixed({"pid_re": "*rare"}),
        "unknown pid_re": _fixed({"pid_re": "none*"}),
        "did": lambda n: {"did": unit(n)},
        "unknown did": _fixed({"did": "none"}),
        "did_re": _fixed({"did_re": "*:1.7"}),
        "unknown did_re": _fixed({"did_re": "*none*"}),
        "pv": _fixed({"pv": ""}),
        "unknown pv": _fixed({"pv": "7.0"}),
        "unknown pv_re": _fixed({"pv_re": "7*"}),
        **{f"pist {status}": _fixed({"pist": status}) for status in range(5)},
        "stdt": lambda n: {"stdt": date(0.5 + n / 1_000)},
        "stdt_min": lambda n: {"stdt_min": date(0.99)},
        "stdt_max": _fixed({"stdt_max": date(0.01)}),
        "stdt_min, stdt_max": lambda n: {"stdt_min": date(0.5), "stdt_max": date(0.5001)},
        "edt": lambda n: {"edt": date(0.5 + n / 1_000)},
        "edt_min": lambda n: {"edt_min": date(0.99)},
        "edt_max": _fixed({"edt_max": date(0.01)}),
        "edt_min, edt_max": lambda n: {"edt_min": date(0.5), "edt_max": date(0.5001)},
        "vid": _fixed({"vid": "order"}),
        "unknown vid": _fixed({"vid": "none"}),
        "vid_re": _fixed({"vid_re": "or*"}),
        "unknown vid_re": _fixed({"vid_re": "*none*"}),
        "vv": lambda n: {"vv": f"order-{size.instance(n)}"},
        "unknown vv": _fixed({"vv": "none"}),
        "vv_re": _fixed({"vv_re": "order-*"}),
        "narrow vv_re": lambda n: {"vv_re": f"order-{size.instance(n)}*"},
        "unknown vv_re": _fixed({"vv_re": "*none*"}),
        "vid, vv": lambda n: {"vid": "order", "vv": f"order-{size.instance(n)}"},
        "var": lambda n: {"var_order": f"order-{size.instance(n)}"},
        f"var of {TEAMS}": lambda n: {"var_team": f"t{n % TEAMS}"},
        f"var of {REGIONS}": lambda n: {"var_region": f"r{n % REGIONS}"},
        "two var": lambda n: {"var_order": f"order-{size.instance(n)}", "var_team": f"t{n}"},
        "unknown var": _fixed({"var_none": "x"}),
        "var, all": lambda n: {"var_team": f"t{n % TEAMS}", "all": ""},
        "var, pist 1": lambda n: {"var_region": f"r{n % REGIONS}", "pist": 1},
        "var, rare pid": lambda n: {"var_region": f"r{n % REGIONS}", "pid": RARE},
        "pid, pist": _fixed({"pid": PROCESS, "pist": 3}),
        "varregex": _fixed({"varregex_order": "order-*"}),
        "narrow varregex": lambda n: {"varregex_order": f"order-{size.instance(n)}*"},
        "varregex inside": lambda n: {"varregex_order": f"*-{size.instance(n)}"},
        "unknown varregex": _fixed({"varregex_order": "*none*"}),
    }
    for name, make in both.items():
        yield Question(f"Q02 {name}", _at("/rest/query/runtime/process", make), *LIST)
    of_tasks: dict[str, Make] = {
        "tid": lambda n: {"tid": size.task(n)},
        "tid_min": lambda n: {"tid_min": size.task(n)},
        "tid_max": lambda n: {"tid_max": size.task(n)},
        "tid_min, tid_max": lambda n: {"tid_min": size.task(n), "tid_max": size.task(n) + 1_000},
        **{
            f"{short}{suffix}": _named(short + suffix, "*" if suffix else "")
            for short in ("init", "po", "to", "stho", "ba")
            for suffix in ("", "_re")
        },
        "to, unknown": _fixed({"to": "none"}),
        "to_re, unknown": _fixed({"to_re": "none*"}),
        "po_re, unknown": _fixed({"po_re": "*none*"}),
        **{
            f"tst {status}": _fixed({"tst": status})
            for status in ("Ready", "Suspended", "Completed", "Exited", "Error")
        },
        "to, tst": lambda n: {"to": user(n * 37), "tst": "InProgress"},
        "po, var": lambda n: {"po": user(n * 37), "var_region": f"r{n % REGIONS}"},
        "to, pist 1": lambda n: {"to": user(n * 37), "pist": 1},
    }
    for name, make in {**both, **of_tasks}.items():
        yield Question(f"Q01 {name}", _at("/rest/query/runtime/task", make), *LIST)


def _at(path: str, make: Make) -> Callable[[int], str]:
    return lambda number: f"{path}?{urlencode({**PAGE, **make(number)}, doseq=True)}"


def _fixed(query: dict[str, Any]) -> Make:
    return lambda number: query


def _named(parameter: str, end: str) -> Make:
    return lambda number: {parameter: user(number * 37) + end}


def _of_instance(size: Size, rest: str) -> Callable[[int], str]:
    return lambda number: f"/rest/history/instance/{size.instance(number)}{rest}"


def _below(path: Callable[[int], str], end: str, more: str) -> Callable[[int], str]:
    return lambda number: f"{path(number)}{end}?{urlencode(PAGE)}{more}"


assert SIGNED_IN > 7
