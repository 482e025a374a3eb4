"""What a model says about a human task beyond the parameters of its work item.

The user task hands it over in the private parameter of the wait: the lane of the diagram, and the
extension attributes of ``reference/oneweb-rest-api.md`` 3.3 and 3.5.
"""

from __future__ import annotations

import msgspec

from procession.core.flags import SPECIFICATION, Semantics
from procession.core.graph import ProcessDefinition
from procession.core.state import PRIVATE, Wait
from procession.values import EMPTY, Map, Value


class Modelled(msgspec.Struct, frozen=True):
    """A human task as it was drawn.

    ``form_parameters`` maps the form's keys to values or, written ``#{name}``, to variables.
    """

    name: str
    lane: str | None = None
    documentation: str = ""
    semantics: Semantics = SPECIFICATION
    policy: str = ""
    priority: str = ""
    due_date: Value = None
    form_key: str = ""
    form_parameters: Map = EMPTY
    policy_settings: Map = EMPTY


def modelled(definition: ProcessDefinition, wait: Wait) -> tuple[Map, Modelled]:
    """The parameters that anyone may see, and what the model says besides."""
    node = definition.node(wait.handler)
    given: Map = wait.parameters if isinstance(wait.parameters, Map) else EMPTY
    extension: Map = given.get(PRIVATE) or EMPTY
    if extension:
        given = Map({name: value for name, value in given.items() if name != PRIVATE})
    policy, settings = extension.get("allocation") or "", EMPTY
    if isinstance(policy, Map):
        settings = policy
        policy = policy.get("policy") or policy.get("type") or policy.get("method") or ""
    return given, Modelled(
        node.name or node.id,
        extension.get("lane") or None,
        str(node.metadata.get("Documentation") or ""),
        definition.semantics,
        str(policy),
        str(extension.get("priority") or ""),
        extension.get("due_date"),
        str(extension.get("form_key") or ""),
        extension.get("form_parameters") or EMPTY,
        settings,
    )
