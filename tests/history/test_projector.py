"""Audit rows of hand-made records: which there are, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from procession.core import records as r
from procession.core.evolve import evolve
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.state import (
    ROOT,
    DefinitionKey,
    InstanceStatus,
    Wait,
    WaitKind,
    empty_state,
)
from procession.history.levels import Level
from procession.history.projector import HistoryProjector
from procession.runtime.projection import InstanceContext, Recorded, recorded
from procession.store.rows import NodeLogRow, ProcessLogRow, VariableLogRow
from procession.values import Long, Map
from tests.history.entries import Entries

KEY = DefinitionKey("org.acme:hr:1.0", "hiring", 7)
START = r.ProcessInstanceStarted(KEY, 42, None, "ann", "key-1")
PROCESS = r.ElementActivated(ROOT, "", 0)


class Start(FlowNode):
    audit_type: ClassVar[str] = "StartNode"


class End(FlowNode):
    audit_type: ClassVar[str] = "EndNode"


class Fault(FlowNode):
    audit_type: ClassVar[str] = "FaultNode"


class Join(FlowNode):
    audit_type: ClassVar[str] = "Join"


class HumanTask(FlowNode):
    audit_type: ClassVar[str] = "HumanTaskNode"


class Hidden(FlowNode):
    is_hidden: ClassVar[bool] = True


def definition(**more: Any) -> ProcessDefinition:
    """start -a-> fork -b,c-> join -d-> end, with a task, a fault, a hidden node and a scope."""
    ends = {
        "a": ("start", "fork"),
        "b": ("fork", "join"),
        "c": ("fork", "join"),
        "d": ("join", "end"),
        "h": ("hidden", "end"),
    }
    nodes: list[FlowNode] = [
        Start(id="start", name="Begin"),
        FlowNode(id="fork"),
        Join(id="join", name="Meet"),
        End(id="end"),
        HumanTask(id="task", name="Look"),
        Fault(id="fault"),
        Hidden(id="hidden"),
        FlowNode(id="inner"),
    ]
    return ProcessDefinition(
        id="hiring",
        name="Hiring",
        version="1.0",
        key=KEY,
        root=FlowNode(id=""),
        nodes={node.id: node for node in nodes},
        flows={id: SequenceFlow(id=id, source=s, target=t) for id, (s, t) in ends.items()},
        **more,
    )


class Turn:
    """What a projector may use of a turn; keeps what is written."""

    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    now_ms = 1_767_603_600_000
    actor = "ann"
    reader: Any = None

    def __init__(self, items: dict[int, int] | None = None) -> None:
        self.uow: Any = self
        self.rows: list[Any] = []
        self.ended: list[tuple[Any, ...]] = []
        self.items = items or {}

    def insert(self, row: Any) -> None:
        self.rows.append(row)

    def log_nodes(self, *shared: Any) -> Entries:
        return Entries(self.rows, shared)

    def end_process_log(self, *values: Any) -> None:
        self.ended.append(values)

    def next_id(self, sequence: str = "public") -> int:
        raise AssertionError("history draws no numbers")

    def work_item_id(self, instance_id: int, wait_id: int) -> int | None:
        return self.items.get(wait_id)

    def of(self, kind: type) -> list[Any]:
        return [row for row in self.rows if type(row) is kind]


class Instance:
    """An instance that goes through records turn by turn."""

    def __init__(self, id: int = 42, parent: int = 0, **more: Any) -> None:
        self.definition = definition(**more)
        self.state = empty_state(id, KEY)
        self.context = InstanceContext(
            id, "uuid", 42, parent, self.definition, self.state, Turn.now_ms - 500, True
        )

    def batch(self, *records: r.Record) -> list[Recorded]:
        first = self.state.seq + 1
        for record in records:
            evolve(self.state, record)
        return [recorded(records, self.context, first, Turn.now_ms)]


def project(
    batch: Sequence[Recorded],
    items: dict[int, int] | None = None,
    *,
    level: Level = Level.FULL,
    zone: Any = UTC,
) -> Turn:
    turn = Turn(items)
    HistoryProjector(level, zone).project(batch, turn)
    return turn


def shown(turn: Turn) -> list[tuple[str, str, int, str | None]]:
    """Node rows as ``(enter|exit, node, number, connection)``."""
    return [
        ("exit" if row.type else "enter", row.node_id, row.node_instance_id, row.connection)
        for row in turn.of(NodeLogRow)
    ]


def test_a_straight_process_gives_one_complete_process_row_and_nested_node_rows():
    batch = Instance().batch(
        START,
        PROCESS,
        r.VariableSet(ROOT, "name", "Ann"),
        r.ElementActivated(2, "start", ROOT),
        r.ElementCompleted(2, "start"),
        r.SequenceFlowTaken("a", ROOT, 2),
        r.ElementActivated(3, "end", ROOT, flow="a"),
        r.ElementCompleted(3, "end"),
        r.ElementCompleted(ROOT, ""),
        r.ProcessInstanceEnded(InstanceStatus.COMPLETED),
    )

    turn = project(batch)

    assert shown(turn) == [
        ("enter", "start", 0, None),
        ("exit", "start", 0, "a"),
        ("enter", "end", 1, "a"),
        ("exit", "end", 1, None),
    ]
    assert turn.of(ProcessLogRow) == [
        ProcessLogRow(
            None,
            42,
            "uuid",
            42,
            "hiring",
            "Hiring",
            "1.0",
            "org.acme:hr:1.0",
            7,
            Turn.now_ms - 500,
            Turn.now_ms,
            2,
            None,
            None,
            500,
            "ann",
            "key-1",
            "Hiring",
        )
    ]
    assert turn.of(VariableLogRow) == [
        VariableLogRow(
            None, 42, 42, "hiring", "org.acme:hr:1.0", Turn.now_ms, "name", "name", "Ann", ""
        )
    ]
    assert turn.ended == []


def test_node_rows_say_name_type_and_deployment():
    instance = Instance()

    turn = project(instance.batch(START, PROCESS, r.ElementActivated(2, "start", ROOT)))

    row = turn.of(NodeLogRow)[0]
    assert (row.node_name, row.node_type) == ("Begin", "StartNode")
    assert (row.process_id, row.deployment_id, row.root_id) == ("hiring", KEY.deployment, 42)
    assert row.at == Turn.now_ms


def test_an_instance_that_goes_on_is_active_and_is_completed_by_a_later_turn():
    instance = Instance(parent=40)

    first = project(instance.batch(START, PROCESS))
    second = project(
        instance.batch(
            r.ElementCancelled(ROOT, ""), r.ProcessInstanceEnded(InstanceStatus.ABORTED, "E1")
        )
    )

    row = first.of(ProcessLogRow)[0]
    assert (row.status, row.ended_at, row.duration, row.parent_id) == (1, None, None, 40)
    assert second.ended == [(42, Turn.now_ms, 3, "E1", 500)]
    assert second.rows == []


def test_a_fork_is_left_once_for_each_flow_and_a_join_is_entered_once_for_each_token():
    instance = Instance()
    batch = instance.batch(
        START,
        PROCESS,
        r.ElementActivated(2, "fork", ROOT, flow="a"),
        r.ElementCompleted(2, "fork"),
        r.SequenceFlowTaken("b", ROOT, 2),
        r.TokenParked("join", "b", ROOT, 3),
        r.SequenceFlowTaken("c", ROOT, 2),
        r.TokenParked("join", "c", ROOT, 3),
        r.TokensJoined("join", ("b", "c"), ROOT),
        r.ElementActivated(3, "join", ROOT),
        r.ElementCompleted(3, "join"),
        r.SequenceFlowTaken("d", ROOT, 3),
    )

    assert shown(project(batch)) == [
        ("enter", "fork", 0, "a"),
        ("exit", "fork", 0, "b"),
        ("enter", "join", 1, "b"),
        ("exit", "fork", 0, "c"),
        ("enter", "join", 1, "c"),
        ("exit", "join", 1, "d"),
    ]


def test_a_join_whose_tokens_came_in_earlier_turns_is_not_entered_again():
    instance = Instance()
    project(instance.batch(START, PROCESS, r.TokenParked("join", "b", ROOT, 3)))

    turn = project(
        instance.batch(
            r.TokenParked("join", "c", ROOT, 3),
            r.TokensJoined("join", ("b", "c"), ROOT),
            r.ElementActivated(3, "join", ROOT),
        )
    )

    assert shown(turn) == [("enter", "join", 1, "c")]


def test_a_join_that_is_given_up_with_its_scope_is_left_without_connection():
    instance = Instance()
    project(instance.batch(START, PROCESS, r.TokenParked("join", "b", ROOT, 3)))

    turn = project(instance.batch(r.TokensJoined("join", ("b",), ROOT, 3)))

    assert shown(turn) == [("exit", "join", 1, None)]


def test_a_cancelled_node_is_left_once():
    instance = Instance()
    project(instance.batch(START, PROCESS, r.ElementActivated(2, "task", ROOT)))

    turn = project(instance.batch(r.ElementCancelled(2, "task")))

    assert shown(turn) == [("exit", "task", 0, None)]


def test_an_error_end_is_entered_and_never_left():
    instance = Instance()

    turn = project(
        instance.batch(
            START,
            PROCESS,
            r.ElementActivated(2, "fault", ROOT),
            r.ErrorThrown("E1", 2),
            r.ElementCancelled(2, "fault"),
            r.ElementCancelled(ROOT, ""),
            r.ProcessInstanceEnded(InstanceStatus.ABORTED, "E1"),
        )
    )

    assert shown(turn) == [("enter", "fault", 0, None)]
    assert turn.of(ProcessLogRow)[0].outcome == "E1"


def test_hidden_nodes_leave_no_rows():
    instance = Instance()

    turn = project(
        instance.batch(
            START,
            PROCESS,
            r.ElementActivated(2, "hidden", ROOT),
            r.ElementCompleted(2, "hidden"),
            r.SequenceFlowTaken("h", ROOT, 2),
            r.ElementActivated(3, "hidden", ROOT),
            r.ElementCancelled(3, "hidden"),
            r.TokenParked("hidden", "h", ROOT, 4),
        )
    )

    assert shown(turn) == []


def test_a_flow_out_of_nothing_that_has_a_number_leaves_no_row():
    instance = Instance()

    turn = project(instance.batch(START, PROCESS, r.SequenceFlowTaken("a", ROOT, 0)))

    assert shown(turn) == []


def test_work_items_are_named_on_enter_and_exit():
    instance = Instance()
    opened = Wait(3, 2, "task", WaitKind.WORK_ITEM, "Human Task")
    first = project(
        instance.batch(START, PROCESS, r.ElementActivated(2, "task", ROOT), r.WaitOpened(opened)),
        {3: 99},
    )
    second = project(
        instance.batch(
            r.WaitClosed(3, WaitKind.WORK_ITEM, "met", "Human Task", 2),
            r.ElementCompleted(2, "task"),
        ),
        {3: 99},
    )

    assert [row.work_item_id for row in first.of(NodeLogRow)] == [99]
    assert [row.work_item_id for row in second.of(NodeLogRow)] == [99]


def test_a_timer_of_a_task_is_no_work_item():
    instance = Instance()
    timer = Wait(3, 2, "task", WaitKind.TIMER)

    turn = project(
        instance.batch(START, PROCESS, r.ElementActivated(2, "task", ROOT), r.WaitOpened(timer)),
        {3: 99},
    )

    assert [row.work_item_id for row in turn.of(NodeLogRow)] == [None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("null", "null"),
        (True, "true"),
        (5, "5"),
        (Long(5), "5"),
        (1.0, "1.0"),
        (("a", 1), "[a, 1]"),
        (Map({"k": "v"}), "{k=v}"),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "Mon Jan 05 10:00:00 CET 2026"),
    ],
)
def test_values_are_written_as_java_writes_them(value, text):
    batch = Instance().batch(START, PROCESS, r.VariableSet(ROOT, "x", value, "old"))

    turn = project(batch, zone=ZoneInfo("Europe/Berlin"))

    row = turn.of(VariableLogRow)[0]
    assert (row.value, row.old_value) == (text, "old")


def test_long_values_are_cut_and_what_no_database_can_hold_is_replaced():
    batch = Instance().batch(START, PROCESS, r.VariableSet(ROOT, "x", "é" * 300, "a\0b"))

    row = project(batch).of(VariableLogRow)[0]

    assert row.value == "é" * 255
    assert row.old_value == "a\ufffdb"


def test_null_over_null_is_nothing_but_an_equal_value_is_something():
    batch = Instance().batch(
        START,
        PROCESS,
        r.VariableSet(ROOT, "x", None),
        r.VariableSet(ROOT, "x", 1, 1),
        r.VariableSet(ROOT, "x", None, 1),
    )

    rows = project(batch).of(VariableLogRow)

    assert [(row.value, row.old_value) for row in rows] == [("1", "1"), ("", "1")]


def test_variables_of_inner_scopes_are_named_after_their_scope():
    batch = Instance().batch(
        START,
        PROCESS,
        r.ElementActivated(2, "inner", ROOT),
        r.VariableSet(2, "x", 1),
    )

    row = project(batch).of(VariableLogRow)[0]

    assert (row.variable_id, row.variable_instance_id) == ("inner:x", "0:x")


@pytest.mark.parametrize("ended", [r.ElementCompleted(2, "inner"), r.ElementCancelled(2, "inner")])
def test_a_scope_that_began_earlier_and_ended_within_the_turn_still_names_its_variables(ended):
    instance = Instance()
    project(instance.batch(START, PROCESS, r.ElementActivated(2, "inner", ROOT)))

    turn = project(instance.batch(r.VariableSet(2, "x", 1), ended))

    assert turn.of(VariableLogRow)[0].variable_id == "inner:x"


def test_a_turn_over_two_instances_keeps_them_apart():
    parent, child = Instance(42), Instance(43, parent=42)
    batch = [
        *parent.batch(START, PROCESS, r.ElementActivated(2, "task", ROOT)),
        *child.batch(
            START,
            PROCESS,
            r.ElementActivated(2, "start", ROOT),
            r.ElementCompleted(2, "start"),
            r.SequenceFlowTaken("a", ROOT, 2),
        ),
        *parent.batch(r.ElementCompleted(2, "task")),
    ]

    turn = project(batch)

    assert [(row.instance_id, row.type, row.node_id) for row in turn.of(NodeLogRow)] == [
        (42, 0, "task"),
        (43, 0, "start"),
        (43, 1, "start"),
        (42, 1, "task"),
    ]
    assert [row.parent_id for row in turn.of(ProcessLogRow)] == [None, 42]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain words", "Plain words"),
        ("Hire #{name} for #{ job }", "Hire Ann for cook"),
        ("#{amount} and #{unknown}", "#{amount} and #{unknown}"),
        ("", "Hiring"),
    ],
)
def test_the_description_is_the_models_own_with_the_first_values(text, expected):
    instance = Instance(metadata=Map({"customDescription": text}))
    batch = instance.batch(
        START,
        PROCESS,
        r.VariableSet(ROOT, "name", "Ann"),
        r.VariableSet(ROOT, "job", "cook"),
        r.VariableSet(ROOT, "amount", 3),
        r.ElementActivated(2, "start", ROOT),
        r.VariableSet(ROOT, "name", "Bob", "Ann"),
    )

    assert project(batch).of(ProcessLogRow)[0].description == expected


def test_levels_decide_what_is_kept():
    def rows(level: Level) -> list[type]:
        batch = Instance().batch(
            START, PROCESS, r.VariableSet(ROOT, "x", 1), r.ElementActivated(2, "start", ROOT)
        )
        return [type(row) for row in project(batch, level=level).rows]

    assert rows(Level.NONE) == []
    assert rows(Level.ACTIVITY) == [NodeLogRow, ProcessLogRow]
    assert rows(Level.FULL) == [VariableLogRow, NodeLogRow, ProcessLogRow]


def test_a_level_may_be_given_by_its_word():
    assert HistoryProjector("activity").level is Level.ACTIVITY
    with pytest.raises(ValueError, match="much"):
        HistoryProjector("much")
