"""Compiled definitions by key, cached; the stored truth is the XML.

Used by the executive and by readers alike, so every access is guarded by one lock. ``forget`` is
called when a deployment changes here or, through the store's ``definitions`` channel, elsewhere.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from procession.core.data_types import NO_TYPES, DataTypes, from_text
from procession.core.graph import ProcessDefinition
from procession.core.ports import ScriptEvaluator
from procession.core.semantics import NO_CHOICE
from procession.core.state import DefinitionKey
from procession.errors import Invalid, InvalidModel, NotFound
from procession.store.repositories import deployments as repository
from procession.store.store import Reader, Store
from procession.values import Map

if TYPE_CHECKING:
    from procession.bpmn.compiler import Compilation
    from procession.runtime.decision_units import DecisionUnits

CACHED_DOCUMENTS = 500


class Definitions:
    """Finds and compiles process definitions."""

    def __init__(self, store: Store, evaluator: ScriptEvaluator, zone: tzinfo = UTC) -> None:
        self._store = store
        self.zone = zone
        self.evaluator = evaluator
        self._lock = threading.RLock()
        self._documents: OrderedDict[tuple[int, str], dict[str, ProcessDefinition]] = OrderedDict()
        self._by_key: dict[tuple[str, str, int], ProcessDefinition] = {}
        self._current: dict[tuple[str, str], ProcessDefinition] = {}
        self._identified: dict[tuple[str, ...], ProcessDefinition] = {}
        self._named: dict[tuple[str, str | None], ProcessDefinition] = {}
        self._ruled: dict[int, bool] = {}
        self._own_sessions: dict[int, bool] = {}
        self._roles: dict[str, tuple[str, ...]] = {}
        self._signals: dict[tuple[int, str], list[tuple[str, str, int, str]]] = {}

    @cached_property
    def decisions(self) -> DecisionUnits:
        """The decision models of units; loaded when the first is needed."""
        from procession.runtime.decision_units import DecisionUnits

        return DecisionUnits(self._store, self.zone)

    def compile(
        self,
        content: bytes,
        resource: str,
        *,
        strict: bool = False,
        semantics: Map = NO_CHOICE,
        data_types: DataTypes = NO_TYPES,
    ) -> Compilation:
        """Compile a document without keeping it.

        ``semantics`` is what its unit chose, ``data_types`` are the classes that the unit brings.
        """
        from procession.bpmn.compiler import compile_document  # all elements: see warming.py

        return compile_document(
            content,
            self.evaluator,
            resource=resource,
            strict=strict,
            semantics=semantics,
            data_types=data_types,
        )

    def get(self, deployment: str, process: str, revision: int) -> ProcessDefinition:
        """The definition of a key. Raises :class:`NotFound`."""
        key = (deployment, process, revision)
        with self._lock:
            found = self._by_key.get(key)
            if found is None:
                found = self._load(deployment, process, revision)
            return found

    def current(self, deployment: str, process: str) -> ProcessDefinition:
        """The definition that a start in that deployment uses now. Raises :class:`NotFound`."""
        with self._lock:
            found = self._current.get((deployment, process))
            if found is None:
                rows = self._read(lambda r: r.hot("definitions_in", (process, deployment)))
                revision = next((row[0] for row in rows if _takes_starts(row)), None)
                if revision is None:
                    self._explain(deployment, process)
                found = self.get(deployment, process, revision)
                self._current[deployment, process] = found
            return found

    def latest(self, process: str, caller: str = "") -> ProcessDefinition:
        """The most recently deployed active definition of a process id, whatever its unit.

        Other snapshots of the ``caller``'s application go before those of others
        (``reference/oneweb-rest-api.md`` 3.7).
        """
        rows = self._read(lambda r: r.hot("definitions_by_process", (process,)))
        found = [row for row in rows if _takes_starts(row)]
        if not found:
            raise NotFound(f"no deployment has a process {process}", reason="definition")
        near = [row for row in found if caller and _unversioned(row[2]) == _unversioned(caller)]
        best = (near or found)[0]
        return self.get(best[2], process, best[0])

    def versioned(self, process: str, version: str) -> ProcessDefinition:
        """The latest active definition of a process id that calls itself that version."""
        with self._store.read() as reader:
            found = repository.startable(reader, name=process)
        for one in found:
            if one.process_id == process and one.version == version:
                return self.get(one.deployment_id, one.process_id, one.revision)
        text = f"no deployment has version {version} of a process {process}"
        raise NotFound(text, reason="definition")

    def named(self, name: str, deployment: str | None) -> ProcessDefinition:
        """The latest definition of that *name*, in a deployment or anywhere."""
        memo = (name, deployment)
        with self._lock:
            known = self._named.get(memo)
        if known is not None:
            return known
        with self._store.read() as reader:
            found = repository.startable(reader, name=name)
        for one in found:
            if deployment is None or one.deployment_id == deployment:
                known = self.get(one.deployment_id, one.process_id, one.revision)
                with self._lock:
                    self._named[memo] = known
                return known
        raise NotFound(f"no deployment has a process named {name}", reason="definition")

    def identified(
        self, name: str | None, app: str | None, version: str | None, key: str | None
    ) -> ProcessDefinition:
        """The latest definition that fits (``reference/oneweb-rest-api.md`` 2.1).

        ``app`` is an artifact or ``group:artifact``, ``version`` a snapshot, ``key`` a unique id
        or a whole definition id; what is empty fits anything. Raises :class:`NotFound` (reason
        ``definition`` or ``snapshot``) and :class:`Invalid` (reason ``ambiguous``).
        """
        if not (name or key):
            raise Invalid("processName or uniqueId is required", reason="missing")
        memo = (name or "", app or "", version or "", key or "")
        with self._lock:
            known = self._identified.get(memo)
        if known is None:
            known = self._identify(name, app, version, key)
            with self._lock:
                self._identified[memo] = known
        return known

    def _identify(
        self, name: str | None, app: str | None, version: str | None, key: str | None
    ) -> ProcessDefinition:
        with self._store.read() as reader:
            found = repository.startable(reader, name=name, key=key)
            if key and not found:
                every = repository.startable(reader, name=name)
                found = [one for one in every if definition_id(one) == key]
        found = [one for one in found if not app or app in _apps(one)]
        if not found:
            raise NotFound(f"there is no process {name or key}", reason="definition")
        fitting = [one for one in found if not version or _parts(one)[2] == version]
        if not fitting:
            text = f"process {name or key} has no snapshot {version}"
            raise NotFound(text, reason="snapshot")
        if len({_parts(one)[:2] for one in fitting}) > 1:
            text = f"process {name or key} exists in several applications; give appName"
            raise Invalid(text, reason="ambiguous")
        best = fitting[0]
        return self.get(best.deployment_id, best.process_id, best.revision)

    def starts(self, kind: int, name: str) -> list[tuple[str, str, int, str]]:
        """Start events that a signal or message meets: deployment, process, revision, node."""
        with self._lock:
            key = (kind, name)
            found = self._signals.get(key)
            if found is None:
                found = [
                    (row[3], row[1], row[0], row[2])
                    for row in self._read(lambda r: r.hot("start_subscriptions", key))
                ]
                if len(self._signals) > 10_000:
                    self._signals.clear()
                self._signals[key] = found
            return found

    def has_task_rules(self, revision: int) -> bool:
        """Whether a unit carries rules that are asked before tasks are added or completed."""
        found = self._ruled.get(revision) if revision else False
        if found is None:
            found = bool(self._read(lambda r: r.hot("task_rules", (revision,))))
            self._ruled[revision] = found
        return found

    def has_own_sessions(self, revision: int) -> bool:
        """Whether every root instance of a unit has a rule session of its own."""
        found = self._own_sessions.get(revision)
        if found is None:
            rows = self._read(lambda r: r.hot("deployment_strategy", (revision,)))
            found = bool(rows) and rows[0][0] not in ("SINGLETON", "PER_REQUEST")
            self._own_sessions[revision] = found
        return found

    def required_roles(self, deployment: str) -> tuple[str, ...]:
        """The roles that a unit asks of whoever works with it, as its descriptor tells them."""
        found = self._roles.get(deployment)
        if found is None:
            rows = self._read(lambda r: r.hot("deployment_by_id", (deployment,)))
            found = repository.required_roles_in(bytes(rows[0][8])) if rows else ()
            if len(self._roles) > 10_000:
                self._roles.clear()
            self._roles[deployment] = found
        return found

    def forget(self) -> None:
        """Read everything anew from the store when it is next needed."""
        with self._lock:
            self._documents.clear()
            self._by_key.clear()
            self._current.clear()
            self._identified.clear()
            self._named.clear()
            self._signals.clear()
            self._roles.clear()

    def forget_one(self, deployment: str, process: str = "") -> None:
        """Read one process of a deployment, or all of them, anew when next needed; others stay."""
        with self._lock:
            gone = [key for key in self._by_key if key[0] == deployment and process in ("", key[1])]
            revisions = {self._by_key.pop(key).key.revision for key in gone}
            for place in [place for place in self._documents if place[0] in revisions]:
                del self._documents[place]
            self.forget_current()

    def loaded(self) -> tuple[ProcessDefinition, ...]:
        """What is parsed and kept in memory now."""
        with self._lock:
            return tuple(self._by_key.values())

    def forget_current(self) -> None:
        """A deployment came or went: what starts use is looked up anew."""
        with self._lock:
            self._current.clear()
            self._identified.clear()
            self._named.clear()
            self._signals.clear()
            self._roles.clear()

    def _load(self, deployment: str, process: str, revision: int) -> ProcessDefinition:
        rows = self._read(lambda r: r.hot("definition", (revision, process)))
        if not rows:
            raise NotFound(f"deployment {deployment} has no process {process}", reason="definition")
        resource = rows[0][7]
        document = self._documents.get((revision, resource))
        if document is None:
            content = self._read(lambda r: r.hot("resource", (revision, resource)))[0][0]
            options = self._read(lambda r: r.hot("deployment_options", (revision,)))[0][0]
            compilation = self.compile(
                bytes(content),
                resource,
                semantics=repository.semantics_in(options),
                data_types=from_text(repository.data_types_in(options)),
            )
            errors = [p for p in compilation.problems if p.severity == "error"]
            if errors:
                raise InvalidModel(f"{resource} of {deployment} does not compile", tuple(errors))
            document = {d.id: _keyed(d, deployment, revision) for d in compilation.definitions}
            self._documents[revision, resource] = document
            self._evict()
        found = document[process]
        self._by_key[deployment, process, revision] = found
        return found

    def _evict(self) -> None:
        while len(self._documents) > CACHED_DOCUMENTS:
            (revision, _), document = self._documents.popitem(last=False)
            for definition in document.values():
                self._by_key.pop((definition.key.deployment, definition.id, revision), None)
            self._current.clear()

    def _explain(self, deployment: str, process: str) -> NoReturn:
        with self._store.read() as reader:
            known = repository.unit(reader, deployment)
        if known is None:
            raise NotFound(f"there is no deployment {deployment}", reason="deployment")
        if known.status == "DEPLOYED" and not known.is_active:
            text = f"deployment {deployment} is deactivated and takes no new starts"
            raise NotFound(text, reason="deployment")
        raise NotFound(
            f"Unknown process ID: {process} in deployment {deployment}", reason="definition"
        )

    def _read(
        self, question: Callable[[Reader], Sequence[tuple[Any, ...]]]
    ) -> Sequence[tuple[Any, ...]]:
        with self._store.read() as reader:
            return question(reader)


def _keyed(definition: ProcessDefinition, deployment: str, revision: int) -> ProcessDefinition:
    return replace(definition, key=DefinitionKey(deployment, definition.id, revision))


def _takes_starts(row: tuple[Any, ...]) -> bool:
    """Whether a definition's unit is deployed and active."""
    return row[9] == "DEPLOYED" and bool(row[10])


def definition_id(stored: repository.Definition) -> str:
    """ONEWEB's four-part key ``uniqueId.appName.processName.snapVersion``."""
    _, app, version = _parts(stored)
    return f"{stored.unique_id}.{app}.{stored.name}.{version}"


def known_id(definition: ProcessDefinition) -> str:
    """The same of a compiled definition."""
    _, app, version = _split(definition.key.deployment)
    unique = definition.attributes.get("unique_id") or definition.id
    return f"{unique}.{app}.{definition.name or definition.id}.{version}"


def _parts(stored: repository.Definition) -> tuple[str, str, str]:
    """Group, artifact and version of a definition's unit."""
    return _split(stored.deployment_id)


def _split(deployment: str) -> tuple[str, str, str]:
    """Group, artifact and version; a bare deployment id is an artifact."""
    parts = deployment.split(":")
    if len(parts) < 3:
        return "", deployment, ""
    return parts[0], parts[1], parts[2]


def _unversioned(deployment: str) -> str:
    """``group:artifact`` of a deployment id."""
    return ":".join(deployment.split(":")[:2])


def _apps(stored: repository.Definition) -> tuple[str, str]:
    group, artifact, _ = _parts(stored)
    return artifact, f"{group}:{artifact}"
