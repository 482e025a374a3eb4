"""Stored units and definitions as views."""

from __future__ import annotations

from collections.abc import Sequence

from procession.bpmn.problems import Problem
from procession.runtime.clock import from_ms
from procession.runtime.definitions import definition_id
from procession.services.views import DefinitionView, DeploymentJobView, DeploymentView
from procession.store.codec import decode_value
from procession.store.repositories import deployments as repository


def unit_view(unit: repository.Unit, *, is_active: bool | None = None) -> DeploymentView:
    """A stored unit as a view."""
    parts = unit.id.split(":")
    bare = len(parts) < 3
    options = decode_value(unit.options) if unit.options else {}
    return DeploymentView(
        id=unit.id,
        group="" if bare else parts[0],
        artifact=unit.id if bare else parts[1],
        version="" if bare else parts[2],
        kbase=parts[3] or None if len(parts) > 3 else None,
        ksession=parts[4] or None if len(parts) > 4 else None,
        strategy=unit.strategy,
        status=unit.status,
        revision=unit.revision,
        is_active=bool(unit.is_active) if is_active is None else is_active,
        deployed_at=from_ms(unit.deployed_at),
        message=unit.message,
        warnings=tuple(options.get("warnings", ())),
    )


def definition_view(stored: repository.Definition) -> DefinitionView:
    """A stored definition as a view."""
    return DefinitionView(
        process_id=stored.process_id,
        name=stored.name,
        version=stored.version,
        package=stored.package,
        deployment_id=stored.deployment_id,
        revision=stored.revision,
        unique_id=stored.unique_id,
        definition_id=definition_id(stored),
        resource=stored.resource,
        variables=decode_value(bytes(stored.variables)),
    )


def accepted(job: int, operation: str, unit: repository.Unit, text: str) -> DeploymentJobView:
    """The answer to what was done."""
    return DeploymentJobView(
        id=job, operation=operation, unit=unit_view(unit), success=True, explanation=text
    )


def refused(job: int, operation: str, unit: repository.Unit, text: str) -> DeploymentJobView:
    """The answer to what was not done, and why."""
    return DeploymentJobView(
        id=job, operation=operation, unit=unit_view(unit), success=False, explanation=text
    )


def summary_of(deployment_id: str, errors: Sequence[Problem]) -> str:
    """Why a unit was not deployed, problem by problem."""
    lines = "\n".join(str(problem) for problem in errors)
    return f"{deployment_id} was not deployed, {len(errors)} problem(s):\n{lines}"


def told_with(text: str, warnings: Sequence[str]) -> str:
    """What is said of a good end, and the warnings on the way to it."""
    if not warnings:
        return text
    more = [f"and {len(warnings) - 20} more"] if len(warnings) > 20 else []
    return "\n".join((f"{text}, {len(warnings)} warning(s):", *warnings[:20], *more))


def problem(element: str, line: int, text: str, rule: str) -> Problem:
    """What keeps a unit from being deployed."""
    return Problem(severity="error", element=element, line=line, text=text, rule=rule)
