"""What the originals did by accident, version by version, for clients that lean on it.

``reference/jbpm-rest-api.md`` 8, 9.1 and the tables of 2.6, 2.9 and 3.5 say what each version did
and what a server should choose. The choice is the rule here (``fixed``); with the setting
``jbpm_accidents=exact`` a version also has its accidents. Each is one named flag.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from procession.errors import NotFound, NotPermitted
from procession.rest.jbpm.errors import (
    BAD_REQUEST,
    CHALLENGE,
    FAILURE,
    NOT_FOUND,
    PERMISSIONS_CONFLICT,
    Failure,
)

_OPERATION: Final = re.compile(r".*/tasks?/-?[0-9]+/([a-zA-Z]+)")
_RUNTIME: Final = re.compile(r".*/runtime/[^/]+/(?:history|(?:withvars/)?process)/.*")
_FAILING: Final = frozenset({"complete", "exit", "fail", "skip"})
EARLY_JOBS: Final = ("DEPLOYING", "UNDEPLOYING")
LATER_JOBS: Final = ("ACCEPTED", "ACCEPTED")
"""How a unit stands when deploying and when undeploying has been asked for."""


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
    27). ``errors_are_responses``: an error has the root ``response`` (8, 25). ``container_pages``:
    an address that there is not is answered by a page in HTML (2.0). ``denials_ask_again``: who
    may not do a task operation gets a 401 (2.6).
    ``unknown_statuses_fail``: a status that nobody knows is a 500 (4.1). ``odd_floats_fail``: so is
    ``1.2.3`` as a value (3.2). ``strange_bodies_fail``: so are commands in another media type, not
    a 415 (1.4). ``insists_on_media``: a deployment's addresses answer 406 to who takes neither XML
    nor JSON (8, 28).

    *What there is.* ``lacks``: addresses that the version had not (9.1); those of ``execute`` are
    always there, because a request says its own version. ``gav_only``: a deployment id has three
    to five parts (8, 46). ``heeds_units``: history below a deployment that is not there is a 400.

    *What is read.* ``forgets_variables``: a start with ``corrProp`` has no variables (8, 29).
    ``forgets_forms``: parameters in a form body are not read (8, 44). ``forgets_faults``: what
    ``fail-task`` says is lost (C28). ``exact_names``: ``/task/query`` knows its parameters by their
    exact names, ``pagesize`` among them (8, 16; 3.5). ``exact_targets``: ``targetId`` is not read
    (8, 12). ``ignores_keys``: ``corrProp`` is not (3.4). ``ignores_merging``: ``mergemode`` is not,
    not even to refuse it (D04). ``keeps_quotes``: a text in quotes keeps them (3.2).
    ``language_excludes``: a task without texts in ``language`` is left out (4.4). ``lone_page``: a
    page without a size is empty, or counts as everything, not ten (8, 14). ``one_log_status``:
    ``status`` of H09 means something only if it is 1. ``counts_ended``: ``activeProcesses`` means
    nothing to H02.
    ``ignores_required_roles``: what a descriptor asks for is not (B.10: 6.1 was the first to).
    ``limits_only``: H12 and H13 know a size, but no page. ``whole_unit_list``: D01 has no pages.
    ``refuses_groups``: a task cannot be delegated to a group (2.6). ``drops_unknown``: a command
    that nobody knows is left out, not refused (5.2).

    *What is answered.* ``texts_only``: one variable that is no text is a 500 (R09). ``lists_fail``:
    so is a list or a map in XML. ``odd_parameters_fail``: so is a work item in XML one of whose
    values is one (R11). ``ended_signalled``: an instance that a signal ended is a 404 (``missing``)
    or an empty element (``empty``), not its last state (R16). ``empty_variables``: no variable is
    told (R08). ``empty_contents``: the document of a task is empty (T19). ``hides_ids``:
    ``get-process-ids`` fails (8, 35). ``claims_own_only``: the next available task is one offered
    by name, never one offered to a group (8, 39). ``lists_once``: a list in JSON has no second name
    for scripts of another age (8, 6-7). ``made_order``: logs stand in the order in which they were
    made (2.5). ``job_words``: how a unit stands according to the answer to deploying and
    undeploying, which was done later (D04, D06). ``redeploys``: deploying what is deployed already
    is told to succeed (D04).
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
    container_pages: bool = False
    denials_ask_again: bool = False
    unknown_statuses_fail: bool = False
    odd_floats_fail: bool = False
    strange_bodies_fail: bool = False
    insists_on_media: bool = False
    lacks: frozenset[str] = frozenset()
    gav_only: bool = False
    heeds_units: bool = False
    forgets_variables: bool = False
    forgets_forms: bool = False
    forgets_faults: bool = False
    exact_names: bool = False
    exact_targets: bool = False
    ignores_keys: bool = False
    ignores_merging: bool = False
    keeps_quotes: bool = False
    language_excludes: bool = False
    lone_page: Literal["", "empty", "everything"] = ""
    one_log_status: bool = False
    counts_ended: bool = False
    limits_only: bool = False
    ignores_required_roles: bool = False
    whole_unit_list: bool = False
    refuses_groups: bool = False
    drops_unknown: bool = False
    texts_only: bool = False
    lists_fail: bool = False
    odd_parameters_fail: bool = False
    ended_signalled: Literal["", "missing", "empty"] = ""
    empty_variables: bool = False
    empty_contents: bool = False
    hides_ids: bool = False
    claims_own_only: bool = False
    lists_once: bool = False
    made_order: bool = False
    job_words: tuple[str, ...] = ()
    redeploys: bool = False

    def told(self, failure: Failure, error: BaseException, target: str) -> Failure:
        """What this version tells of an error at an address."""
        code, status = self._code(failure, error, target)
        untold = self.says_nothing and code in {400, 404}
        message = None if untold else failure.message
        headers = (*failure.headers, CHALLENGE) if code == 401 != failure.code else failure.headers
        return Failure(code, status, message, headers)

    def _code(self, failure: Failure, error: BaseException, target: str) -> tuple[int, str]:
        path = target.partition("?")[0]
        operation = _OPERATION.fullmatch(path)
        if operation is not None and isinstance(error, NotFound) and self.missing_tasks:
            return self._missing_task(operation[1].lower() in _FAILING)
        if operation is not None and self.denials_ask_again and _is_of_person(error):
            return 401, FAILURE
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


def _is_of_person(error: BaseException) -> bool:
    return isinstance(error, NotPermitted) and error.reason == "person"


_NOT_BEFORE_602 = frozenset({"R09", "T22", *(f"H{number:02}" for number in range(1, 14))})
_NOT_BEFORE_61 = frozenset({"R02", "GET R04", "POST R04", "T21", "D02"})
_NOT_BEFORE_62 = frozenset({"GET R04", "D07", "Q01", "Q02", "Q03"})
_NOT_BEFORE_64 = frozenset({"D08", "D09"})
_NOT_BEFORE_65 = frozenset({"D05"})
_UP_TO_601 = frozenset({"R08"})
_UP_TO_60 = _UP_TO_601 | {f"R{number}" for number in range(17, 27)}
_UP_TO_61 = _UP_TO_60 | {"POST R04"}

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
    lacks=_NOT_BEFORE_62 | _NOT_BEFORE_64 | _NOT_BEFORE_65 | _UP_TO_60,
    gav_only=True,
    exact_targets=True,
    ignores_keys=True,
    counts_ended=True,
    lists_once=True,
    made_order=True,
    job_words=LATER_JOBS,
)
_OLDEST = msgspec.structs.replace(
    _LEGACY,
    strange_bodies_fail=True,
    one_log_status=True,
    hides_ids=True,
    lacks=(_LEGACY.lacks - _UP_TO_60) | _NOT_BEFORE_61 | _UP_TO_601,
    ignores_merging=True,
    language_excludes=True,
    limits_only=True,
    ignores_required_roles=True,
    whole_unit_list=True,
    odd_parameters_fail=True,
    job_words=EARLY_JOBS,
    redeploys=True,
)
_EARLIEST = msgspec.structs.replace(
    _OLDEST,
    missing_tasks="earliest",
    missing_is_bad=True,
    errors_are_responses=True,
    forgets_forms=False,
    lone_page="",
    empty_variables=True,
    empty_contents=True,
    denials_ask_again=True,
    lacks=(_OLDEST.lacks - _UP_TO_601) | _NOT_BEFORE_602,
    gav_only=False,
    heeds_units=True,
    keeps_quotes=True,
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
    container_pages=True,
    lacks=_NOT_BEFORE_64 | _NOT_BEFORE_65 | _UP_TO_61,
    gav_only=True,
    exact_targets=True,
    lists_once=True,
    job_words=LATER_JOBS,
)
_LATER = msgspec.structs.replace(
    _MODERN, unknown_statuses_fail=True, odd_floats_fail=True, exact_names=True
)
_ACTIVATING = msgspec.structs.replace(_LATER, lacks=_NOT_BEFORE_65 | _UP_TO_61)
EXACT: Final = {
    "6.0.1": _EARLIEST,
    "6.0": _OLDEST,
    "6.1": _LEGACY,
    "6.2": msgspec.structs.replace(_MODERN, lists_fail=True),
    "6.3": _LATER,
    "6.4": _ACTIVATING,
    "6.5": msgspec.structs.replace(
        _ACTIVATING, lacks=_UP_TO_61, insists_on_media=True, refuses_groups=True
    ),
}
"""By version; 6.0.1 is also 6.0.0, 6.0 the last state of its line."""
