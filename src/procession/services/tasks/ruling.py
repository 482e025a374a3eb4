"""Rules of tasks: what a deployment's own rules say before a task is added or completed.

``reference/jbpm-engine.md`` 5.12. A unit may carry ``default-add-task.drl`` and
``default-complete-task.drl``. Their facts are the task and its document; through the global
``request`` they refuse it, with reasons. They see nothing else and leave nothing behind.

Who adds or completes a task learns the reasons. A process whose task is refused has nobody to tell:
the reasons are logged, and its node waits for its work item, which has no task (4.9, 5.2).
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from procession.errors import NotFound, Rejected
from procession.store.repositories import deployments as repository
from procession.values import Bean, Long, Map, Value

if TYPE_CHECKING:
    from procession.runtime.turn import Turn
    from procession.store.rows import TaskRow

ADD: Final = "addTask"
COMPLETE: Final = "completeTask"
REQUEST: Final = "org.jbpm.services.task.rule.TaskServiceRequest"
TASK: Final = "org.kie.api.task.model.Task"
log: Final = logging.getLogger("procession.tasks")


def ask(turn: Turn, scope: str, task: TaskRow, document: Map) -> None:
    """Ask the rules of the task's unit, if it has any. Raises :class:`Rejected`."""
    unit, revision = _unit(turn, task)
    _ask(turn, scope, task, document, unit, revision)


def may_add(turn: Turn, unit: str, revision: int, task: TaskRow, document: Map) -> bool:
    """Whether the rules of a process' unit let it have a task; their reasons are logged."""
    try:
        _ask(turn, ADD, task, document, unit, revision)
    except Rejected as refusal:
        place = f"node {task.node_id} of process instance {task.instance_id}"
        text = "%s waits without a task: %s"
        turn.after_commit(partial(log.warning, text, place, refusal.message))
        return False
    return True


def _ask(turn: Turn, scope: str, task: TaskRow, document: Map, unit: str, revision: int) -> None:
    if not turn.executive.definitions.has_task_rules(revision):
        return
    turn.need_not_be_quick()
    sessions = turn.executive.loaded.rule_sessions
    base = sessions.bases.of(unit, revision).task_rules.get(scope)
    if base is None:
        return
    memory = sessions.fresh(base)
    if "request" in base.globals:
        memory.set_global("request", Bean(REQUEST, Map(allowed=True, reasons=())))
    memory.insert(Bean(TASK, _shown(task)))
    memory.insert(document)
    memory.fire(now=turn.now, seed=turn.request.seed, limits=turn.limits)
    answer: Any = memory.get_global("request") if "request" in base.globals else None
    if isinstance(answer, Bean) and answer.fields.get("allowed") is False:
        reasons = " ".join(str(reason) for reason in answer.fields.get("reasons") or ())
        text = f"Cannot perform operation {scope} : {reasons}".rstrip()
        raise Rejected(text, reason="task_rules")


def _unit(turn: Turn, task: TaskRow) -> tuple[str, int]:
    """The task's unit and its revision: that of its instance, else the present one; 0 for none."""
    if task.instance_id is not None:
        try:
            key = turn.held(task.instance_id).definition.key
        except NotFound:
            return "", 0
        return key.deployment, key.revision
    found = repository.unit(turn.reader, task.deployment_id) if task.deployment_id else None
    return (found.id, found.revision) if found else ("", 0)


def _shown(task: TaskRow) -> Map:
    """A task as rules see it, with the names of the original's getters."""
    names = Map(text=task.name, language=task.language or "en-UK")
    data: dict[str, Value] = {
        "status": task.status,
        "actualOwner": _user(task.actual_owner),
        "createdBy": _user(task.created_by),
        "processInstanceId": Long(task.instance_id or 0),
        "processId": task.process_id,
        "deploymentId": task.deployment_id,
        "workItemId": Long(task.work_item_id or 0),
        "parentId": Long(task.parent_id or 0),
        "skipable": task.skipable,
    }
    return Map(
        id=Long(task.id),
        name=task.name,
        names=(Bean("org.kie.api.task.model.I18NText", names),),
        subject=task.subject,
        description=task.description,
        formName=task.form_name,
        priority=task.priority,
        taskData=Bean("org.kie.api.task.model.TaskData", Map(data)),
    )


def _user(name: str | None) -> Value:
    return Bean("org.kie.api.task.model.User", Map(id=name)) if name else None
