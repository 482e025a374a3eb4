"""Rest, against a real server."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta

import pytest

from procession.errors import Invalid
from procession.testing.models import parameters
from tests.runtime.handlers.house import HttpServer, calling, incident, run, run_model
from tests.runtime.rooms import deploy, jobs, state_of, straight, variables, visited


@pytest.mark.parametrize("name", ["Rest", "REST"])
def test_an_answer_is_the_result_with_its_status(engine, server, name):
    server.says("/hello", {"greeting": "hi", "n": [1, 2]})

    id = run(engine, name, outputs="Result Status StatusMsg", Url=f"{server.url}/hello?x=1")

    found = variables(engine, id)
    assert found["Status"] == "200"
    assert "greeting" in found["Result"]
    assert found["StatusMsg"] == (
        f"request to endpoint {server.url}/hello successfully completed OK"
    )
    assert (server.asked[0].method, server.asked[0].path) == ("GET", "/hello?x=1")


def test_it_is_called_after_the_start_is_answered(engine, server):
    server.says("/", "x")
    deploy(engine, calling("Rest", Url=server.url))

    engine.processes.start(engine.admin, "p")

    assert not server.asked
    engine.run_due_jobs()
    assert server.asked


def test_it_is_called_within_the_request_if_the_operator_says_so(open_engine, server):
    server.says("/", "x")
    engine = open_engine(allowed_hosts=(server.host,), inline_handlers=("Rest",))
    deploy(engine, calling("Rest", outputs="Status", Url=server.url))

    assert engine.processes.start(engine.admin, "p").variables == {"Status": 200}


def test_an_inline_handler_must_be_one_of_ours(open_engine):
    with pytest.raises(Invalid, match="inline_handlers: 'Fax' is none of"):
        open_engine(inline_handlers=("Fax",))


def test_content_and_headers_are_sent_with_a_stable_key(engine, server):
    server.says("/", "", 201)

    run(
        engine,
        "Rest",
        Url=f"{server.url}/",
        Method="post",
        Content='{"a": 1}',
        ContentType="application/json; charset=utf-8",
        Headers="X-One=1; X-Two=a=b",
    )

    [asked] = server.asked
    assert (asked.method, asked.body) == ("POST", b'{"a": 1}')
    assert asked.headers["content-type"] == "application/json; charset=utf-8"
    assert (asked.headers["x-one"], asked.headers["x-two"]) == ("1", "a=b")
    assert asked.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("wanted", "answered", "result"),
    [
        ("java.lang.String", '{"a": 1}', '{"a": 1}'),
        ("java.lang.Integer", "42", "42"),
        ("java.lang.Boolean", "true", "true"),
    ],
)
def test_the_model_says_as_what_it_wants_the_answer(engine, server, wanted, answered, result):
    server.routes["/"] = lambda _: (200, {"Content-Type": "application/json"}, answered.encode())

    id = run(engine, "Rest", outputs="Result", Url=f"{server.url}/", ResultClass=wanted)

    assert variables(engine, id)["Result"] == result


def test_a_bad_status_is_a_result_unless_the_model_handles_it(engine, server):
    server.says("/", "gone", 410)

    id = run(engine, "Rest", outputs="Status StatusMsg", Url=f"{server.url}/")

    assert variables(engine, id) == {
        "Status": "410",
        "StatusMsg": f"endpoint {server.url}/ could not be reached: gone",
    }


@pytest.mark.parametrize(
    "code",
    ["HTTP_404", "HTTP_4xx", "org.jbpm.process.workitem.rest.RESTServiceException"],
)
def test_a_bad_status_that_stays_is_an_error_at_once(engine, server, code):
    id = run(engine, "Rest", code=code, Url=f"{server.url}/", HandleResponseErrors="true")

    assert visited(engine, id, "caught") == 1
    assert len(server.asked) == 1


def test_a_bad_status_that_may_pass_is_tried_again_first(engine, server, clock):
    server.says("/", "busy", 503)

    id = run(engine, "Rest", code="HTTP_503", Url=f"{server.url}/", HandleResponseErrors="true")
    assert visited(engine, id, "caught") == 0
    for _ in range(2):
        clock.advance(timedelta(minutes=10))
        engine.run_due_jobs()

    assert visited(engine, id, "caught") == 1
    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1
    assert len(server.asked) == 3


def test_it_waits_as_long_as_the_server_asks(engine, server, clock):
    server.says("/", "busy", 429, Retry_After="1234")

    run(engine, "Rest", Url=f"{server.url}/", HandleResponseErrors="true")

    assert jobs(engine)[0].due == clock.now() + timedelta(seconds=1234)


def test_what_nobody_catches_is_an_incident(engine, server):
    id = run(engine, "Rest", Url=f"{server.url}/?token=abc", HandleResponseErrors="true")

    assert incident(engine) == f"WorkFailed: GET {server.url}/ answered 404"
    assert state_of(engine, id) == 1


def test_a_name_and_password_are_sent_as_basic(open_engine, server):
    server.says("/", "")
    engine = open_engine(allowed_hosts=(server.host,), secrets=("crm=s3cret",))

    run(engine, "Rest", Url=f"{server.url}/", Username="ann", Password="secret:crm")

    sent = server.asked[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent) == b"ann:s3cret"


def test_a_secret_that_is_not_there_is_an_incident_without_a_call(engine, server):
    run(engine, "Rest", Url=f"{server.url}/", Username="ann", Password="secret:crm")

    assert "there is no secret 'crm'" in incident(engine)
    assert not server.asked


@pytest.mark.parametrize(("host", "is_told"), [("127.0.0.1", True), ("crm.example", False)])
def test_a_secret_may_be_for_one_host_only(open_engine, server, host, is_told):
    server.says("/", "")
    engine = open_engine(allowed_hosts=(server.host,), secrets=(f"crm@{host}=s3cret",))

    run(engine, "Rest", Url=f"{server.url}/", Username="ann", Password="secret:crm")

    assert bool(server.asked) is is_told
    if not is_told:
        assert "the secret 'crm' is for crm.example only" in incident(engine)


def test_a_form_is_filled_in_and_its_cookie_kept(engine, server):
    server.routes["/login"] = lambda _: (200, {"Set-Cookie": "sid=7; Path=/"}, b"")
    server.says("/data", "ok")

    run(
        engine,
        "Rest",
        Url=f"{server.url}/data",
        AuthType="form",
        AuthUrl=f"{server.url}/login",
        Username="ann",
        Password="pw",
    )

    first, login, last = server.asked
    assert (first.path, login.path, last.path) == ("/data", "/login", "/data")
    assert login.body == b"j_username=ann&j_password=pw"
    assert last.headers["cookie"] == "sid=7"
    assert "authorization" not in last.headers


def test_a_slow_answer_is_given_up(engine, server):
    gate = threading.Event()
    server.routes["/"] = lambda _: (gate.wait(5), (200, {}, b""))[1]

    run(engine, "Rest", Url=f"{server.url}/", ReadTimeout=50)
    gate.set()

    assert jobs(engine)[0].last_error == f"WorkFailed: GET {server.url}/ did not answer in time"


def test_an_answer_that_is_too_large_is_refused(open_engine, server):
    server.says("/", b"x" * 2_000)
    engine = open_engine(allowed_hosts=(server.host,), handler_bytes=1_000)

    id = run(engine, "Rest", code="ANSWER_TOO_LARGE", Url=f"{server.url}/")

    assert visited(engine, id, "caught") == 1


def test_a_server_that_is_not_there_is_tried_again(open_engine):
    with HttpServer().running() as gone:
        url = gone.url
    engine = open_engine(allowed_hosts=("127.0.0.1",))

    run(engine, "Rest", Url=f"{url}/")

    [job] = jobs(engine)
    assert (job.state, job.failures) == ("ready", 1)
    assert job.last_error == f"WorkFailed: GET {url}/ failed: ConnectError"


# -- where it may not go -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http:///x",
        "//127.0.0.1/",
        "http://ann:pw@{host}/",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(engine, server, url):
    run(engine, "Rest", Url=url.format(host=server.host))

    assert "pw" not in incident(engine)
    assert not server.asked


def test_a_redirect_is_followed_where_the_host_is_allowed(engine, server):
    server.says("/old", "", 302, Location="/new")
    server.says("/new", "here")

    id = run(engine, "Rest", outputs="Result", Url=f"{server.url}/old")

    assert variables(engine, id) == {"Result": "here"}


def test_a_redirect_does_not_lead_out_of_the_allowed_hosts(engine, server):
    with HttpServer().running() as inner:
        server.says("/", "", 302, Location=f"{inner.url}/")

        id = run(engine, "Rest", code="HOST_NOT_ALLOWED", Url=f"{server.url}/")

        assert visited(engine, id, "caught") == 1
        assert not inner.asked


def test_a_redirect_of_a_post_is_an_answer(engine, server):
    server.says("/", "", 302, Location="/new")

    id = run(engine, "Rest", outputs="Status", Url=f"{server.url}/", Method="POST", Content="x")

    assert variables(engine, id) == {"Status": "302"}
    assert len(server.asked) == 1


def test_a_circle_of_redirects_ends(engine, server):
    server.says("/", "", 302, Location="/")

    run(engine, "Rest", Url=f"{server.url}/")

    assert "redirected too often" in incident(engine)
    assert len(server.asked) < 10


def test_a_header_cannot_be_smuggled_in(engine, server):
    run(engine, "Rest", Url=f"{server.url}/", Headers="X-A=1\r\nX-B: 2")

    assert not server.asked
    assert incident(engine)


def test_the_host_cannot_be_pretended(engine, server):
    run(engine, "Rest", Url=f"{server.url}/", Headers="Host=internal")

    assert not server.asked


def test_an_object_is_sent_as_json(engine, server):
    server.says("/", "")
    inside = parameters(
        constants={"Url": f"{server.url}/", "Method": "PUT"}, inputs={"Content": "order"}
    )
    process = straight("p", lambda m: m.task("t", inside, taskName="Rest"), variables="order")

    run_model(engine, process, {"order": {"id": 7, "lines": ["a", "b"]}})

    assert server.asked[0].body == b'{"id":7,"lines":["a","b"]}'
    assert server.asked[0].headers["content-type"] == "application/json"
