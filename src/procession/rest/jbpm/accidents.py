"""What the originals did by accident, version by version, for clients that lean on it.

``reference/jbpm-rest-api.md`` 8 and the tables of 2.6, 2.9 and 3.5 say what each version did and
what a server should choose. The choice is the rule here (``fixed``); with the setting
``jbpm_accidents=exact`` a version also has its accidents. Each is one named flag.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from procession.errors import NotFound
from procession.rest.jbpm.errors import (
    BAD_REQUEST,
    FAILURE,
    NOT_FOUND,
    PERMISSIONS_CONFLICT,
    Failure,
)

_OPERATION: Final = re.compile(r".*/tasks?/-?[0-9]+/([a-zA-Z]+)")
_RUNTIME: Final = re.compile(r".*/runtime/[^/]+/(?:withvars/)?process/.*")
_FAILING: Final = frozenset({"complete", "exit", "fail", "skip"})


class Accidents(msgspec.Struct, frozen=True, kw_only=True):
    """The accidents of one version.

    *Errors.* ``conflicts_fail``: a task operation that is refused is a 500, not a 409, and a mere
    failure in ``execute`` (8, 18; 5.4). ``missing_tasks``: an operation on a task that does not
    exist is a 409, or a 500 for those that end it (``conflict``), or a 404 for those and a 409 else
    (``earliest``), or always a 500 (``failure``), not always a 404 (8, 19).
    ``missing_logs_fail``: the history of an unknown instance is a 500, not a 404 (8, 37).
    ``missing_is_bad``: a deployment or an instance that does not exist is a 400 (R03, R05, R15).
    ``missing_variables``: a variable that does not exist is a 500 (``failure``) or nothing at all
    (``empty``), not a 404 (R09). ``missing_signalled``: to signal an instance that does not exist
    is a 404 where each instance has a session of its own (8, 30). ``says_nothing``: 400 and 404
    have no message (8, 26). ``errors_are_xml``: an error is XML even where it is called JSON (8,
    27). ``errors_are_responses``: an error has the root ``response`` (8, 25).
    ``unknown_statuses_fail``: a status that nobody knows is a 500 (4.1). ``odd_floats_fail``: so is
    ``1.2.3`` as a value (3.2). ``strange_bodies_fail``: so are commands in another media type, not
    a 415 (1.4). ``insists_on_media``: a deployment's addresses answer 406 to who takes neither XML
    nor JSON (8, 28).

    *What is read.* ``forgets_variables``: a start with ``corrProp`` has no variables (8, 29).
    ``forgets_forms``: parameters in a form body are not read (8, 44). ``forgets_faults``: what
    ``fail-task`` says is lost (C28). ``exact_names``: ``/task/query`` knows its parameters by their
    exact names, ``pagesize`` among them (8, 16; 3.5). ``lone_page``: a page without a size is
    empty, or counts as everything, not ten (8, 14). ``one_log_status``: ``status`` of H09 means
    something only if it is 1. ``drops_unknown``: a command that nobody knows is left out, not
    refused (5.2).

    *What is answered.* ``texts_only``: one variable that is no text is a 500 (R09).
    ``ended_signalled``: an instance that a signal ended is a 404 (``missing``) or an empty element
    (``empty``), not its last state (R16). ``empty_variables``: no variable is told (R08).
    ``empty_contents``: the document of a task is empty (T19). ``hides_ids``: ``get-process-ids``
    fails (8, 35). ``claims_own_only``: the next available task is one offered by name, never one
    offered to a group (8, 39). ``repeats_logs``: in JSON a log has a copy of itself in ``result``,
    and the list stands there twice (2.5).
    """

    conflicts_fail: bool = False
    missing_tasks: Literal["", "conflict", "earliest", "failure"] = ""
    missing_logs_fail: bool = False
    missing_is_bad: bool = False
    missing_variables: Literal["", "failure", "empty"] = ""
    missing_signalled: bool = False
    says_nothing: bool = False
    errors_are_xml: bool = False
    errors_are_responses: bool = False
    unknown_statuses_fail: bool = False
    odd_floats_fail: bool = False
    strange_bodies_fail: bool = False
    insists_on_media: bool = False
    forgets_variables: bool = False
    forgets_forms: bool = False
    forgets_faults: bool = False
    exact_names: bool = False
    lone_page: Literal["", "empty", "everything"] = ""
    one_log_status: bool = False
    drops_unknown: bool = False
    texts_only: bool = False
    ended_signalled: Literal["", "missing", "empty"] = ""
    empty_variables: bool = False
    empty_contents: bool = False
    hides_ids: bool = False
    claims_own_only: bool = False
    repeats_logs: bool = False

    def told(self, failure: Failure, error: BaseException, target: str) -> Failure:
        """What this version tells of an error at an address."""
        code, status = self._code(failure, error, target)
        untold = self.says_nothing and code in {400, 404}
        message = None if untold else failure.message
        return msgspec.structs.replace(failure, code=code, status=status, message=message)

    def _code(self, failure: Failure, error: BaseException, target: str) -> tuple[int, str]:
        path = target.partition("?")[0]
        operation = _OPERATION.fullmatch(path)
        if operation is not None and isinstance(error, NotFound) and self.missing_tasks:
            return self._missing_task(operation[1].lower() in _FAILING)
        if operation is not None and failure.code == 409 and self.conflicts_fail:
            return 500, FAILURE
        if self.missing_logs_fail and failure.code == 404 and "/history/instance/" in path:
            return 500, FAILURE
        if self.missing_is_bad and isinstance(error, NotFound) and _RUNTIME.fullmatch(path):
            return 400, BAD_REQUEST
        if self.strange_bodies_fail and failure.code == 415:
            return 500, FAILURE
        return failure.code, failure.status

    def _missing_task(self, ends: bool) -> tuple[int, str]:
        if self.missing_tasks == "earliest":
            return (404, NOT_FOUND) if ends else (409, PERMISSIONS_CONFLICT)
        if self.missing_tasks == "failure" or ends:
            return 500, FAILURE
        return 409, PERMISSIONS_CONFLICT


FIXED: Final = Accidents()
_LEGACY = Accidents(
    missing_tasks="conflict",
    missing_logs_fail=True,
    missing_variables="failure",
    errors_are_xml=True,
    forgets_forms=True,
    forgets_faults=True,
    lone_page="empty",
    drops_unknown=True,
    texts_only=True,
    ended_signalled="missing",
    claims_own_only=True,
)
_OLDEST = msgspec.structs.replace(
    _LEGACY,
    strange_bodies_fail=True,
    one_log_status=True,
    empty_variables=True,
    hides_ids=True,
    repeats_logs=True,
)
_EARLIEST = msgspec.structs.replace(
    _OLDEST,
    missing_tasks="earliest",
    missing_is_bad=True,
    errors_are_responses=True,
    forgets_forms=False,
    lone_page="",
    empty_contents=True,
)
_MODERN = Accidents(
    conflicts_fail=True,
    missing_tasks="failure",
    missing_logs_fail=True,
    missing_variables="empty",
    missing_signalled=True,
    says_nothing=True,
    errors_are_xml=True,
    forgets_variables=True,
    lone_page="everything",
    drops_unknown=True,
    ended_signalled="empty",
    claims_own_only=True,
)
_LATER = msgspec.structs.replace(
    _MODERN, unknown_statuses_fail=True, odd_floats_fail=True, exact_names=True
)
EXACT: Final = {
    "6.0.1": _EARLIEST,
    "6.0": _OLDEST,
    "6.1": _LEGACY,
    "6.2": _MODERN,
    "6.3": _LATER,
    "6.4": _LATER,
    "6.5": msgspec.structs.replace(_LATER, insists_on_media=True),
}
"""By version; 6.0.1 is also 6.0.0, 6.0 the last state of its line."""
