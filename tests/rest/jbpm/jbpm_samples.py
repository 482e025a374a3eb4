"""Views with the values of the reference's samples, and what stands in for an engine."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from procession.identity.model import Actor
from procession.rest.jbpm import JbpmDialect, shapes
from procession.rest.jbpm.errors import Failure
from procession.services.views import (
    CommentView,
    ContentView,
    DefinitionView,
    DeploymentJobView,
    DeploymentView,
    NodeLogView,
    Page,
    Person,
    ProcessInstanceView,
    ProcessLogView,
    TaskView,
    VariableLogView,
    WorkItemView,
)
from procession.settings import Settings
from procession.values import Map
from procession.web.http import Request

NOW = datetime(2014, 5, 13, 16, 53, 20, 123_000, tzinfo=UTC)
REST = "/business-central/rest"
HR = "com.acme:hr:1.0"
START = f"{REST}/runtime/{HR}/process/acme.hiring/start"


def engine(dialect: str = "L", **settings: Any) -> Any:
    """As much of an engine as reading parameters and writing answers takes."""
    return SimpleNamespace(settings=Settings(jbpm_dialect=dialect, **settings))


def dialect(name: str = "L", **settings: Any) -> JbpmDialect:
    """The dialect in one wire form."""
    return JbpmDialect(engine(name, **settings))


def request(
    target: str = f"{REST}/task/5/claim",
    query: str = "",
    *,
    method: str = "GET",
    body: bytes = b"",
    path: dict[str, str] | None = None,
    **headers: str,
) -> Request:
    """A request as the server hands it over; header names are given with underscores."""
    return Request(
        method=method,
        target=target,
        query_string=query,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        actor=Actor("ann"),
        path=path or {},
        mount=REST,
        base="http://localhost:8080",
    )


def instance(**changes: Any) -> ProcessInstanceView:
    values: dict[str, Any] = {
        "id": 7, "uuid": "u", "process_id": "acme.hiring", "process_name": "Hiring",
        "process_version": "1.0", "deployment_id": HR, "state": 1,
    }  # fmt: skip
    return ProcessInstanceView(**{**values, **changes})


DEFINITION = DefinitionView(
    process_id="acme.hiring", name="Hiring", version="1.0", package="acme", deployment_id=HR,
    revision=1, unique_id="acme.hiring", definition_id="", resource="hiring.bpmn2",
    variables=Map(name="String", age="Integer"),
)  # fmt: skip
WORK_ITEM = WorkItemView(
    id=3, name="Human Task", state=0, parameters=Map(TaskName="Review", n=5, nothing=None),
    results=Map(), process_instance_id=7, deployment_id=HR, node_id="_2",
)  # fmt: skip
LOG = ProcessLogView(
    id=1, process_instance_id=7, uuid="u", process_id="acme.hiring", process_name="Hiring",
    process_version="1.0", deployment_id=HR, start=NOW, end=None, status=1,
    parent_process_instance_id=None, outcome=None, duration=None, identity="ann",
)  # fmt: skip
NODE_LOG = NodeLogView(
    id=11, process_instance_id=7, process_id="acme.hiring", deployment_id=HR, date=NOW, type=0,
    node_instance_id="0", node_id="_1", node_name="Start", node_type="StartNode",
    work_item_id=None, connection=None,
)  # fmt: skip
VARIABLE_LOG = VariableLogView(
    id=21, process_instance_id=7, process_id="acme.hiring", deployment_id=HR, date=NOW,
    variable_instance_id="name", variable_id="name", value="Ann", old_value="",
)  # fmt: skip


def task(**changes: Any) -> TaskView:
    values: dict[str, Any] = {
        "id": 5, "uuid": "u", "version": 2, "name": "Review", "subject": "",
        "description": "", "form_name": "Review", "language": "en-UK", "status": "Reserved",
        "previous_status": "Ready", "priority": 0, "skipable": False, "actual_owner": "ann",
        "owner": None, "created_by": "bob", "created_at": NOW, "activated_at": NOW,
        "expires_at": None, "due_at": None, "process_instance_id": 7,
        "process_instance_uuid": "u", "process_id": "acme.hiring", "process_name": "Hiring",
        "deployment_id": HR, "node_id": "_2", "work_item_id": 3, "session_id": 1,
        "parent_id": None, "input_content_id": 4,
        "potential_owners": (Person("HR", "GROUP"),),
        "business_administrators": (Person("Administrator", "USER"),),
        "comments": (CommentView(id=1, text="hello", added_by="ann", added_at=NOW),),
    }  # fmt: skip
    return TaskView(**{**values, **changes})


def unit(version: str = "1.0", **changes: Any) -> DeploymentView:
    values: dict[str, Any] = {
        "id": f"com.acme:hr:{version}", "group": "com.acme", "artifact": "hr",
        "version": version, "kbase": None, "ksession": None, "strategy": "",
        "status": "DEPLOYED", "revision": 1, "is_active": True,
    }  # fmt: skip
    return DeploymentView(**{**values, **changes})


UNITS = (
    unit(),
    unit("1.1", id="com.acme:hr:1.1:kb:ks", kbase="kb", ksession="ks", strategy="SINGLETON"),
)


def job(**changes: Any) -> DeploymentJobView:
    return DeploymentJobView(
        id=12, operation="DEPLOY", unit=unit(**changes), success=True,
        explanation="Deployment job accepted",
    )  # fmt: skip


Sample = tuple[str, shapes.Payload, Any, str, str]
WITH_VARIABLES = shapes.InstanceWithVariables(instance(), Map(name="Ann"))
VARIABLES = Map(name="Ann", age="30")
MISSING = Failure(404, "NOT_FOUND", "Task 99 could not be found.")
CONTENT = ContentView(id=4, task_id=5, kind="input", value=Map(TaskName="Review"))


def _page(*items: Any, size: int | None = 10) -> Page[Any]:
    return Page(items, number=1 if size else None, size=size)


def _same(name: str, payload: shapes.Payload, view: Any, target: str = REST) -> list[Sample]:
    return [("L", payload, view, target, name), ("M", payload, view, target, name)]


SAMPLES: list[Sample] = [
    *_same("response", shapes.RESPONSE, None, f"{REST}/task/5/claim"),
    *_same("started", shapes.STARTED_INSTANCE, instance(event_types=("mySignal",)), START),
    *_same("instance", shapes.PROCESS_INSTANCE, instance()),
    *_same("definition", shapes.DEFINITION, DEFINITION),
    *_same("definitions", shapes.DEFINITION_LIST, _page(DEFINITION)),
    *_same("variables", shapes.VARIABLES, VARIABLES, f"{REST}/v"),
    *_same("work-item", shapes.WORK_ITEM, WORK_ITEM),
    *_same("with-vars", shapes.INSTANCE_WITH_VARIABLES, WITH_VARIABLES, f"{REST}/s"),
    *_same("logs", shapes.LOG_LIST, _page(LOG, NODE_LOG, VARIABLE_LOG)),
    ("M", shapes.PROCESS_LOG, LOG, REST, "log"),
    ("L", shapes.TASK, task(description="Review"), REST, "task"),
    ("M", shapes.TASK, task(), REST, "task"),
    *_same("tasks", shapes.TASK_LIST, _page(task(skipable=True))),
    *_same("content", shapes.CONTENT, CONTENT),
    *_same("units", shapes.UNIT_LIST, _page(*UNITS)),
    ("L", shapes.JOB, job(status="DEPLOYING"), REST, "job"),
    ("M", shapes.JOB, job(status="ACCEPTED", strategy="SINGLETON"), REST, "job"),
    *_same("exception", shapes.EXCEPTION, MISSING, f"{REST}/task/99"),
]
