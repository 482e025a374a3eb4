"""Audit of real runs: deployed models, started, worked on, ended in every way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.core.evolve import evolve
from procession.core.state import empty_state
from procession.engine import Engine
from procession.errors import NotFound
from procession.history.projector import HistoryProjector
from procession.identity.model import Actor
from procession.runtime.clock import to_ms
from procession.runtime.projection import InstanceContext, recorded
from procession.services.paging import EVERYTHING
from procession.store.codec import decode_records
from procession.store.rows import JournalRow, NodeLogRow

from .test_projector import Turn

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:tns="http://www.jboss.org/drools" targetNamespace="t">'
)
TASK = (
    '<userTask id="{0}" name="Look"><potentialOwner><resourceAssignmentExpression>'
    "<formalExpression>{1}</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner></userTask>"
)


def flow(id: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


def process(id: str, *inside: str) -> bytes:
    body = "".join(inside)
    text = f'{HEAD}<process id="{id}" name="{id.title()}" tns:version="1.0">{body}</process>'
    return f"{text}</definitions>".encode()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine.open("sqlite://", threads=False) as engine:
        for name in ("ann", "bob"):
            engine.people.add_user(engine.admin, name)
        yield engine


def run(engine: Engine, *inside: str, by: str = "ann") -> int:
    engine.deployments.deploy(engine.admin, "org.acme:p:1.0", {"p.bpmn": process("p", *inside)})
    return engine.processes.start(by, "p", {"x": "1"}).id


def nodes(engine: Engine, instance: int) -> list[str]:
    """``+node`` entered, ``-node>flow`` left."""
    return [
        f"-{log.node_id}>{log.connection or ''}" if log.type else f"+{log.node_id}"
        for log in engine.history.nodes(engine.admin, instance).items
    ]


def test_rows_of_a_straight_run_with_a_sub_process(engine):
    script = (
        '<scriptTask id="{0}" scriptFormat="http://www.java.com/java">'
        '<script>kcontext.setVariable("{1}", "v");</script></scriptTask>'
    )
    instance = run(
        engine,
        '<property id="x"/><startEvent id="s"/>',
        flow("a", "s", "sub"),
        '<subProcess id="sub"><property id="y"/><startEvent id="s2"/>',
        flow("b", "s2", "set"),
        script.format("set", "y"),
        flow("c", "set", "e2"),
        '<endEvent id="e2"/></subProcess>',
        flow("d", "sub", "e"),
        '<endEvent id="e"/>',
    )

    assert nodes(engine, instance) == [
        "+s",
        "-s>a",
        "+sub",
        "+s2",
        "-s2>b",
        "+set",
        "-set>c",
        "+e2",
        "-e2>",
        "-sub>d",
        "+e",
        "-e>",
    ]
    logs = engine.history.variables(engine.admin, instance).items
    assert [(log.variable_id, log.value, log.old_value) for log in logs] == [
        ("x", "1", ""),
        ("sub:y", "v", ""),
    ]
    log = engine.history.instance("ann", instance)
    assert (log.status, log.identity, log.description) == (2, "ann", "P")
    assert log.end is not None


def test_a_task_is_entered_and_left_in_different_turns_with_its_work_item(engine):
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "t"),
        TASK.format("t", "bob"),
        flow("b", "t", "e"),
        '<endEvent id="e"/>',
    )
    (task,) = engine.tasks.of_instance("bob", instance, EVERYTHING).items

    engine.tasks.start("bob", task.id)
    engine.tasks.complete("bob", task.id, {})

    logs = engine.history.nodes("bob", instance, "t").items
    assert [(log.type, log.work_item_id, log.connection) for log in logs] == [
        (0, task.work_item_id, "a"),
        (1, task.work_item_id, "b"),
    ]
    assert nodes(engine, instance)[-3:] == ["-t>b", "+e", "-e>"]


def test_an_aborted_instance_leaves_what_was_active(engine):
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "t"),
        TASK.format("t", "bob"),
        flow("b", "t", "e"),
        '<endEvent id="e"/>',
    )

    engine.processes.abort("ann", instance)

    assert nodes(engine, instance)[-1] == "-t>"
    assert engine.history.instance("ann", instance).status == 3


def test_an_uncaught_error_end_aborts_with_its_code_and_is_not_left(engine):
    model = process(
        "p",
        '<startEvent id="s"/>',
        flow("a", "s", "e"),
        '<endEvent id="e"><errorEventDefinition errorRef="err"/></endEvent>',
    ).replace(b"<process", b'<error id="err" errorCode="E7"/><process', 1)
    engine.deployments.deploy(engine.admin, "org.acme:p:1.0", {"p.bpmn": model})

    instance = engine.processes.start("ann", "p").id

    log = engine.history.instance("ann", instance)
    assert (log.status, log.outcome) == (3, "E7")
    assert nodes(engine, instance) == ["+s", "-s>a", "+e"]


def test_a_fork_and_a_join(engine):
    instance = run(
        engine,
        '<startEvent id="s"/><parallelGateway id="fork" gatewayDirection="Diverging"/>'
        '<parallelGateway id="join" gatewayDirection="Converging"/><endEvent id="e"/>',
        flow("a", "s", "fork"),
        flow("b", "fork", "join"),
        flow("c", "fork", "join"),
        flow("d", "join", "e"),
    )

    assert nodes(engine, instance) == [
        "+s",
        "-s>a",
        "+fork",
        "-fork>b",
        "+join",
        "-fork>c",
        "+join",
        "-join>d",
        "+e",
        "-e>",
    ]
    logs = engine.history.nodes("ann", instance, "join").items
    assert len({log.node_instance_id for log in logs}) == 1
    assert [log.connection for log in logs] == ["b", "c", "d"]


def test_a_join_that_an_abort_finds_waiting_is_left(engine):
    instance = run(
        engine,
        '<startEvent id="s"/><parallelGateway id="fork" gatewayDirection="Diverging"/>'
        '<parallelGateway id="join" gatewayDirection="Converging"/><endEvent id="e"/>',
        TASK.format("t", "bob"),
        flow("a", "s", "fork"),
        flow("b", "fork", "join"),
        flow("c", "fork", "t"),
        flow("f", "t", "join"),
        flow("d", "join", "e"),
    )

    engine.processes.abort("ann", instance)

    assert sorted(nodes(engine, instance)[-2:]) == ["-join>", "-t>"]


def test_a_called_process_has_audit_of_its_own_that_its_root_s_starter_sees(engine):
    engine.deployments.deploy(
        engine.admin,
        "org.acme:called:1.0",
        {
            "c.bpmn": process(
                "child",
                '<startEvent id="s"/>',
                flow("a", "s", "t"),
                TASK.format("t", "bob"),
                flow("b", "t", "e"),
                '<endEvent id="e"/>',
            )
        },
    )
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "call"),
        '<callActivity id="call" calledElement="child"/>',
        flow("b", "call", "e"),
        '<endEvent id="e"/>',
    )

    (child,) = engine.history.children("ann", instance).items

    assert (child.process_id, child.parent_process_instance_id) == ("child", instance)
    assert nodes(engine, child.process_instance_id) == ["+s", "-s>a", "+t"]
    assert engine.history.children("bob", child.process_instance_id).items == ()
    assert engine.history.instance("bob", child.process_instance_id) == child
    with pytest.raises(NotFound):
        engine.history.instance("bob", instance)


def test_what_came_to_nothing_leaves_no_audit(engine):
    model = (
        '<scriptTask id="bad" scriptFormat="http://www.java.com/java">'
        '<script>throw new RuntimeException("no");</script></scriptTask>'
    )
    with pytest.raises(Exception, match="no"):
        run(
            engine,
            '<startEvent id="s"/>',
            flow("a", "s", "bad"),
            model,
            flow("b", "bad", "e"),
            '<endEvent id="e"/>',
        )

    assert engine.history.instances(engine.admin).items == ()


def test_clearing_leaves_running_instances_that_end_later(engine):
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "t"),
        TASK.format("t", "bob"),
        flow("b", "t", "e"),
        '<endEvent id="e"/>',
    )

    engine.history.clear(engine.admin)
    engine.processes.abort("ann", instance)

    assert engine.history.instance("ann", instance).status == 3
    engine.history.clear(engine.admin)
    assert engine.history.instances(engine.admin).items == ()


def test_an_instance_whose_audit_was_cleared_still_ends(engine):
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "t"),
        TASK.format("t", "bob"),
        flow("b", "t", "e"),
        '<endEvent id="e"/>',
    )
    engine.history.clear(engine.admin, everything=True)

    engine.processes.abort("ann", instance)

    assert engine.processes.active(engine.admin, None, EVERYTHING).items == ()


def test_strangers_find_nothing_and_participants_find_their_instances(engine):
    instance = run(
        engine,
        '<startEvent id="s"/>',
        flow("a", "s", "t"),
        TASK.format("t", "bob"),
        flow("b", "t", "e"),
        '<endEvent id="e"/>',
    )
    stranger = Actor("eve", frozenset({"PM"}))

    assert engine.processes.get("bob", instance).id == instance
    assert [one.id for one in engine.processes.active("bob", None, EVERYTHING).items] == [instance]
    assert engine.processes.active(stranger, None, EVERYTHING).items == ()
    with pytest.raises(NotFound):
        engine.processes.get(stranger, instance)
    with pytest.raises(NotFound):
        engine.processes.abort(stranger, instance)


def test_audit_can_be_written_again_from_the_journal(engine):
    instance = run(
        engine,
        '<property id="x"/><startEvent id="s"/><parallelGateway id="fork"/>'
        '<parallelGateway id="join"/><endEvent id="e"/>',
        TASK.format("t", "bob"),
        TASK.format("u", "bob"),
        flow("a", "s", "fork"),
        flow("b", "fork", "t"),
        flow("c", "fork", "u"),
        flow("d", "t", "join"),
        flow("f", "u", "join"),
        flow("g", "join", "e"),
    )
    for task in engine.tasks.of_instance("bob", instance, EVERYTHING).items:
        engine.tasks.start("bob", task.id)
        engine.tasks.complete("bob", task.id, {})

    again = rewritten(engine, instance)

    logs = engine.history.nodes(engine.admin, instance).items
    assert [
        (row.type, row.node_id, row.node_instance_id, row.connection, row.at) for row in again
    ] == [
        (log.type, log.node_id, int(log.node_instance_id), log.connection, to_ms(log.date))
        for log in logs
    ]


def rewritten(engine: Engine, instance: int) -> list[NodeLogRow]:
    """Node rows made anew from the journal, turn by turn."""
    log = engine.history.instance(engine.admin, instance)
    with engine.room.store.read() as reader:
        turns = [JournalRow(*row) for row in reader.hot("journal", (instance,))]
    first = decode_records(turns[0].body)[0]
    definition = engine.room.definitions.get(
        first.definition.deployment, first.definition.process, first.definition.revision
    )
    state = empty_state(instance, first.definition)
    context = InstanceContext(
        instance, log.uuid, instance, 0, definition, state, to_ms(log.start), True
    )
    rows: list[NodeLogRow] = []
    for turn in turns:
        first, records = state.seq + 1, decode_records(turn.body)
        for record in records:
            evolve(state, record)
        written = Turn()
        HistoryProjector().project([recorded(records, context, first, turn.at)], written)
        rows += written.of(NodeLogRow)
    return rows
