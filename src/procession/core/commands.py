"""What may be asked of an instance (``reference/architecture.md`` 5.3)."""

from __future__ import annotations

from typing import Any

import msgspec

from procession.core.state import Caller
from procession.values import EMPTY, Map


class Command(msgspec.Struct, frozen=True):
    """A request; it is carried out whole or not at all."""


class StartProcess(Command, frozen=True):
    """Begin. ``start_event`` picks a start event by id; else the plain one. ``payload`` is its.

    ``trigger`` says what met the start: its kind (``message`` ...), its name and its key, if any.
    ``undo`` is what is to be undone of an instance that has ended, instead of beginning anew.
    """

    variables: Map = EMPTY
    start_event: str | None = None
    payload: Any = None
    root: int = 0
    caller: Caller | None = None
    started_by: str = ""
    correlation_key: str | None = None
    trigger: tuple[str, str, str | None] | None = None
    undo: Any = None


class TriggerWait(Command, frozen=True):
    """What a wait was for has come."""

    wait: int
    payload: Any = None


class FailWait(Command, frozen=True):
    """What a wait was for failed: an error with a code that the model may catch.

    With ``code`` ``None`` the wait is given up: the element completes without output
    (``reference/jbpm-engine.md`` 4.3 "handler aborts the work item").
    """

    wait: int
    code: str | None = None
    value: Any = None
    supertypes: tuple[str, ...] = ()
    uncaught_aborts: bool = False


class SetVariables(Command, frozen=True):
    """Give process variables new values."""

    variables: Map


class AskConditions(Command, frozen=True):
    """Look again at the conditions that are waited for: something outside has changed."""


class ActivateElement(Command, frozen=True):
    """Enter a node without a token having come (ad hoc activities, repair).

    ``scope`` is the element instance to enter it in, 0 the oldest that fits; ``variables`` are the
    node's own while it is active.
    """

    node: str
    scope: int = 0
    variables: Map = EMPTY


class CancelElement(Command, frozen=True):
    """Stop an element instance."""

    element: int


class SuspendProcess(Command, frozen=True):
    """Rest until resumed."""


class ResumeProcess(Command, frozen=True):
    """Go on."""


class AbortProcess(Command, frozen=True):
    """End at once as aborted."""

    outcome: str | None = None
