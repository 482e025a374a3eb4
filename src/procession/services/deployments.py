"""Deployments: units of process files, their definitions and versions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from procession.bpmn.data_types import gather_types
from procession.bpmn.problems import Problem
from procession.core.data_types import DataTypes
from procession.core.graph import ProcessDefinition
from procession.core.semantics import combined, read_choice
from procession.core.state import WaitKind
from procession.errors import InvalidModel, NotFound
from procession.identity.model import Actor
from procession.runtime.clock import to_ms
from procession.runtime.definitions import known_id
from procession.runtime.lanes import Service, change, query
from procession.runtime.turn import Turn
from procession.services.deployment_views import (
    accepted,
    definition_view,
    problem,
    refused,
    summary_of,
    told_with,
    unit_view,
)
from procession.services.descriptors import required_roles_in, semantics_of
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.unit_files import (
    check_id,
    digest_of,
    lock_number,
    options_of,
    strategy_of,
    without_classes,
)
from procession.services.views import DefinitionView, DeploymentJobView, DeploymentView, Page
from procession.store.codec import encode_value
from procession.store.repositories import deployments as repository
from procession.store.rows import JobRow
from procession.tasks.form_schemas import form_fault
from procession.values import Map

if TYPE_CHECKING:
    from procession.bpmn.compiler import Compilation

BPMN_ENDINGS: Final = (".bpmn", ".bpmn2", ".bpmn20.xml")
RULES: Final = (".drl", ".xls", ".xlsx", ".csv", ".dmn")
UNSUPPORTED: Final = (".rdrl", ".gdst", ".dsl", ".dslr", ".rf")

_START_KINDS: Final = {
    "signal": int(WaitKind.SIGNAL),
    "message": int(WaitKind.MESSAGE),
    "conditional": int(WaitKind.CONDITION),
}


class DeploymentService(Service):
    """Deploy, undeploy, look around."""

    def deploy(
        self,
        actor: Actor,
        deployment_id: str,
        files: Mapping[str, bytes],
        *,
        strategy: str = "SINGLETON",
        strict: bool = False,
        base: str | None = None,
        semantics: Iterable[str] = (),
        within: Callable[[DeploymentJobView], object] | None = None,
    ) -> DeploymentJobView:
        """Compile every file of a unit, then store it; to be called where it may take a while.

        ``base`` names a deployment whose files are taken over where ``files`` has none (a patch
        snapshot). ``semantics`` chooses between jBPM's meaning and the specification's
        (``core/semantics.py``), before what the descriptor and the settings say; the unit keeps
        it. ``within`` is called with the answer in the turn that stores the unit, to be part of it.
        Raises :class:`InvalidModel` with all problems, and then nothing is deployed. A unit
        that is deployed already is answered with ``success`` false.
        """
        if isinstance(actor, str):
            actor = self.room.actor(actor)
        self.room.access.check(actor, "deployment.write")
        check_id(deployment_id)
        strategy = strategy_of(strategy)
        choice = read_choice(self.room.settings.semantics)
        if base is not None:
            inherited, given = self._base(base)
            files = {**given, **files}
            choice = inherited
        choice = combined(choice, read_choice((*semantics_of(files), *semantics)))
        data_types, faults = gather_types(files)
        files = without_classes(files, data_types)
        compilations, problems = self._compile(files, strict, choice, data_types)
        problems = [*faults, *problems]
        errors = tuple(p for p in problems if p.severity == "error")
        if errors:
            raise InvalidModel(summary_of(deployment_id, errors), errors)
        options = options_of(problems, choice, data_types, required_roles_in(files))

        def write() -> DeploymentJobView:
            job = self._store(actor, deployment_id, files, strategy, compilations, options)
            if within is not None:
                within(job)
            return job

        return self.room.executive.run(write, actor=actor.name)

    @change
    def undeploy(self, actor: Actor, deployment_id: str) -> DeploymentJobView:
        """Take a unit away. With running instances it is refused and stays as it is."""
        self.room.access.check(actor, "deployment.write")
        turn = self.turn
        job = turn.next_id("job")
        unit = repository.unit(turn.reader, deployment_id)
        if unit is None or unit.status != "DEPLOYED":
            raise NotFound(f"deployment {deployment_id} is not deployed", reason="deployment")
        running = repository.count_running(turn.reader, unit.revision)
        if running:
            text = f"{running} process instances of {deployment_id} are running; abort them first"
            return refused(job, "UNDEPLOY", unit, text)
        repository.take_away(turn.uow, unit.revision)
        repository.remove_starts(turn.uow, unit.revision)
        self.room.executive.loaded.rule_sessions.end(turn, deployment_id)
        self._changed(turn, deployment_id)
        gone = msgspec.structs.replace(unit, status="UNDEPLOYED")
        return accepted(job, "UNDEPLOY", gone, "Undeployment job accepted")

    @change
    def activate(self, actor: Actor, deployment_id: str) -> DeploymentView:
        """Let a deactivated unit take new starts again."""
        return self._set_active(actor, deployment_id, True)

    @change
    def deactivate(self, actor: Actor, deployment_id: str) -> DeploymentView:
        """Keep a unit but let it take no new starts; what runs goes on."""
        return self._set_active(actor, deployment_id, False)

    # -- reading -----------------------------------------------------------------------------

    @query
    def list(self, actor: Actor, page: PageRequest = EVERYTHING) -> Page[DeploymentView]:
        """Deployed units by id."""
        self.room.access.check(actor, "deployment.read")
        with self.room.store.read() as reader:
            found, total = repository.units(reader, page.offset, page.limit)
        return page.of(map(unit_view, found), total)

    @query
    def is_any(self, actor: Actor) -> bool:
        """Whether a unit is deployed."""
        self.room.access.check(actor, "deployment.read")
        with self.room.store.read() as reader:
            return repository.is_any(reader)

    @query
    def get(self, actor: Actor, deployment_id: str) -> DeploymentView:
        """A unit, also one that was undeployed. Raises :class:`NotFound`."""
        self.room.access.check(actor, "deployment.read")
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment_id)
        if unit is None:
            raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
        return unit_view(unit)

    @query
    def definitions(
        self, actor: Actor, deployment_id: str | None = None, page: PageRequest = EVERYTHING
    ) -> Page[DefinitionView]:
        """Definitions of deployed units, by deployment and process id."""
        self.room.access.check(actor, "deployment.read")
        with self.room.store.read() as reader:
            if deployment_id is not None and repository.unit(reader, deployment_id) is None:
                raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
            found, total = repository.definitions(reader, deployment_id, page.offset, page.limit)
        return page.of(map(definition_view, found), total)

    @query
    def definition(self, actor: Actor, deployment_id: str, process_id: str) -> DefinitionView:
        """One definition, with its declared variables. Raises :class:`NotFound`."""
        self.room.access.check(actor, "deployment.read")
        definition = self.room.definitions.current(deployment_id, process_id)
        with self.room.store.read() as reader:
            rows = reader.hot("definition", (definition.key.revision, process_id))
        return definition_view(repository.Definition(*rows[0][:9]))

    @query
    def definition_id(self, actor: Actor, deployment_id: str, process_id: str) -> str:
        """ONEWEB's four-part key of a definition, from memory. Raises :class:`NotFound`."""
        self.room.access.check(actor, "deployment.read")
        return known_id(self.room.definitions.current(deployment_id, process_id))

    @query
    def resource(self, actor: Actor, revision: int, name: str) -> bytes:
        """A file of a unit. Raises :class:`NotFound`."""
        self.room.access.check(actor, "deployment.read")
        with self.room.store.read() as reader:
            rows = reader.hot("resource", (revision, name))
        if not rows:
            raise NotFound(f"there is no file {name}", reason="resource")
        return bytes(rows[0][0])

    @query
    def refresh_cache(self, actor: Actor, only: Iterable[DefinitionView] | None = None) -> int:
        """Read definitions anew from the store, here and on every node; how many are deployed.

        ``only`` keeps it to those processes. Running instances keep their definitions
        (``reference/oneweb-rest-api.md`` 2.10).
        """
        self.room.access.check(actor, "administer")
        if only is not None:
            for one in only:
                self.room.definitions.forget_one(one.deployment_id, one.process_id)
                self.room.store.notify("definitions", f"{one.deployment_id}\n{one.process_id}")
            return 0
        self.room.definitions.forget()
        self.room.directory.forget()
        self.room.store.notify("definitions", "")
        with self.room.store.read() as reader:
            _, total = repository.definitions(reader, None, 0, 1)
        return total

    @query
    def business_objects(self, actor: Actor, found: DefinitionView) -> Map:
        """Declared business objects of a definition with their fields; it is loaded if need be."""
        self.room.access.check(actor, "deployment.read")
        key = (found.deployment_id, found.process_id, found.revision)
        objects: Map = self.room.definitions.get(*key).attributes.get("business_objects", Map())
        return objects

    # -- inside ------------------------------------------------------------------------------

    def _compile(
        self, files: Mapping[str, bytes], strict: bool, choice: Map, data_types: DataTypes
    ) -> tuple[dict[str, Compilation], Sequence[Problem]]:
        from procession.bpmn.soundness.checking import DEPLOYING, check_soundness

        compilations: dict[str, Compilation] = {}
        problems: deque[Problem] = deque()
        seen: set[str] = set()
        several = sum(name.lower().endswith(BPMN_ENDINGS) for name in files) > 1
        for name, content in sorted(files.items()):
            if name.lower().endswith(".form") and (fault := form_fault(content)):
                problems.append(problem("", 0, f"{name}: {fault}", "form"))
            if name.lower().endswith(UNSUPPORTED):
                text = f"{name}: files of this kind are not supported: write rules as .drl"
                problems.append(problem(name, 0, text, "unsupported"))
            if not name.lower().endswith(BPMN_ENDINGS):
                continue
            compiled = self.room.definitions.compile(
                content, name, strict=strict, semantics=choice, data_types=data_types
            )
            compilations[name] = compiled
            place = name if several else ""
            problems.extend(replace(problem, file=place) for problem in compiled.problems)
            if not compiled.errors:
                sound = check_soundness(content, resource=name, bounds=DEPLOYING, semantics=choice)
                problems.extend(replace(problem, file=place) for problem in sound.problems)
            for definition in compiled.definitions:
                if definition.id in seen:
                    text = f"Process with same id already exists: {definition.id}"
                    problems.append(problem(definition.id, definition.line, text, "unique"))
                seen.add(definition.id)
        has_rules = any(name.lower().endswith(RULES) for name in files)
        definitions = [one for c in compilations.values() for one in c.definitions]
        if has_rules or any(one.rule_conditions for one in definitions):
            bases = self.room.executive.loaded.rule_sessions.bases
            problems.extend(bases.compile(files, definitions)[1])
        problems.extend(self.room.definitions.decisions.compile(files)[1])
        if not (seen or has_rules or problems):
            problems.append(problem("", 0, "the unit has no process and no rules", "empty"))
        return compilations, problems

    def _store(
        self,
        actor: Actor,
        deployment_id: str,
        files: Mapping[str, bytes],
        strategy: str,
        compilations: Mapping[str, Compilation],
        options: Map,
    ) -> DeploymentJobView:
        turn = self.turn
        turn.touch("deployment", lock_number(deployment_id))
        job = turn.next_id("job")
        known = repository.unit(turn.reader, deployment_id)
        if known is not None and known.status == "DEPLOYED":
            return refused(job, "DEPLOY", known, f"{deployment_id} is already deployed")
        unit = repository.Unit(
            revision=turn.next_id("revision"),
            id=deployment_id,
            status="DEPLOYED",
            strategy=strategy,
            is_active=True,
            deployed_at=turn.now_ms,
            deployed_by=actor.name,
            message=None,
            options=encode_value(options),
            digest=digest_of(files),
        )
        repository.add_unit(turn.uow, unit, files)
        for name, compilation in compilations.items():
            for definition in compilation.definitions:
                self._add_definition(turn, unit, name, definition)
        self._changed(turn, deployment_id)
        told = told_with("Deployment job accepted", options["warnings"])
        return accepted(job, "DEPLOY", unit, told)

    def _add_definition(
        self, turn: Turn, unit: repository.Unit, resource: str, definition: ProcessDefinition
    ) -> None:
        from procession.bpmn.starts import start_subscriptions, start_timers

        variables = {
            name: declared.structure or "Object"
            for name, declared in definition.variables.get("", {}).items()
        }
        repository.add_definition(
            turn.uow,
            repository.Definition(
                revision=unit.revision,
                process_id=definition.id,
                deployment_id=unit.id,
                name=definition.name or definition.id,
                version=definition.version,
                package=definition.package,
                unique_id=str(definition.attributes.get("unique_id") or definition.id),
                resource=resource,
                variables=encode_value(Map(variables)),
            ),
        )
        for kind, name, node in start_subscriptions(definition):
            repository.add_start(
                turn.uow, unit.revision, definition.id, node, unit.id, _START_KINDS[kind], name
            )
        for node, expression in start_timers(definition):
            firing = expression.first(turn.now, self.room.executive.zone, start_event=True)
            if firing is None:
                continue
            payload = Map(
                process=definition.id,
                node=node,
                timer=expression.to_value(),
                firing=firing.to_value(),
            )
            turn.uow.insert(_start_job(turn, unit, to_ms(firing.due), encode_value(payload)))
            turn.wake_at(to_ms(firing.due))

    def _set_active(self, actor: Actor, deployment_id: str, active: bool) -> DeploymentView:
        self.room.access.check(actor, "deployment.write")
        turn = self.turn
        unit = repository.unit(turn.reader, deployment_id)
        if unit is None or unit.status != "DEPLOYED":
            raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
        repository.set_active(turn.uow, unit.revision, active)
        self._changed(turn, deployment_id)
        return unit_view(unit, is_active=active)

    def _changed(self, turn: Turn, deployment_id: str) -> None:
        # Again between turns: the one being computed may remember what its snapshot shows.
        forget = self.room.definitions.forget_current
        turn.after_commit(forget)
        turn.after_commit(lambda: self.room.executive.between_turns(forget))
        turn.after_commit(lambda: self.room.store.notify("definitions", deployment_id))

    def _base(self, deployment_id: str) -> tuple[Map, dict[str, bytes]]:
        with self.room.store.read() as reader:
            unit = repository.unit(reader, deployment_id)
            if unit is None:
                raise NotFound(f"there is no deployment {deployment_id}", reason="deployment")
            chosen = repository.semantics_in(unit.options)
            return chosen, dict(repository.resources(reader, unit.revision))


def _start_job(turn: Turn, unit: repository.Unit, due: int, payload: bytes) -> JobRow:
    return JobRow(
        turn.next_id("job"),
        "start_timer",
        None,
        None,
        None,
        None,
        unit.id,
        unit.revision,
        due,
        "ready",
        3,
        0,
        None,
        None,
        None,
        payload,
    )
