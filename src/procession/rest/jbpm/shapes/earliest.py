"""What clients of 6.0.0 and 6.0.1 read inside an envelope, where 6.0.2 and later changed it.

``reference/jbpm-rest-api.md`` describes the last state of 6.0. The published clients before it,
which say ``1`` as their version, have a task with ``peopleAssignments`` and ``taskData``, people
and texts written into one text each (``g:HR``, ``1:en-UK:Review``), and contents
without the engine's bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from procession.rest.jbpm.java_serialization import class_name, serialize
from procession.rest.jbpm.shapes.tasks import TASK_L
from procession.rest.jbpm.values import JAVA_MAP
from procession.rest.shapes import BASE64, TEXT, Field, Shape, number, text
from procession.services.views import ContentView, Person, TaskView
from procession.values import Map


def _named(shape: Shape, names: dict[str, str]) -> tuple[Field, ...]:
    """The fields of a shape, some of them under another name."""
    return tuple(
        msgspec.structs.replace(field, xml=names.get(field.xml or "", field.xml))
        for field in shape.fields
    )


def _in_one(get: Callable[[TaskView], Any]) -> Callable[[TaskView], list[str]]:
    """Texts with their number and language."""
    return lambda task: [f"{one.id}:{one.language}:{one.text}" for one in get(task)]


def _with_prefix(get: Callable[[TaskView], Any]) -> Callable[[TaskView], list[str]]:
    def texts(task: TaskView) -> list[str]:
        return [f"{_prefix(person)}:{person.name}" for person in get(task) or ()]

    return texts


def _prefix(person: Person) -> str:
    return "u" if person.kind == "USER" else "g"


def _people(people: Shape) -> Shape:
    first, *others = people.fields[:3]
    return Shape((first, *(_flat(field, _with_prefix) for field in others)))


def _flat(field: Field, put: Callable[[Any], Any]) -> Field:
    return msgspec.structs.replace(field, get=put(field.get), kind=TEXT)


def _task() -> Shape:
    fields = []
    for field in _named(TASK_L, {"jaxbTaskData": "taskData"})[:8]:
        if field.xml in {"name", "subject", "description"}:
            field = _flat(field, _in_one)
        elif field.xml == "people-assignments":
            assert isinstance(field.kind, Shape)
            kind = _people(field.kind)
            field = msgspec.structs.replace(field, xml="peopleAssignments", kind=kind)
        fields.append(field)
    return Shape(tuple(fields))


TASK_601 = _task()


def _is_map(content: ContentView) -> bool:
    return isinstance(content.value, Map) and bool(content.value)


CONTENT_601 = Shape(
    (
        number("id", None, "id"),
        text("class-name", None, lambda content: class_name(content.value)),
        Field("content", None, lambda c: None if _is_map(c) else serialize(c.value), BASE64),
        Field("content-map", None, lambda c: c.value if _is_map(c) else None, JAVA_MAP),
    )
)
"""The client puts the bytes together itself: from the map, or else from the Java object."""
