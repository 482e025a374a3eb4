"""Every error of ours as the dialect tells it."""

from __future__ import annotations

import msgspec
import pytest

from procession import errors
from procession.rest.jbpm.errors import STATUSES
from procession.web.http import NoRoute, TooLarge, UnsupportedMediaType
from tests.rest.jbpm.jbpm_samples import dialect, request

TABLE = [
    (errors.Invalid("m"), 400, "BAD_REQUEST"),
    (errors.InvalidValue("m"), 400, "BAD_REQUEST"),
    (errors.InvalidModel("m"), 400, "BAD_REQUEST"),
    (errors.NotFound("m"), 404, "NOT_FOUND"),
    (errors.Unauthenticated("m"), 401, "FORBIDDEN"),
    (errors.Unauthenticated("m", reason="throttled"), 429, "FAILURE"),
    (errors.Denied("m"), 403, "FORBIDDEN"),
    (errors.NotPermitted("m"), 409, "PERMISSIONS_CONFLICT"),
    (errors.Rejected("m"), 409, "PERMISSIONS_CONFLICT"),
    (errors.ExecutionFailure("m"), 500, "FAILURE"),
    (errors.NoOutgoingFlow("m"), 500, "FAILURE"),
    (errors.ScriptFailure("m"), 500, "FAILURE"),
    (errors.HandlerFailure("m"), 500, "FAILURE"),
    (errors.UncaughtError("m"), 500, "FAILURE"),
    (errors.LimitExceeded("m"), 500, "FAILURE"),
    (errors.Busy("m"), 503, "FAILURE"),
    (errors.StoreUnavailable("m"), 503, "FAILURE"),
    (errors.Conflict("m"), 503, "FAILURE"),
    (TooLarge("m"), 413, "BAD_REQUEST"),
    (UnsupportedMediaType("m"), 415, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("error", "code", "word"), TABLE, ids=lambda x: type(x).__name__)
def test_an_error_has_its_status_and_its_word(error: Exception, code: int, word: str) -> None:
    reply = dialect().fail(request(accept="application/json"), error)

    told = msgspec.json.decode(reply.body or b"")
    assert reply.status == code
    assert told["status"] == word
    assert told["message"] == "m"
    assert told["stackTrace"] is None


def test_every_class_of_error_is_in_the_table() -> None:
    direct = [kind for kind in errors.Fault.__subclasses__() if kind.__module__ == errors.__name__]
    listed = {row[0] for row in STATUSES}

    assert set(direct) - {errors.ExecutionFailure} <= listed
    assert STATUSES[-1][0] is errors.Fault


def test_every_problem_of_a_model_is_told() -> None:
    problems = ("line 3: _2: unknown element", "line 9: _7: no target")
    error = errors.InvalidModel(f"2 problems\n{problems[0]}", problems)

    reply = dialect().fail(request(), error)

    body = (reply.body or b"").decode()
    assert "2 problems\nline 3: _2: unknown element\nline 9: _7: no target" in body


def test_an_unexpected_error_says_nothing_of_itself() -> None:
    for accept in ("application/xml", "application/json"):
        reply = dialect().fail(request(accept=accept), ValueError("select * from secret"))

        assert reply.status == 500
        assert b"FAILURE" in (reply.body or b"")
        assert b"secret" not in (reply.body or b"")


def test_a_stranger_is_challenged() -> None:
    reply = dialect().fail(request(), errors.Unauthenticated())

    assert ("WWW-Authenticate", 'Basic realm="KIE Workbench Realm"') in reply.headers


def test_an_unknown_address_and_a_wrong_method() -> None:
    missing = dialect().fail(request(), NoRoute())
    wrong = dialect().fail(request(), NoRoute(["POST"]))

    assert (missing.status, wrong.status) == (404, 405)
    assert b"<status>NOT_FOUND</status>" in (missing.body or b"")
    assert b"<status>FAILURE</status>" in (wrong.body or b"")
    assert ("Allow", "POST") in wrong.headers
