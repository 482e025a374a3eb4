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
from procession.rest.jbpm.errors import FAILURE, PERMISSIONS_CONFLICT, Failure

_OPERATION: Final = re.compile(r".*/tasks?/-?[0-9]+/([a-zA-Z]+)")
_FAILING: Final = frozenset({"complete", "exit", "fail", "skip"})


class Accidents(msgspec.Struct, frozen=True, kw_only=True):
    """The accidents of one version.

    ``conflicts_fail``: a task operation that is refused is a 500, not a 409 (8, 18).
    ``missing_tasks``: an operation on a task that does not exist is a 409, or a 500 for those that
    end it (``conflict``), or always a 500 (``failure``), not a 404 (8, 19).
    ``missing_logs_fail``: the history of an unknown instance is a 500, not a 404 (8, 37).
    ``says_nothing``: 400 and 404 have no message (8, 26). ``errors_are_xml``: an error is XML even
    where it is called JSON (8, 27).
    ``texts_only``: one variable that is no text is a 500 (R09).
    ``forgets_variables``: a start with ``corrProp`` has no variables (8, 29).
    ``lone_page``: a page without a size is empty, or counts as everything, not ten (8, 14).
    ``hides_ids``: ``get-process-ids`` fails (8, 35).
    """

    conflicts_fail: bool = False
    missing_tasks: Literal["", "conflict", "failure"] = ""
    missing_logs_fail: bool = False
    says_nothing: bool = False
    errors_are_xml: bool = False
    texts_only: bool = False
    forgets_variables: bool = False
    lone_page: Literal["", "empty", "everything"] = ""
    hides_ids: bool = False

    def told(self, failure: Failure, error: BaseException, target: str) -> Failure:
        """What this version tells of an error at an address."""
        code, status = self._code(failure, error, target)
        untold = self.says_nothing and code in {400, 404}
        message = None if untold else failure.message
        return msgspec.structs.replace(failure, code=code, status=status, message=message)

    def _code(self, failure: Failure, error: BaseException, target: str) -> tuple[int, str]:
        operation = _OPERATION.fullmatch(target.partition("?")[0])
        if operation is not None and isinstance(error, NotFound) and self.missing_tasks:
            ends = operation[1].lower() in _FAILING
            if self.missing_tasks == "failure" or ends:
                return 500, FAILURE
            return 409, PERMISSIONS_CONFLICT
        if operation is not None and failure.code == 409 and self.conflicts_fail:
            return 500, FAILURE
        if self.missing_logs_fail and failure.code == 404 and "/history/instance/" in target:
            return 500, FAILURE
        return failure.code, failure.status


FIXED: Final = Accidents()
_LEGACY = Accidents(
    missing_tasks="conflict",
    missing_logs_fail=True,
    errors_are_xml=True,
    texts_only=True,
    lone_page="empty",
)
_MODERN = Accidents(
    conflicts_fail=True,
    missing_tasks="failure",
    missing_logs_fail=True,
    says_nothing=True,
    errors_are_xml=True,
    forgets_variables=True,
    lone_page="everything",
)
EXACT: Final = {
    "6.0": msgspec.structs.replace(_LEGACY, hides_ids=True),
    "6.1": _LEGACY,
    **dict.fromkeys(("6.2", "6.3", "6.4", "6.5"), _MODERN),
}
"""By version."""
