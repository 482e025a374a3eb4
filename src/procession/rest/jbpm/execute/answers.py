"""What commands answer: the shapes of the REST answers, as they stand inside an envelope.

``reference/jbpm-rest-api.md`` 5.3. An answer has the index of its command as an attribute and the
name of the command's class as a child: where plain JSON of REST calls has ``commandName``, else at
the end. Inside an envelope the elements have the same names in every version.
"""

from __future__ import annotations

from typing import Any

import msgspec

from procession.rest.jbpm.execute.table import EARLIEST, Answer, Version
from procession.rest.jbpm.java_serialization import class_name
from procession.rest.jbpm.shapes import earliest, history, process, tasks
from procession.rest.jbpm.values import JAVA_MAP
from procession.rest.shapes import NUMBER, TEXT, Field, Shape, Writer, constant, text, typed
from procession.services.views import ContentView
from procession.values import Map, Value

_INDEX = Field("index", None, lambda frame: frame[0], NUMBER, attribute=True, of_frame=True)
_NAME = Field("command-name", None, lambda frame: frame[1], of_frame=True)


class Primitive(msgspec.Struct, frozen=True):
    """A boxed number or boolean, and its Java class."""

    type: str
    value: Value


def enveloped(shape: Shape, *, is_bare: bool = False) -> Shape:
    """A REST answer as it stands inside an envelope: without outcome, with index and name."""
    fields = [field for field in shape.fields if not field.of_frame]
    place = next((n for n, f in enumerate(fields) if f.json == "commandName"), len(fields))
    if not is_bare:
        fields[place:place] = [_NAME]
    shown = [field for field in fields if field.xml is not None]
    head = [] if is_bare else [_INDEX]
    own = [field for field in shown if field.attribute]
    return Shape((*own, *head, *(field for field in shown if not field.attribute)))


def _in_both(element: str, legacy: Shape, modern: Shape, *, is_bare: bool = False) -> Answer:
    forms = {
        "L": enveloped(legacy, is_bare=is_bare),
        "M": enveloped(modern, is_bare=is_bare),
    }
    return Answer(element, lambda version: forms[version.form], is_bare)


def _in_three(element: str, oldest: Shape, legacy: Shape, modern: Shape) -> Answer:
    forms = [enveloped(shape) for shape in (oldest, legacy, modern)]

    def of(version: Version) -> Shape:
        return forms[0 if version < Version(6, 1) else 1 if version < Version(6, 2) else 2]

    return Answer(element, of)


def _since(answer: Answer, earliest: Shape) -> Answer:
    """The same, but for clients of 6.0.0 and 6.0.1, which read something else."""
    first = enveloped(earliest)
    later = answer.shape
    return Answer(answer.element, lambda v: first if v <= EARLIEST else later(v), answer.is_bare)


def _of_all(element: str, shape: Shape) -> Answer:
    return Answer(element, lambda version: shape)


def _items(view: Any) -> Any:
    return getattr(view, "items", view)


def _list(element: str, name: str, legacy: Any, modern: Any) -> Answer:
    forms = {
        form: Shape((_INDEX, _NAME, Field(name, None, _items, kind, many=True)))
        for form, kind in (("L", legacy), ("M", modern))
    }
    return Answer(element, lambda version: forms[version.form])


def _content_map(content: ContentView) -> Map:
    return tasks.as_map(content.value)


def _handle(name: str) -> Shape:
    inner = Shape((Field("external-form", None, lambda handle: handle, attribute=True),))
    return Shape((_INDEX, _NAME, Field(name, None, lambda handle: handle, inner)))


_HANDLE_L, _HANDLE_M = _handle("fact-handle"), _handle("result")

INSTANCE = _in_both("process-instance", process.INSTANCE_L, process.INSTANCE_M)
INSTANCE_LIST = _list(
    "process-instance-list",
    "process-instance",
    enveloped(process.INSTANCE_L, is_bare=True),
    enveloped(process.INSTANCE_M, is_bare=True),
)
LONG_LIST = _list("long-list", "long", NUMBER, NUMBER)
STRING_LIST = _list("string-list", "string", TEXT, TEXT)
WORK_ITEM = _since(
    _in_three("work-item", process.WORK_ITEM_L, process.WORK_ITEM_M, process.WORK_ITEM_M),
    process.WORK_ITEM_M,
)
TASK = _since(
    _in_three("task-response", tasks.TASK_L, tasks.TASK_61, tasks.TASK_M), earliest.TASK_601
)
SUMMARY_LIST = _in_three(
    "task-summary-list", tasks.SUMMARY_LIST_L, tasks.SUMMARY_LIST_61, tasks.SUMMARY_LIST_M
)
CONTENT = _since(
    _in_both("content-response", tasks.CONTENT_L, tasks.CONTENT_M), earliest.CONTENT_601
)
TASK_CONTENT = _of_all(
    "task-content-response",
    Shape((_INDEX, _NAME, Field("content-map", None, _content_map, JAVA_MAP))),
)
COMMENT = _in_both("task-comment-response", tasks.COMMENT_L, tasks.COMMENT_M)
COMMENT_LIST = _list("task-comment-list-response", "task-comment", tasks.COMMENT_L, tasks.COMMENT_M)
LOG_LIST = _in_both("history-log-list", history.LOG_LIST_L, history.LOG_LIST_M, is_bare=True)
PROCESS_LOG = _in_both("proc-inst-log", history.PROCESS_LOG_L, history.PROCESS_LOG_M, is_bare=True)
PRIMITIVE = _of_all(
    "primitive", Shape((Field("type", None, "type", attribute=True), _INDEX, _NAME))
)
"""Its result carries its own type and is written by :func:`write_answer`."""
EXCEPTION = _of_all(
    "exception",
    Shape(
        (
            _INDEX,
            text("status", None, "status"),
            _NAME,
            text("message", None, "message"),
            constant("stackTrace", None, ""),
        )
    ),
)


OTHER = Answer(
    "other",
    lambda version: _HANDLE_L if version < Version(6, 2) else _HANDLE_M,
)
"""The handle of a fact (C19)."""


def primitive(value: Value) -> Primitive | None:
    """A boxed number or boolean; anything else is no primitive and is not answered."""
    if isinstance(value, str) or not isinstance(value, int | float):
        return None
    name = class_name(value)
    return None if name is None or name.startswith("java.math.") else Primitive(name, value)


def write_answer(
    answer: Answer, version: Version, view: Any, index: int, name: str, writer: Writer
) -> str:
    """One element of a response."""
    attributes, content = writer.body(answer.shape(version))(view, (index, name))
    if isinstance(view, Primitive):
        content += typed("result", view.value, writer.zone)
    opening = f"<{answer.element}{attributes}"
    return f"{opening}>{content}</{answer.element}>" if content else f"{opening}/>"
