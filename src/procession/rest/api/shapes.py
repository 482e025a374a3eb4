"""Bodies that the plain JSON interface reads, and its form of lists."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from procession.errors import Invalid
from procession.services.paging import PageRequest
from procession.services.views import Page
from procession.web.http import Reply, Request

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=10_000)]
Lease = Annotated[int, Meta(ge=1, le=86_400_000)]
Number = Annotated[int, Meta(ge=0, le=999_999_999_999_999_999)]


class Retry(msgspec.Struct, forbid_unknown_fields=True):
    """How many more tries a job gets."""

    retries: Annotated[int, Meta(ge=1, le=100)] = 3


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """A decision to be made; ``model``, ``namespace`` and ``resource`` say of which model."""

    decision: Annotated[str, Meta(max_length=500)] = ""
    model: Annotated[str, Meta(max_length=500)] = ""
    namespace: Annotated[str, Meta(max_length=1_000)] = ""
    resource: Annotated[str, Meta(max_length=500)] = ""
    variables: dict[str, Any] = {}


class FireRules(msgspec.Struct, forbid_unknown_fields=True):
    """Facts to fire rules over; ``group`` is a ruleflow group, ``limit`` how many may fire."""

    facts: Annotated[list[Any], Meta(max_length=10_000)]
    group: Annotated[str, Meta(max_length=500)] = ""
    globals: dict[str, Any] = {}
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 1_000


class Fetch(msgspec.Struct, forbid_unknown_fields=True):
    """A worker asks for work on some topics (names of work items)."""

    worker: Name
    topics: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    limit: Annotated[int, Meta(ge=1, le=200)] = 1
    lease_ms: Lease = 60_000


class Complete(msgspec.Struct, forbid_unknown_fields=True):
    """A worker has done a job."""

    job_id: Number
    worker: Name
    results: dict[str, Any] = {}


class Fail(msgspec.Struct, forbid_unknown_fields=True):
    """A worker could not do a job.

    ``code`` speaks to the diagram, where an error event may catch it together with ``value``.
    """

    job_id: Number
    worker: Name
    message: Text = ""
    code: Name | None = None
    value: Any = None
    retries: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    delay_ms: Annotated[int, Meta(ge=0, le=86_400_000)] = 0


class Extend(msgspec.Struct, forbid_unknown_fields=True):
    """A worker needs more time."""

    job_id: Number
    worker: Name
    lease_ms: Lease = 60_000


class Activate(msgspec.Struct, forbid_unknown_fields=True):
    """What of an ad hoc scope is to begin, by its name or id; ``variables`` are its own."""

    name: Name
    variables: dict[str, Any] = {}


class SendMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A message by its name (by its id, for files of jBPM); ``key`` is a correlation key's text."""

    name: Name
    value: Any = None
    key: Text | None = None
    deployment_id: Text | None = None


class Conditions(msgspec.Struct, forbid_unknown_fields=True):
    """Data to look at the conditions with that start processes."""

    variables: dict[str, Any] = {}
    deployment_id: Text | None = None


def page(request: Request) -> PageRequest:
    """``page`` (from 1) and ``size``; absent means everything."""
    given = dict(request.query)
    number, size = (_positive(given.get(name), name) for name in ("page", "size"))
    if number is not None and size is None:
        size = 50
    return PageRequest(number, size)


def _positive(text: str | None, name: str) -> int | None:
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= 18
    if not (is_number and 0 < int(text) <= 1_000_000):
        raise Invalid(f"{name} must be a number from 1", reason="parameter")
    return int(text)


def listed(found: Page[Any]) -> Reply:
    """A list with its length."""
    total = len(found.items) if found.total is None else found.total
    return Reply({"items": found.items, "total": total, "page": found.number, "size": found.size})
