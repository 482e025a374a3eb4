"""Stored units and definitions as views."""

from __future__ import annotations

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
