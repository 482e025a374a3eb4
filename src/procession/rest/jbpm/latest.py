"""``group:artifact:latest``: the newest version of a unit, by its number and not by its day.

As in jBPM the word stands in the place of the version, in any mixture of capital and small letters.
It means the highest version that is deployed and takes starts, in the order that Maven gives to
versions. A request about an instance means the version that the instance runs in, so that one
started as the latest is still found when there is a later one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor

if TYPE_CHECKING:
    from procession.engine import Engine

LATEST: Final = "latest"
_PART = re.compile(r"\d+|[a-z]+")
_WORDS: Final = {
    "alpha": 0, "a": 0, "beta": 1, "b": 1, "milestone": 2, "m": 2, "rc": 3, "cr": 3, "snapshot": 4,
    "": 5, "ga": 5, "final": 5, "release": 5, "sp": 6,
}  # fmt: skip
_OTHER, _NUMBER = 7, 8
_NOTHING: Final = (_WORDS[""], 0, "")
_ZERO: Final = (_NUMBER, 0, "")


def is_latest(deployment_id: str) -> bool:
    """Whether an id names the latest version instead of one."""
    parts = deployment_id.split(":")
    return len(parts) > 2 and parts[2].lower() == LATEST


def check_real(deployment_id: str) -> None:
    """Raise :class:`Invalid` for an alias where a version has to be named."""
    if is_latest(deployment_id):
        raise Invalid(f"'{deployment_id}' names no version; a unit is changed by its own id")


def real_id(engine: Engine, actor: Actor, deployment_id: str, instance: int | None = None) -> str:
    """The id of the unit that is meant. Raises :class:`NotFound` if no version is deployed."""
    if not is_latest(deployment_id):
        return deployment_id
    if instance is not None:
        own = _of_instance(engine, actor, instance)
        if own is not None and _without_version(own) == _without_version(deployment_id):
            return own
    wanted = _without_version(deployment_id)
    found = [
        unit.id
        for unit in engine.deployments.list(actor).items
        if unit.is_active and ":" in unit.id and _without_version(unit.id) == wanted
    ]
    if not found:
        raise NotFound(f"no version of {deployment_id} is deployed", reason="deployment")
    return max(found, key=lambda one: order_of(one.split(":")[2]))


def _of_instance(engine: Engine, actor: Actor, instance: int) -> str | None:
    try:
        return engine.processes.last_known(actor, instance).deployment_id
    except NotFound:
        return None


def _without_version(deployment_id: str) -> tuple[str, ...]:
    parts = deployment_id.split(":")
    return (*parts[:2], *parts[3:])


def order_of(version: str) -> tuple[tuple[int, int, str], ...]:
    """What versions are sorted by: numbers by value, ``rc`` and its kind before the release."""
    found: list[tuple[int, int, str]] = []
    for rank in (*(_rank(part) for part in _PART.findall(version.lower())), _NOTHING):
        while rank[0] != _NUMBER and found and found[-1] in (_NOTHING, _ZERO):
            found.pop()
        found.append(rank)
    return tuple(found)


def _rank(part: str) -> tuple[int, int, str]:
    if part.isdecimal():
        return _NUMBER, int(part), ""
    rank = _WORDS.get(part, _OTHER)
    return rank, 0, part if rank == _OTHER else ""
