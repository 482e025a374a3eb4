"""User task: work for a person, a work item ``Human Task``.

BPMN 2.0.2, 10.3.4.1; ``reference/jbpm-engine.md`` 5.3 and 5.6. User tasks of one lane share an
actor: who did the last one is offered the next, by ``SwimlaneActorId``. The actors of the lanes
are the memo of the process itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from lxml import etree

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.candidates import candidates, template
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.reader import Reader
from procession.core.state import PRIVATE, ROOT, ElementInstance, Wait
from procession.core.transition import Transition
from procession.errors import InvalidValue
from procession.values import EMPTY, Map, Value


@element("userTask")
@dataclass(frozen=True, kw_only=True)
class UserTask(Activity):
    """A task in somebody's list. ``extension`` is what our own extensions say of it."""

    actors: str = ""
    groups: str = ""
    extension: Map = EMPTY

    @property
    def audit_type(self) -> str:
        """A person's work has a name of its own."""
        return "HumanTaskNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task, its potential owners and our extensions."""
        fields = activity_fields(xml)
        actors, groups = candidates(xml)
        return cls(
            **fields,
            actors=actors,
            groups=groups,
            extension=_extension(xml, fields["lane"]),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Open the work item for the task list."""
        values: dict[str, Value] = {"NodeName": self.name}
        if self.actors:
            values["ActorId"] = t.resolve(self.actors, me.id, me)
        if self.groups:
            values["GroupId"] = t.resolve(self.groups, me.id, me)
        values.update(self.parameters(t, me))
        if self.lane:
            self._share_lane(t, values)
        if self.extension:
            values[PRIVATE] = self._resolved(t, me)
        self.open_work_item(t, me, "Human Task", values)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """Take the results; in jBPM's files, results of which none is declared are refused."""
        refuses = t.definition.semantics.unknown_results_refused
        if refuses and self.outputs and isinstance(payload, Map):
            declared = {o.source.partition(".")[0] for o in self.outputs}
            declared.add(getattr(self.loop, "result", ""))
            given = payload.keys() - {"ActorId"}
            if given and not given & declared:
                name = min(given)
                raise InvalidValue(
                    f"Data output '{name}' is not defined in process '{t.definition.id}' "
                    f"for task '{self.name or self.id}'"
                )
        super().triggered(t, owner, wait, payload)

    def finish(self, t: Transition, me: ElementInstance, results: Map = EMPTY) -> None:
        """Remember who did it, for the lane; then as any activity."""
        actor = results.get("ActorId")
        if self.lane and isinstance(actor, str) and actor:
            self._remember(t, actor)
        super().finish(t, me, results)

    def _share_lane(self, t: Transition, values: dict[str, Value]) -> None:
        actor = _lanes(t).get(self.lane)
        named = values.get("ActorId")
        if actor:
            values["SwimlaneActorId"] = actor
        elif isinstance(named, str) and named.strip() and "," not in named:
            self._remember(t, named.strip())

    def _remember(self, t: Transition, actor: str) -> None:
        lanes = _lanes(t)
        if lanes.get(self.lane) != actor:
            t.note(t.state.elements[ROOT], lanes.with_items({self.lane: actor}))

    def _resolved(self, t: Transition, me: ElementInstance) -> Map:
        found: Map = _filled(self.extension, lambda text: t.resolve(text, me.id, me))
        return found


def _filled(value: Value, fill: Callable[[str], Value], deep: bool = True) -> Any:
    """Texts of the extension with their expressions; the form's parameters are filled later."""
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, Map) and deep:
        return Map(
            {key: _filled(each, fill, key != "form_parameters") for key, each in value.items()}
        )
    return tuple(_filled(each, fill) for each in value) if isinstance(value, tuple) else value


def _lanes(t: Transition) -> Map:
    memo = t.state.elements[ROOT].memo
    return memo if isinstance(memo, Map) else EMPTY


def _extension(xml: Reader, lane: str) -> Map:
    found: dict[str, Value] = {"lane": lane}
    for name in ("form_key", "priority", "due_date", "allocation"):
        found[name] = template(xml, name)
    given = {p.attribute("name") or "": p.attribute("value") or p.text() for p in _form(xml)}
    found["form_parameters"] = Map(given)
    for policy in xml.extensions("allocation_policy"):
        items = {str(k).rpartition("}")[2]: str(v) for k, v in policy.xml.attrib.items()}
        rows = policy.xml.iterchildren(etree.Element)
        read = [{str(k).rpartition("}")[2]: str(v) for k, v in r.attrib.items()} for r in rows]
        found["allocation"] = Map({**items, "rows": tuple(Map(row) for row in read)})
    found = {name: value for name, value in found.items() if value}
    return Map(found) if found else EMPTY


def _form(xml: Reader) -> Iterator[Reader]:
    return xml.extensions("parameter")
