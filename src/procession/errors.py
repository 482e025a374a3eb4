"""Every exception a caller can meet, by meaning and not by status.

::

    Fault                             root of everything we raise
    ├── Invalid                       the request is wrong in itself
    │   ├── InvalidModel              carries all problems, with lines
    │   └── InvalidValue
    ├── NotFound                      no such definition, instance, task, job, user
    ├── Unauthenticated               nobody, or not the one they say they are
    ├── Denied                        this role may not do that
    ├── NotPermitted                  this person may not do that to this task
    ├── Rejected                      fits not the present state: already done, claimed by another
    ├── ExecutionFailure              the model cannot go on: instance, element, reason
    │   ├── NoOutgoingFlow
    │   ├── ScriptFailure             with line and column
    │   ├── HandlerFailure
    │   ├── UncaughtError             an error event nobody caught
    │   └── LimitExceeded
    ├── Busy                          locked too long, starting or stopping; trying again is safe
    └── StoreFault
        ├── Conflict                  lost a race
        └── StoreUnavailable

    ModelError                        for handlers: speak to the diagram (not a Fault)

Doors map these classes to statuses in one table per dialect. ``reason`` is a short machine word
that tells cases of one class apart where a dialect does (``reference/oneweb-rest-api.md`` 1.4).
"""

from __future__ import annotations

from typing import Any


class Fault(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, *, reason: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.reason = reason

    @property
    def message(self) -> str:
        """What was expected, what was found, and what to do."""
        return str(self.args[0])


class Invalid(Fault):
    """The request is wrong in itself."""


class InvalidModel(Invalid):
    """The model cannot be deployed.

    ``problems`` holds every :class:`procession.bpmn.problems.Problem`, not only the first.
    """

    def __init__(self, message: str, problems: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class InvalidValue(Invalid):
    """A value does not fit its type."""


class NotFound(Fault):
    """There is no such thing."""


class Unauthenticated(Fault):
    """Say who you are: the credentials are missing or wrong."""


class Denied(Fault):
    """This role may not do that."""


class NotPermitted(Fault):
    """This person may not do that to this task."""


class Rejected(Fault):
    """The request does not fit the present state."""


class ExecutionFailure(Fault):
    """The model cannot go on."""

    def __init__(
        self,
        message: str,
        *,
        instance: int = 0,
        element: str = "",
        process: str = "",
        reason: str = "",
    ) -> None:
        super().__init__(message, reason=reason)
        self.instance = instance
        self.element = element
        self.process = process


class NoOutgoingFlow(ExecutionFailure):
    """No condition holds and there is no default flow."""


class ScriptFailure(ExecutionFailure):
    """A script or an expression failed.

    ``variables`` are the names that the failing line reads. The message may show their values;
    ``logged`` is what a log may have of it, see :func:`logged`.
    """

    def __init__(
        self,
        message: str,
        *,
        instance: int = 0,
        element: str = "",
        process: str = "",
        reason: str = "",
        line: int = 0,
        column: int = 0,
        variables: tuple[str, ...] = (),
        logged: str = "",
    ) -> None:
        super().__init__(
            message, instance=instance, element=element, process=process, reason=reason
        )
        self.line = line
        self.column = column
        self.variables = variables
        self.logged = logged or "a script failed"


class HandlerFailure(ExecutionFailure):
    """A work item handler failed."""


class UncaughtError(ExecutionFailure):
    """An error event that nobody caught."""


class LimitExceeded(ExecutionFailure):
    """A limit of the engine was reached."""


class Busy(Fault):
    """The server cannot take this now; trying again is safe."""


class StoreFault(Fault):
    """The database did not do what was asked."""


class Conflict(StoreFault):
    """Somebody else changed the same thing first."""


class StoreUnavailable(StoreFault):
    """The database does not answer."""


class Occupied(BaseException):
    """The database would keep an event loop waiting, and it does not wait.

    Not an error: a thread that may wait does the same again.
    """


class ModelError(Exception):
    """Raised by a work item handler to speak to the diagram: an error event may catch ``code``."""

    def __init__(self, code: str, message: str = "", value: object = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.value = value


def logged(error: BaseException) -> str:
    """An error as a log may have it: what scripts say of values is left to answers and incidents.

    Whatever writes an error into a log asks this. An error that a script's failure led to is told
    by its class and that failure.
    """
    if isinstance(error, ScriptFailure):
        return error.logged
    cause = error.__cause__
    while cause is not None:
        if isinstance(cause, ScriptFailure):
            return f"{type(error).__name__}: {cause.logged}"
        cause = cause.__cause__
    return str(error)
