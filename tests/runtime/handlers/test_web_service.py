"""WebService and tasks of ``##WebService``, against a real server that describes itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from procession.testing.models import parameters
from tests.runtime.handlers.house import HttpServer, incident, run, run_model
from tests.runtime.handlers.soap_server import NS, TYPES, calls, serve_greetings, wsdl
from tests.runtime.rooms import deploy, jobs, state_of, straight, variables, visited


@pytest.fixture
def address(server):
    return serve_greetings(server)


@pytest.mark.parametrize("mode", ["", "SYNC", "async"])
def test_an_operation_is_called_with_its_parameter(engine, server, address, mode):
    id = run(
        engine,
        "WebService",
        outputs="Result",
        Url=address,
        Namespace=NS,
        Interface="GreetingService",
        Operation="greet",
        Parameter="Ann",
        Mode=mode,
    )

    assert variables(engine, id) == {"Result": "Hello Ann"}
    [call] = calls(server)
    assert call.headers["soapaction"] == f'"{NS}/greet"'
    assert call.headers["idempotency-key"]


def test_an_object_names_the_parts_and_an_object_is_the_answer(engine, address):
    inside = parameters(
        constants={"Url": address, "Interface": "Greeting", "Operation": "total"},
        inputs={"Parameter": "order"},
        outputs={"Result": "sum"},
    )
    process = straight(
        "p",
        lambda m: m.task("t", inside, taskName="WebService"),
        lambda m: m.task("w", taskName="Wait"),
        variables="order sum",
    )

    id = run_model(engine, process, {"order": {"currency": "EUR", "price": ["1.50", "2.25"]}})

    found = engine.processes.get(engine.admin, id).variables["sum"]
    assert found == {"currency": "EUR", "sum": Decimal("3.75"), "count": 2}


def test_a_service_task_uses_the_description_its_file_imports(engine, server, address):
    inside = parameters(constants={"Parameter": "Bob"}, outputs={"Result": "text"})
    process = straight(
        "p",
        lambda m: m.service("s", inside, operationRef="op", implementation="##WebService"),
        variables="text",
    )
    process.root(
        f'<import importType="http://schemas.xmlsoap.org/wsdl/" location="{address}"'
        f' namespace="{NS}"/>'
    )
    process.root('<message id="m"/>')
    process.root(
        '<interface id="i" name="Greeting" implementationRef="GreetingService">'
        '<operation id="op" name="greet" implementationRef="greet">'
        "<inMessageRef>m</inMessageRef></operation></interface>"
    )

    id = run_model(engine, process)

    assert variables(engine, id) == {"text": "Hello Bob"}


def test_a_service_task_without_a_description_stays_open(engine):
    process = straight("p", lambda m: m.service("s", implementation="##WebService"))

    id = run_model(engine, process)

    assert state_of(engine, id) == 1
    assert [job.state for job in jobs(engine)] == ["external"]


def test_a_call_of_one_way_does_not_hold_the_process_up(engine, server, address):
    deploy(engine, straight("p", _one_way(address)))

    view = engine.processes.start(engine.admin, "p")

    assert view.state == 2
    assert not calls(server)
    engine.run_due_jobs()
    assert len(calls(server)) == 1
    assert not jobs(engine)


def _one_way(address):
    inside = parameters(
        constants={"Url": address, "Operation": "greet", "Parameter": "x", "Mode": "ONEWAY"}
    )
    return lambda m: m.task("t", inside, taskName="WebService")


@pytest.mark.parametrize("code", ["Client", "SOAP_FAULT", "javax.xml.ws.soap.SOAPFaultException"])
def test_a_fault_is_an_error_for_the_model(engine, server, address, code):
    id = run(engine, "WebService", code=code, Url=address, Operation="greet", Parameter="nobody")

    assert visited(engine, id, "caught") == 1
    assert len(calls(server)) == 1


def test_a_fault_of_the_server_is_tried_again_first(engine, server, address, clock):
    id = run(
        engine, "WebService", code="SOAP_FAULT", Url=address, Operation="greet", Parameter="busy"
    )
    for _ in range(2):
        clock.advance(timedelta(minutes=10))
        engine.run_due_jobs()

    assert visited(engine, id, "caught") == 1
    assert len({call.headers["idempotency-key"] for call in calls(server)}) == 1
    assert len(calls(server)) == 3


def test_a_fault_nobody_catches_is_an_incident(engine, address):
    id = run(engine, "WebService", Url=address, Operation="greet", Parameter="nobody")

    assert incident(engine) == "WorkFailed: the web service answered with a fault: no one"
    assert state_of(engine, id) == 1


def test_another_endpoint_may_be_given(engine, server, address):
    server.routes["/other"] = server.routes.pop("/greeting")

    id = run(
        engine,
        "WebService",
        outputs="Result",
        Url=address,
        Operation="greet",
        Parameter="Ann",
        Endpoint=f"{server.url}/other",
    )

    assert variables(engine, id) == {"Result": "Hello Ann"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Operation": "sing"}, "no operation 'sing'"),
        ({"Operation": "greet", "Interface": "Opera"}, "no service or port type 'Opera'"),
        ({"Operation": "greet", "Mode": "SOMETIMES"}, "Mode must be"),
        ({"Operation": "total", "Parameter": "x"}, "does not fit the WSDL"),
        ({}, "Operation is a required parameter"),
    ],
)
def test_what_does_not_fit_the_description_is_told(engine, address, given, told):
    try:
        run(engine, "WebService", Url=address, **given)
        message = incident(engine)
    except Exception as error:
        message = str(error)

    assert told in message


# -- where it may not go -----------------------------------------------------------------------


def test_a_description_on_a_host_that_is_not_allowed_is_not_read(engine):
    with HttpServer().running() as inner:
        url = serve_greetings(inner)

        run(engine, "WebService", Url=url, Operation="greet", Parameter="x")

        assert "not allowed" in incident(engine)
        assert not inner.asked


def test_a_description_does_not_lead_to_a_host_that_is_not_allowed(engine, server):
    with HttpServer().running() as inner:
        serve_greetings(inner)
        server.says("/x.wsdl", wsdl(f"{inner.url}/greeting"))

        run(engine, "WebService", Url=f"{server.url}/x.wsdl", Operation="greet", Parameter="x")

        assert "not allowed" in incident(engine)
        assert not inner.asked


def test_credentials_are_for_the_hosts_the_model_names(open_engine, server):
    with HttpServer().running() as other:
        serve_greetings(other)
        server.says("/x.wsdl", wsdl(f"http://localhost:{other.port}/greeting"))
        engine = open_engine(allowed_hosts=("127.0.0.1", "localhost"))
        given = {"Operation": "greet", "Parameter": "x", "Username": "ann", "Password": "pw"}

        run(engine, "WebService", Url=f"{server.url}/x.wsdl", **given)
        run(engine, "WebService", Url=f"{other.url}/greeting.wsdl", **given)

    assert "authorization" in server.asked[0].headers
    first, second = calls(other)
    assert "authorization" not in first.headers
    assert "authorization" in second.headers


@pytest.mark.parametrize("place", ["{inner}/x.xsd", "file:///etc/passwd", "/etc/passwd"])
def test_what_a_description_imports_is_bound_alike(engine, server, place):
    with HttpServer().running() as inner:
        inner.says("/x.xsd", TYPES)
        imported = (
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
            f'<xs:import namespace="{NS}" schemaLocation="{place.format(inner=inner.url)}"/>'
            "</xs:schema>"
        )
        server.says("/x.wsdl", wsdl(f"{server.url}/greeting", imported))

        run(engine, "WebService", Url=f"{server.url}/x.wsdl", Operation="greet", Parameter="x")

        assert incident(engine)
        assert not inner.asked
        assert not calls(server)


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_a_description_with_a_document_type_is_refused(engine, server, before):
    serve_greetings(server)
    server.says("/x.wsdl", wsdl(f"{server.url}/greeting", before=before))

    run(engine, "WebService", Url=f"{server.url}/x.wsdl", Operation="greet", Parameter="x")

    assert incident(engine)
    assert not calls(server)
