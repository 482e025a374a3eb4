"""Tasks, their summaries and contents (``reference/jbpm-rest-api.md`` 2.6, 4.6, B.5 to B.7).

Lists in JSON: 6.0 and 6.1 called the tasks ``list``, 6.2 and later ``taskSummaryList``; scripts of
both ages find theirs. ``LONE_LIST_…`` have the version's own name alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from procession.rest.jbpm.raw_documents import legacy_document, raw_document
from procession.rest.jbpm.shapes.history import PAGING
from procession.rest.jbpm.shapes.process import COMMAND, NO_OUTCOME
from procession.rest.jbpm.values import JAVA_MAP
from procession.rest.shapes import (
    BASE64,
    NOTHING,
    Field,
    Shape,
    boolean,
    constant,
    date,
    number,
    text,
)
from procession.services.views import ContentView, Person, TaskView
from procession.values import Map, Value

MAP_CLASS = "java.util.HashMap"
NO_SUB_TASKS = "NoAction"


class I18nText(msgspec.Struct, frozen=True):
    """A text in one language. ``id`` tells names, descriptions and subjects of a task apart."""

    id: int
    text: str
    language: str


def _texts(number: int, attribute: str) -> Callable[[TaskView], list[I18nText] | None]:
    def get(task: TaskView) -> list[I18nText] | None:
        value = getattr(task, attribute)
        return [I18nText(number, value, task.language)] if value else None

    return get


def _or_empty(get: Callable[[TaskView], list[Any] | None]) -> Callable[[TaskView], list[Any]]:
    return lambda task: get(task) or []


_names, _descriptions, _subjects = (
    _texts(1, "name"), _texts(2, "description"), _texts(3, "subject"),
)  # fmt: skip


def _i18n(language: str) -> Shape:
    return Shape(
        (
            number("id", "id", "id"),
            text("text", "text", "text"),
            text(language, "language", "language"),
        )
    )


def _kind(person: Person) -> str:
    """jBPM knows users and groups; roles and work parties are sets of people, as groups are."""
    return "USER" if person.kind == "USER" else "GROUP"


_PERSON = Shape((text("id", "id", "name"), text("type", "type", _kind)))


def _people(xml: str, json: str, attribute: str) -> Field:
    return Field(xml, json, lambda task: getattr(task, attribute) or None, _PERSON, many=True)


_PEOPLE_L = Shape(
    (
        text("task-initiator", "taskInitiatorId", "created_by"),
        _people("potential-owner", "jaxbPotentialOwners", "potential_owners"),
        _people("business-administrator", "jaxbBusinessAdministrators", "business_administrators"),
        _people("excluded-owners", "jaxbExcludedOwners", "excluded_owners"),
        _people("task-stakeholders", "jaxbTaskStakeholders", "stakeholders"),
        _people("recipients", "jaxbRecipients", "recipients"),
    )
)
_PEOPLE_M = Shape(
    (
        text("task-initiator-id", "taskInitiatorId", "created_by"),
        _people("potential-owners", "potentialOwners", "potential_owners"),
        _people("business-administrators", "businessAdministrators", "business_administrators"),
        _people("excluded-owners", "excludedOwners", "excluded_owners"),
        _people("task-stakeholders", "taskStakeholders", "stakeholders"),
        _people("recipients", "recipients", "recipients"),
    )
)


def _or_none(attribute: str) -> Callable[[TaskView], int]:
    """A number that clients unbox without a look: -1 where there is none (7.3)."""

    def get(task: TaskView) -> int:
        value: int | None = getattr(task, attribute)
        return -1 if value is None else value

    return get


def _if(attribute: str, word: str) -> Callable[[TaskView], str | None]:
    return lambda task: None if getattr(task, attribute) is None else word


def _comment(added_by: Field) -> Shape:
    return Shape(
        (
            number("id", "id", "id"),
            text("text", "text", "text"),
            added_by,
            date("added-at", "addedAt", "added_at"),
        )
    )


_USER = Shape((text(None, "id", lambda name: name),))
_PLAIN_COMMENT = _comment(text("added-by", None, "added_by"))
COMMENT_L = Shape(
    (
        *_PLAIN_COMMENT.fields[:3],
        Field(None, "addedBy", "added_by", _USER),
        _PLAIN_COMMENT.fields[3],
    )
)
COMMENT_M = _comment(text("added-by", "addedBy", "added_by"))
_ATTACHMENT = Shape(
    (
        number("id", "id", "id"),
        text("name", "name", "name"),
        text("contentType", "contentType", "content_type"),
        date("attachedAt", "attachedAt", "attached_at"),
        text("attached-by", "attachedBy", "attached_by"),
        number("size", "size", "size"),
        number("attachment-content-id", "attachmentContentId", "content_id"),
    )
)


def _some(name: str, shape: Shape) -> Field:
    """A list that is null rather than empty."""
    return Field(name, name, lambda task: getattr(task, name) or None, shape, many=True)


_TIMES = (
    date("created-on", "createdOn", "created_at"),
    date("activation-time", "activationTime", "activated_at"),
    date("expiration-time", "expirationTime", "expires_at"),
    boolean("skipable", "skipable", "skipable"),
)
_ORIGIN = (
    number("work-item-id", "workItemId", _or_none("work_item_id")),
    number("process-instance-id", "processInstanceId", _or_none("process_instance_id")),
)
_PARENT = number("parent-id", "parentId", _or_none("parent_id"))
_PROCESS = (
    text("process-id", "processId", "process_id"),
    number("process-session-id", "processSessionId", "session_id"),
)
_DOCUMENT = number("document-content-id", "documentContentId", _or_none("input_content_id"))
_OUTPUT = number("output-content-id", "outputContentId", _or_none("output_content_id"))
_FAULT = number("fault-content-id", "faultContentId", _or_none("fault_content_id"))
_DEPLOYMENT = text("deployment-id", "deploymentId", "deployment_id")

_DATA_L = Shape(
    (
        text("status", "status", "status"),
        text("previous-status", "previousStatus", "previous_status"),
        text("actual-owner", "actualOwnerId", "actual_owner"),
        text("created-by", "createdById", "created_by"),
        *_TIMES,
        *_ORIGIN,
        text("document-type", "documentType", _if("input_content_id", MAP_CLASS)),
        _DOCUMENT,
        text("output-type", "outputType", _if("output_content_id", MAP_CLASS)),
        _OUTPUT,
        text("fault-name", "faultName", "fault_name"),
        text("fault-type", "faultType", "fault_type"),
        _FAULT,
        _PARENT,
        *_PROCESS,
        Field("comment", "jaxbComments", "comments", COMMENT_L, many=True),
        Field("attachment", "jaxbAttachments", "attachments", _ATTACHMENT, many=True),
        _DEPLOYMENT,
    )
)
_DATA_M = Shape(
    (
        text("status", "status", "status"),
        text("previousStatus", "previousStatus", "previous_status"),
        text("actual-owner", "actualOwner", "actual_owner"),
        text("created-by", "createdBy", "created_by"),
        *_TIMES,
        *_ORIGIN,
        text("document-type", "documentType", _if("input_content_id", MAP_CLASS)),
        text("document-access-type", "documentAccessType", _if("input_content_id", "Inline")),
        _DOCUMENT,
        text("output-type", "outputType", _if("output_content_id", MAP_CLASS)),
        text("output-access-type", "outputAccessType", _if("output_content_id", "Inline")),
        _OUTPUT,
        text("fault-name", "faultName", "fault_name"),
        text("fault-access-type", "faultAccessType", _if("fault_content_id", "Inline")),
        text("fault-type", "faultType", "fault_type"),
        _FAULT,
        _PARENT,
        *_PROCESS,
        _some("comments", COMMENT_M),
        _some("attachments", _ATTACHMENT),
        _DEPLOYMENT,
    )
)  # fmt: skip


def _strategy_if_set(task: TaskView) -> str | None:
    """In M a task says only what to do with sub-tasks if there is something to do (4.6)."""
    return None if task.sub_task_strategy == NO_SUB_TASKS else task.sub_task_strategy


def _itself(task: TaskView) -> TaskView:
    return task


TASK_L = Shape(
    (
        number("id", "id", "id"),
        number("priority", "priority", "priority"),
        constant("task-type", "taskType", ""),
        Field("name", "jaxbNames", _or_empty(_names), _i18n("lang"), many=True),
        Field("subject", "jaxbSubjects", _or_empty(_subjects), _i18n("lang"), many=True),
        Field(
            "description", "jaxbDescriptions", _or_empty(_descriptions), _i18n("lang"), many=True
        ),
        Field("people-assignments", "jaxbPeopleAssignments", _itself, _PEOPLE_L),
        Field("jaxbTaskData", "jaxbTaskData", _itself, _DATA_L),
        constant("deadlines", None, "", NOTHING),
        text("form-name", None, "form_name"),
    )
)
_LISTS_61 = {"name": "names", "subject": "subjects", "description": "descriptions"}
TASK_61 = Shape(
    (
        *TASK_L.fields[:3],
        *(text(name, name, name) for name in _LISTS_61),
        *(
            msgspec.structs.replace(field, xml=_LISTS_61.get(field.xml or "", field.xml))
            for field in TASK_L.fields[3:]
        ),
    )
)
"""6.1 has plain texts before the lists of texts, which are called otherwise."""
TASK_M = Shape(
    (
        number("id", "id", "id"),
        number("priority", "priority", "priority"),
        number("version", "version", "version"),
        boolean("archived", None, lambda task: False),
        constant("task-type", "taskType", ""),
        text("name", "name", "name"),
        text("subject", "subject", "subject"),
        text("description", "description", "description"),
        Field("names", "names", _names, _i18n("language"), many=True),
        Field("subjects", "subjects", _subjects, _i18n("language"), many=True),
        Field("descriptions", "descriptions", _descriptions, _i18n("language"), many=True),
        Field("people-assignments", "peopleAssignments", _itself, _PEOPLE_M),
        text("subTasksStrategy", "subTasksStrategy", _strategy_if_set),
        Field("taskData", "taskData", _itself, _DATA_M),
        constant("deadlines", None, "", NOTHING),
        text("form-name", "formName", "form_name"),
    )
)

# -- summaries ----------------------------------------------------------------------------------

_SUMMARY = (
    number("id", "id", "id"),
    text("name", "name", "name"),
    text("subject", "subject", "subject"),
    text("description", "description", "description"),
    text("status", "status", "status"),
    number("priority", "priority", "priority"),
    boolean("skipable", "skipable", "skipable"),
    text("actual-owner", "actualOwnerId", "actual_owner"),
    text("created-by", "createdById", "created_by"),
    *_TIMES[:3],
    number("process-instance-id", "processInstanceId", _or_none("process_instance_id")),
    *_PROCESS,
)
_NO_OWNERS = constant(None, "potentialOwners", None)

SUMMARY_L = Shape(
    (
        constant(None, "@class", "org.jbpm.services.task.impl.model.xml.JaxbTaskSummary"),
        *_SUMMARY,
        text("sub-task-strategy", None, lambda task: task.sub_task_strategy or NO_SUB_TASKS),
        number("parent-id", None, _or_none("parent_id")),
        _NO_OWNERS,
    )
)
SUMMARY_M = Shape(
    (
        constant(
            None,
            "@class",
            "org.kie.services.client.serialization.jaxb.impl.task.JaxbTaskSummary",
        ),
        *_SUMMARY,
        text("sub-task-strategy", None, _strategy_if_set),
        _DEPLOYMENT,
        boolean("quick-task-summary", "quickTaskSummary", lambda task: False),
        _PARENT,
        _NO_OWNERS,
    )
)
LONE_LIST_L = Shape(
    (*NO_OUTCOME, *COMMAND, Field("task-summary", "list", "items", SUMMARY_L, many=True))
)
SUMMARY_61 = Shape(
    (
        *SUMMARY_L.fields[:-2],
        _DEPLOYMENT,
        boolean("quick-task-summary", "quickTaskSummary", lambda task: False),
        *SUMMARY_L.fields[-2:],
    )
)
LONE_LIST_61 = Shape(
    (
        *NO_OUTCOME,
        *COMMAND,
        Field("task-summary", "list", "items", SUMMARY_61, many=True),
        *PAGING,
    )
)
LONE_LIST_M = Shape(
    (
        *NO_OUTCOME,
        *COMMAND,
        Field("task-summary", "taskSummaryList", "items", SUMMARY_M, many=True),
        *PAGING,
    )
)


def _twice(alone: Shape, name: str, items: Shape) -> Shape:
    return Shape((*alone.fields, Field(None, name, "items", items, many=True)))


SUMMARY_LIST_L = _twice(LONE_LIST_L, "taskSummaryList", SUMMARY_L)
SUMMARY_LIST_61 = _twice(LONE_LIST_61, "taskSummaryList", SUMMARY_61)
SUMMARY_LIST_M = _twice(LONE_LIST_M, "list", SUMMARY_M)

# -- contents -----------------------------------------------------------------------------------


def _in_form(write: Callable[[Value], bytes]) -> Callable[[ContentView], bytes]:
    return lambda content: write(content.value)


def as_map(value: Value) -> Map:
    """A document as a map; one that is none is the value of ``Content``."""
    return value if isinstance(value, Map) else Map(Content=value)


def _as_map(content: ContentView) -> Map:
    return as_map(content.value)


def _content(raw: str, entries: str, write: Callable[[Value], bytes]) -> Shape:
    return Shape(
        (
            number("id", "id", "id"),
            Field(raw, raw, _in_form(write), BASE64),
            Field(entries, "contentMap", _as_map, JAVA_MAP),
        )
    )


CONTENT_L = _content("serializedContent", "content-map", legacy_document)
CONTENT_M = _content("content", "contentMap", raw_document)
