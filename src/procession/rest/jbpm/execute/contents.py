"""Documents of tasks (C49 to C52)."""

from __future__ import annotations

from procession.errors import NotFound
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import child, number_of
from procession.rest.jbpm.execute.table import Call, Version, command
from procession.rest.jbpm.execute.task import THIS_TASK
from procession.services.views import ContentView
from procession.values import EMPTY

_CONTENT = child("content", "contentId", "content-id", read=number_of, required=True)


def _content(call: Call, content: int) -> ContentView | None:
    """A document: input, output or fault."""
    try:
        return call.engine.tasks.content_by_id(call.actor, content)
    except NotFound:
        return None


def _task_content(call: Call, task: int) -> ContentView | None:
    """The input document of a task as a map."""
    try:
        return call.engine.tasks.content(call.actor, task)
    except NotFound as error:
        if error.reason != "content":
            return None
        return ContentView(id=-1, task_id=task, kind="input", value=EMPTY)


command(
    "C49", "task", "get-content", "GetContentCommand", _CONTENT, answer=answers.CONTENT,
    renamed=(Version(6, 3), "GetContentByIdCommand"),
)(_content)  # fmt: skip
command(
    "C50", "task", "get-content-by-id", "GetContentByIdForUserCommand",
    _CONTENT, answer=answers.CONTENT, since="6.3",
)(_content)  # fmt: skip
command(
    "C51", "task", "get-task-content get-task-content-command", "GetTaskContentCommand",
    THIS_TASK, answer=answers.TASK_CONTENT,
)(_task_content)  # fmt: skip
command(
    "C52", "task", "get-content-map-for-user", "GetContentMapForUserCommand",
    THIS_TASK, answer=answers.TASK_CONTENT, since="6.3",
)(_task_content)  # fmt: skip
