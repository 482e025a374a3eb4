"""The files of a unit as they are kept, and what is kept beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from procession.bpmn.data_types import STORED
from procession.bpmn.problems import Problem
from procession.core.data_types import DataTypes
from procession.errors import Invalid
from procession.values import Map

STRATEGIES: Final = ("SINGLETON", "PER_REQUEST", "PER_PROCESS_INSTANCE")


def check_id(deployment_id: str) -> None:
    """Refuse what cannot be the id of a unit."""
    if not deployment_id or "/" in deployment_id or len(deployment_id) > 250:
        raise Invalid(
            "a deployment id is group:artifact:version or a bare name, without a slash, "
            "250 characters at most"
        )


def strategy_of(strategy: str) -> str:
    """The strategy in the spelling that is kept."""
    wanted = strategy.upper()
    if wanted not in STRATEGIES:
        raise Invalid(f"strategy must be one of {', '.join(STRATEGIES)}, not {strategy!r}")
    return wanted


def digest_of(files: Mapping[str, bytes]) -> str:
    """The same for the same files."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def lock_number(deployment_id: str) -> int:
    """A number that stands for the id, so that two deployments of one unit do not race."""
    return int.from_bytes(hashlib.sha256(deployment_id.encode()).digest()[:6], "big")


def options_of(
    problems: Iterable[Problem], choice: Map, data_types: DataTypes, roles: tuple[str, ...] = ()
) -> Map:
    """What is told of a unit beside its files: warnings, choices, classes, the roles it asks."""
    told = tuple([str(one) for one in problems if one.severity == "warning"])
    types = {"data_types": data_types.to_text()} if data_types else {}
    asked = {"required_roles": roles} if roles else {}
    return Map(warnings=told, semantics=choice, **types, **asked)


def without_classes(files: Mapping[str, bytes], data_types: DataTypes) -> Mapping[str, bytes]:
    """The files without class files; what was read from those is kept as a file of its own."""
    kept = {name: file for name, file in files.items() if not name.lower().endswith(".class")}
    if len(kept) < len(files) and data_types:
        kept[STORED] = data_types.to_text().encode()
    return kept
