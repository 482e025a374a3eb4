"""Rich queries: ``/query/runtime`` (``reference/jbpm-rest-api.md`` 2.8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from procession.errors import Invalid
from procession.rest.jbpm import shapes
from procession.rest.jbpm.params import Parameters
from procession.rest.jbpm.task_query import STATUSES
from procession.services.rich_queries import Kind, RichQuery, Wanted, WantedVariable
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
LONG, TEXT, DATE, STATUS, STATE = "long", "text", "date", "status", "state"
FIELDS: Final[dict[str, tuple[str, str, str]]] = {
    "processinstanceid": ("piid", "process_instance_id", LONG),
    "processid": ("pid", "process_id", TEXT),
    "deploymentid": ("did", "deployment_id", TEXT),
    "taskid": ("tid", "task_id", LONG),
    "initiator": ("init", "initiator", TEXT),
    "stakeholder": ("stho", "stakeholder", TEXT),
    "potentialowner": ("po", "potential_owner", TEXT),
    "taskowner": ("to", "task_owner", TEXT),
    "businessadmin": ("ba", "business_administrator", TEXT),
    "taskstatus": ("tst", "task_status", STATUS),
    "processinstancestatus": ("pist", "status", STATE),
    "processversion": ("pv", "version", TEXT),
    "startdate": ("stdt", "started_at", DATE),
    "enddate": ("edt", "ended_at", DATE),
    "varid": ("vid", "variable", TEXT),
    "varvalue": ("vv", "value", TEXT),
}
"""Long name -> short name, field, kind of its values."""
SUFFIXES: Final[dict[str, tuple[tuple[str, Kind], ...]]] = {
    LONG: (("_min", "min"), ("_max", "max")),
    DATE: (("_min", "min"), ("_max", "max")),
    TEXT: (("_re", "like"),),
    STATUS: (),
    STATE: (),
}
KNOWN: Final[dict[str, tuple[str, str, Kind]]] = {
    name + suffix: (field, of, kind)
    for long, (short, field, of) in FIELDS.items()
    for name in (long, short)
    for suffix, kind in (("", "equal"), *SUFFIXES[of])
}
"""Every spelling of a parameter, in lower case -> field, kind of its values, comparison."""
PAGING: Final = frozenset({"page", "p", "pagesize", "s"})
NAMES: Final = (
    *(name + suffix for name, (_, _, of) in FIELDS.items()
      for suffix in ("", *(s for s, _ in SUFFIXES[of]))),
    "var_*", "varregex_*", "all", "page", "pageSize",
)  # fmt: skip
_EXACT, _PATTERNS = ("var_",), ("varregex_", "vr_")
_DATE = re.compile(r"([0-9]{2})-([0-9]{1,2})-([0-9]{1,2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,3}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@routes.get("/query/runtime/task", permission="task.query", id="Q01", query=NAMES)
def tasks(request: Request, engine: Engine) -> Reply:
    """Tasks together with the variables of their process instances."""
    given = Parameters(request, engine)
    asked = wanted(given, _now(engine))
    return Reply(engine.rich_queries.tasks(request.actor, asked, given.page()), shapes.TASK_INFOS)


@routes.get("/query/runtime/process", permission="history.read", id="Q02", query=NAMES)
def instances(request: Request, engine: Engine) -> Reply:
    """Process instances, running or ended, together with their variables."""
    given = Parameters(request, engine)
    asked = wanted(given, _now(engine))
    of_tasks = {one.field for one in asked.criteria if one.is_of_task}
    for name, _ in given.pairs:
        if KNOWN.get(name.lower(), ("",))[0] in of_tasks:
            raise Invalid(f"parameter '{name}' is about tasks; ask /query/runtime/task")
    found = engine.rich_queries.instances(request.actor, asked, given.page())
    return Reply(found, shapes.INSTANCE_INFOS)


def _now(engine: Engine) -> datetime:
    """Dates without a zone are the server's, as in the answers."""
    return engine.room.clock.now().astimezone(ZoneInfo(engine.settings.time_zone))


def wanted(given: Parameters, now: datetime) -> RichQuery:
    """What the parameters ask for. Raises :class:`Invalid` for an unknown name."""
    values: dict[tuple[str, Kind], list[str | int]] = {}
    variables: dict[str, WantedVariable] = {}
    for name, text in given.pairs:
        lower = name.lower()
        if lower in KNOWN:
            field, of, kind = KNOWN[lower]
            values.setdefault((field, kind), []).append(_value(name, of, kind, text, now))
        elif lower.startswith((*_EXACT, *_PATTERNS)):
            variable = _variable(name, lower, text)
            if name in variables:
                raise Invalid(f"parameter '{name}' is given twice; give it once")
            variables[name] = variable
        elif lower not in PAGING and lower != "all":
            raise Invalid(f"unknown parameter '{name}'; known are {', '.join(NAMES)}")
    return RichQuery(
        tuple(Wanted(field, tuple(some), kind) for (field, kind), some in values.items()),
        tuple(variables.values()),
        any(n.lower() == "all" and v.lower() != "false" for n, v in given.pairs),
    )


def _variable(name: str, lower: str, text: str) -> WantedVariable:
    prefix = next(p for p in (*_PATTERNS, *_EXACT) if lower.startswith(p))
    if len(name) == len(prefix):
        raise Invalid(f"parameter '{name}' needs the name of a variable")
    return WantedVariable(name[len(prefix) :], text, prefix in _PATTERNS)


def _value(name: str, of: str, kind: Kind, text: str, now: datetime) -> str | int:
    if of == DATE:
        return (moment(name, text, now) - _EPOCH) // timedelta(milliseconds=1)
    if of in (LONG, STATE):
        digits = text[:-1] if text.endswith("l") and of == LONG else text
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
            raise Invalid(f"parameter '{name}' must be a whole number, not '{text}'")
        return int(digits)
    if of == STATUS:
        if text.lower() not in STATUSES:
            raise Invalid(f"'{text}' is no task status; it may be {', '.join(STATUSES.values())}")
        return STATUSES[text.lower()]
    return text


def moment(name: str, text: str, now: datetime) -> datetime:
    """``yy-MM-dd_HH:mm:ss`` with milliseconds or without; either half alone means midnight or
    today.
    """
    day_text, underline, time_text = text.partition("_")
    if not underline and ":" in text:
        day_text, time_text = "", text
    day, time = _DATE.fullmatch(day_text), _TIME.fullmatch(time_text)
    if (day_text and not day) or (time_text and not time) or not (day or time) or text[-1:] == "_":
        raise Invalid(f"parameter '{name}' must be yy-MM-dd_HH:mm:ss or a half of it, not '{text}'")
    try:
        found = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if day:
            found = found.replace(2000 + int(day[1]), int(day[2]), int(day[3]))
        if time:
            millis = int((time[4] or "0").ljust(3, "0"))
            found = found.replace(
                hour=int(time[1]), minute=int(time[2]), second=int(time[3]),
                microsecond=millis * 1000,
            )  # fmt: skip
    except ValueError as error:
        raise Invalid(f"parameter '{name}': there is no '{text}'") from error
    return found
