"""New tasks, what people add to tasks, and their properties (C37, C53 to C59)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import (
    child,
    date_of,
    flag_of,
    many,
    mapping,
    number_of,
    text_of,
)
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.table import Call, command
from procession.rest.jbpm.execute.task import ANY_TASK, THIS_TASK, meant, person_of
from procession.rest.jbpm.execute.typed import map_of, value_of
from procession.services.views import CommentView
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.values import EMPTY, Long, Map, Value

if TYPE_CHECKING:
    from procession.services.tasks import TaskService

DEFAULT_LANGUAGE: Final = "en-UK"
_IN_ONE = re.compile(r"-?[0-9]{1,18}:([A-Za-z-]{0,20}):(.*)", re.DOTALL)
_COMMENT = child("comment", "commentId", "comment-id", read=number_of, required=True)

# -- a new task ---------------------------------------------------------------------------------


def task_of(element: Element) -> NewTask:
    """``<jaxbTask>`` of either dialect (Annex B.5)."""
    data = element.first("taskData", "jaxbTaskData") or Element("taskData")
    people = element.first("people-assignments", "peopleAssignments") or Element("people")
    name = _text(element, "name", "names")
    if not name:
        raise Invalid("a task needs a name")
    priority, expires = element.first("priority"), data.first("expiration-time")
    skipable = data.first("skipable")
    return NewTask(
        name=name,
        subject=_text(element, "subject", "subjects"),
        description=_text(element, "description", "descriptions"),
        form_name=element.said("form-name") or None,
        priority=number_of(priority) if priority is not None else 0,
        skipable=skipable is None or flag_of(skipable),
        language=_language(element),
        created_by=data.said("created-by") or _initiator(people),
        potential_owners=_people(people, "potential-owner", "potential-owners"),
        business_administrators=_people(
            people, "business-administrator", "business-administrators"
        ),
        excluded_owners=_people(people, "excluded-owners"),
        stakeholders=_people(people, "task-stakeholders"),
        recipients=_people(people, "recipients"),
        expires_at=date_of(expires) if expires is not None else None,
        parent_id=_number(data, "parent-id"),
        sub_task_strategy=element.said("subTasksStrategy") or "NoAction",
        deployment_id=data.said("deployment-id") or None,
        process_id=data.said("process-id") or None,
        process_instance_id=_number(data, "process-instance-id"),
    )


def _text(element: Element, *names: str) -> str:
    """A plain text, or that of the first of a list of texts in some language.

    6.0.1 writes the number and the language of a text in front of it.
    """
    for found in element.all(*names):
        text = found.said("text") if found.children else found.text.strip()
        in_one = _IN_ONE.fullmatch(text or "")
        text = in_one[2] if in_one else text
        if text:
            return text
    return ""


def _language(element: Element) -> str:
    for found in element.all("names", "name"):
        in_one = _IN_ONE.fullmatch(found.text.strip())
        language = found.said("language") or found.said("lang") or (in_one[1] if in_one else "")
        if language:
            return language
    return DEFAULT_LANGUAGE


def _initiator(people: Element) -> str | None:
    return people.said("task-initiator-id") or people.said("task-initiator") or None


def _number(element: Element, name: str) -> int | None:
    """A number; none is spelled -1 or 0."""
    found = element.first(name)
    number = number_of(found) if found is not None and found.text.strip() else 0
    return number if number > 0 else None


def _people(people: Element, *names: str) -> tuple[Candidate, ...]:
    return tuple(person_of(one) for one in people.all(*names))


@command(
    "C37", "task", "add-task", "AddTaskCommand",
    child("new", "jaxbTask", "task", read=task_of, required=True),
    mapping("document", "parameter", "params"),
    answer=answers.PRIMITIVE,
)  # fmt: skip
def add_task(call: Call, new: NewTask, document: Map) -> answers.Primitive:
    """Make a task that no process asked for."""
    people = {name: meant(call, getattr(new, name)) for name in _PEOPLE}
    new = msgspec.structs.replace(new, **people)
    made = call.engine.tasks.add(call.acting, new, document)
    return answers.Primitive("java.lang.Long", Long(made.id))


_PEOPLE = (
    "potential_owners", "business_administrators", "excluded_owners", "stakeholders", "recipients",
)  # fmt: skip

# -- what people add ----------------------------------------------------------------------------


@command(
    "C53", "task", "add-content-from-user", "AddContentFromUserCommand",
    THIS_TASK,
    mapping("output", "output-content-map"),
    child("raw", "document-content-bytes"),
    answer=answers.PRIMITIVE, since="6.3",
)  # fmt: skip
def add_content(call: Call, task: int, output: Map, raw: str | None) -> answers.Primitive:
    """Keep results before the task is completed; bytes, as ever, are not kept."""
    if not output and raw is not None:
        call.engine.tasks.get(call.acting, task)
        return answers.Primitive("java.lang.Long", Long(-1))
    saved = call.engine.tasks.save_output(call.acting, task, output)
    return answers.Primitive("java.lang.Long", Long(saved.output_content_id or -1))


@command(
    "C54", "task", "get-attachment", "GetAttachmentCommand",
    child("attachment", "attachment-id", read=number_of, required=True),
)  # fmt: skip
def get_attachment(call: Call, attachment: int) -> None:
    """Nothing: no version had an answer for it."""


def said_of(element: Element) -> str:
    """The text of ``<jaxbComment>``; who says it and when is not for the client to say."""
    found = element.first("text")
    return found.text if found is not None else ""


@command(
    "C55", "task", "add-comment", "AddCommentCommand",
    THIS_TASK, child("said", "jaxbComment", "comment", read=said_of, required=True),
    answer=answers.PRIMITIVE, since="6.3",
)  # fmt: skip
def add_comment(call: Call, task: int, said: str) -> answers.Primitive:
    """Say something about a task."""
    made = call.engine.tasks.add_comment(call.acting, task, said)
    return answers.Primitive("java.lang.Long", Long(made.id))


@command(
    "C56", "task", "delete-comment", "DeleteCommentCommand", ANY_TASK, _COMMENT, since="6.3"
)  # fmt: skip
def delete_comment(call: Call, task: int | None, comment: int) -> None:
    """Take a comment back."""
    call.engine.tasks.delete_comment(call.acting, comment, task)


@command(
    "C57", "task", "get-all-comments", "GetAllCommentsCommand",
    THIS_TASK, answer=answers.COMMENT_LIST, since="6.3",
)  # fmt: skip
def get_all_comments(call: Call, task: int) -> tuple[CommentView, ...]:
    """What was said about a task."""
    return call.engine.tasks.comments(call.actor, task)


@command(
    "C58", "task", "get-comment", "GetCommentCommand",
    _COMMENT, answer=answers.COMMENT, since="6.3",
)  # fmt: skip
def get_comment(call: Call, comment: int) -> CommentView | None:
    """One comment."""
    try:
        return call.engine.tasks.comment(call.actor, comment)
    except NotFound:
        return None


# -- properties ---------------------------------------------------------------------------------

PROPERTIES: Final[dict[int, tuple[str, Callable[[TaskService], Any]]]] = {
    1: ("fault", lambda tasks: tasks.save_fault),
    2: ("output", lambda tasks: tasks.save_output),
    3: ("priority", lambda tasks: tasks.set_priority),
    4: ("texts", lambda tasks: partial(_named, tasks, "name")),
    5: ("expiration", lambda tasks: tasks.set_expiration_date),
    6: ("texts", lambda tasks: partial(_named, tasks, "description")),
    7: ("skipable", lambda tasks: tasks.set_skipable),
    8: ("strategy", lambda tasks: tasks.set_sub_task_strategy),
}
"""What each number of 5.6.4 sets, and from which argument."""


def _named(tasks: TaskService, which: str, actor: Actor, task: int, text: str) -> None:
    tasks.set_texts(actor, task, **{which: text})


def _output_of(element: Element) -> Value:
    """A document: a map of items, or one value."""
    return map_of(element) if element.first("item") is not None else EMPTY


def _fault_of(element: Element) -> Value:
    """What is wrong: a map of items, or an object with a name, a type and contents."""
    if element.first("item") is not None:
        return map_of(element)
    return Map({child.name: value_of(child) for child in element.children})


def _text_in(element: Element) -> str:
    return element.said("text") or element.text.strip()


@command(
    "C59", "task", "set-task-property", "SetTaskPropertyCommand",
    THIS_TASK,
    child("property", "property", read=number_of, required=True),
    child("fault", "faultData", read=_fault_of, otherwise=EMPTY),
    child("output", "output", read=_output_of, otherwise=EMPTY),
    child("priority", "priority", read=number_of),
    many("texts", "names-or-descriptions", read=_text_in),
    child("expiration", "expiration-date", read=date_of),
    child("skipable", "skippable", "skipable", read=flag_of),
    child("strategy", "sub-tasks-strategy", read=text_of),
    since="6.3",
)  # fmt: skip
def set_task_property(call: Call, task: int, property: int, **given: Any) -> None:
    """Set one property of a task."""
    named = PROPERTIES.get(property)
    if named is None:
        known = ", ".join(map(str, PROPERTIES))
        raise Invalid(f"the property {property} of a task cannot be set; known are {known}")
    value: Value | datetime = given[named[0]]
    if named[0] == "texts":
        value = next(iter(given["texts"]), None)
    if value is None:
        raise Invalid(f"the command lacks the value of the property {property}")
    named[1](call.engine.tasks)(call.acting, task, value)
