"""``procession jobs`` and ``procession incidents``."""

from __future__ import annotations

from typing import Any

import click

from procession.cli.client import Client
from procession.cli.options import json_option, settings_of, settings_options, show


@click.group()
def jobs() -> None:
    """List, retry and cancel jobs: timers, handlers' work, external work.

    \b
    procession jobs list --state failed
    procession jobs retry 42
    """


@click.group()
def incidents() -> None:
    """List, retry and cancel incidents: jobs that used up their retries.

    \b
    procession incidents list --json
    procession incidents retry 7
    """


def _client(given: dict[str, Any]) -> Client:
    return Client(settings_of(**{k: given[k] for k in ("database", "data_dir", "config")}))


@jobs.command("list")
@click.option("--state", type=click.Choice(["ready", "failed", "external"]))
@click.option("--kind", type=click.Choice(["timer", "start_timer", "work_item", "delivery"]))
@click.option("--page", type=int, default=1, show_default=True)
@click.option("--size", type=int, default=50, show_default=True)
@settings_options
@json_option
def list_jobs(
    state: str | None, kind: str | None, page: int, size: int, as_json: bool, **given: Any
) -> None:
    """List jobs by due time."""
    params: dict[str, Any] = {"page": page, "size": size}
    params |= {n: v for n, v in (("state", state), ("kind", kind)) if v}
    with _client(given) as client:
        found = client.call("GET", "/api/jobs", params=params)["items"]
    columns = (
        "id",
        "kind",
        "topic",
        "process_instance_id",
        "due",
        "state",
        "retries",
        "last_error",
    )
    show(found, columns, as_json=as_json)


@jobs.command("retry")
@click.argument("job_id", type=int)
@click.option("--retries", type=int, default=3, show_default=True)
@settings_options
def retry_job(job_id: int, retries: int, **given: Any) -> None:
    """Try a job again, now."""
    _retry(job_id, retries, given)


@jobs.command("cancel")
@click.argument("job_id", type=int)
@settings_options
def cancel_job(job_id: int, **given: Any) -> None:
    """Give a job up for good; what waits for it goes on waiting."""
    _cancel(job_id, given)


@incidents.command("list")
@click.option("--page", type=int, default=1, show_default=True)
@click.option("--size", type=int, default=50, show_default=True)
@settings_options
@json_option
def list_incidents(page: int, size: int, as_json: bool, **given: Any) -> None:
    """List incidents, oldest first."""
    with _client(given) as client:
        params = {"page": page, "size": size}
        found = client.call("GET", "/api/incidents", params=params)["items"]
    columns = ("id", "job_id", "kind", "topic", "process_instance_id", "at", "message")
    show(found, columns, as_json=as_json)


@incidents.command("retry")
@click.argument("incident_id", type=int)
@click.option("--retries", type=int, default=3, show_default=True)
@settings_options
def retry_incident(incident_id: int, retries: int, **given: Any) -> None:
    """Try the incident's job again, now."""
    _retry(_job_of(incident_id, given), retries, given)


@incidents.command("cancel")
@click.argument("incident_id", type=int)
@settings_options
def cancel_incident(incident_id: int, **given: Any) -> None:
    """Give the incident's job up for good."""
    _cancel(_job_of(incident_id, given), given)


def _job_of(incident_id: int, given: dict[str, Any]) -> int:
    with _client(given) as client:
        for one in client.call("GET", "/api/incidents")["items"]:
            if one["id"] == incident_id:
                return int(one["job_id"])
    raise click.ClickException(f"there is no incident {incident_id}")


def _retry(job_id: int, retries: int, given: dict[str, Any]) -> None:
    with _client(given) as client:
        client.call("POST", f"/api/jobs/{job_id}/retry", body={"retries": retries})
    click.echo(f"Job {job_id} is due now, with {retries} tries.")


def _cancel(job_id: int, given: dict[str, Any]) -> None:
    with _client(given) as client:
        client.call("POST", f"/api/jobs/{job_id}/cancel")
    click.echo(f"Job {job_id} is cancelled.")
