"""Rows to write in tests, with everything that does not matter filled in."""

from __future__ import annotations

from typing import Any

from procession.store.rows import (
    JobRow,
    NodeLogRow,
    ProcessInstanceRow,
    ProcessLogRow,
    TaskRow,
    WaitRow,
)


def instance(id: int, version: int = 1, **given: Any) -> ProcessInstanceRow:
    values: dict[str, Any] = {
        "uuid": "u",
        "root_id": id,
        "revision": 1,
        "deployment_id": "d",
        "process_id": "p",
        "status": 1,
        "caller_id": None,
        "correlation_key": None,
        "started_by": "ann",
        "started_at": 0,
        "state": b"state",
    }
    return ProcessInstanceRow(id=id, version=version, **{**values, **given})


def wait(instance_id: int, wait_id: int, **given: Any) -> WaitRow:
    values: dict[str, Any] = {
        "root_id": instance_id,
        "deployment_id": "d",
        "kind": 1,
        "name": "Human Task",
        "key": None,
        "node_id": "n",
        "public_id": None,
        "due_at": None,
    }
    return WaitRow(instance_id=instance_id, wait_id=wait_id, **{**values, **given})


def job(id: int, due_at: int = 0, **given: Any) -> JobRow:
    values: dict[str, Any] = {
        "kind": "timer",
        "topic": None,
        "root_id": None,
        "instance_id": None,
        "wait_id": None,
        "deployment_id": None,
        "revision": None,
        "state": "ready",
        "retries": 3,
        "failures": 0,
        "lease_owner": None,
        "lease_until": None,
        "last_error": None,
        "payload": b"",
    }
    return JobRow(id=id, due_at=due_at, **{**values, **given})


def task(id: int, version: int = 1, **given: Any) -> TaskRow:
    values: dict[str, Any] = dict.fromkeys(TaskRow.__struct_fields__)
    values |= {
        "deadlines": 0,
        "uuid": "u",
        "name": "Review",
        "subject": "",
        "description": "",
        "status": "Ready",
        "priority": 0,
        "skipable": True,
        "created_at": 0,
    }
    return TaskRow(**{**values, "id": id, "version": version, **given})


def log(instance_id: int, **given: Any) -> ProcessLogRow:
    values: dict[str, Any] = dict.fromkeys(ProcessLogRow.__struct_fields__)
    values |= {
        "uuid": "u",
        "root_id": instance_id,
        "process_id": "p",
        "process_name": "P",
        "process_version": "1",
        "deployment_id": "d",
        "revision": 1,
        "started_at": 0,
        "status": 1,
        "identity": "ann",
    }
    return ProcessLogRow(**{**values, "instance_id": instance_id, **given})


def node(instance_id: int, node_id: str = "n", **given: Any) -> NodeLogRow:
    values: dict[str, Any] = dict.fromkeys(NodeLogRow.__struct_fields__)
    values |= {
        "root_id": instance_id,
        "process_id": "p",
        "deployment_id": "d",
        "at": 0,
        "type": 0,
        "node_instance_id": 1,
        "node_name": "N",
        "node_type": "T",
    }
    return NodeLogRow(**{**values, "instance_id": instance_id, "node_id": node_id, **given})
