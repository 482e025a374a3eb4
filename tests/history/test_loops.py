"""Audit of loops, from the records of real runs (``reference/jbpm-engine.md`` 4.7)."""

from __future__ import annotations

from procession.core.commands import AbortProcess
from procession.core.graph import ProcessDefinition
from procession.history.levels import Level
from procession.history.projector import HistoryProjector
from procession.store.rows import NodeLogRow, VariableLogRow
from procession.testing import Model, Run, model
from python_scripts import play
from tests.history.test_projector import Instance, Turn

LOOP = (
    "<multiInstanceLoopCharacteristics{}><loopDataInputRef>list</loopDataInputRef>"
    "<loopDataOutputRef>out</loopDataOutputRef><inputDataItem id='item'/>"
    "<outputDataItem id='result'/></multiInstanceLoopCharacteristics>"
)
PARALLEL, SEQUENTIAL = LOOP.format(""), LOOP.format(" isSequential='true'")


class Played(Instance):
    """An instance that goes through the records of a run."""

    def __init__(self, definition: ProcessDefinition) -> None:
        super().__init__()
        self.context.definition = definition


def lists(**options: bool) -> Model:
    return model(**options).variable("list").variable("out").start()


def rows_of(run: Run) -> list[object]:
    turn = Turn()
    HistoryProjector(Level.FULL).project(Played(run.definition).batch(*run.records), turn)
    return turn.rows


def nodes(run: Run) -> list[tuple[int, str, str]]:
    found = [row for row in rows_of(run) if isinstance(row, NodeLogRow)]
    inner = [row for row in found if row.node_type not in ("StartNode", "EndNode")]
    return [(row.type, row.node_id, row.node_type) for row in inner]


def test_a_loop_over_a_task_is_one_row_and_each_round_one_under_an_id_of_its_own():
    run = play(lists(jbpm=True).user("ask", PARALLEL).end(), list=[1, 2])
    assert nodes(run) == [
        (0, "ask", "ForEachNode"),
        (0, "ask:1", "HumanTaskNode"),
        (0, "ask:1", "HumanTaskNode"),
    ]

    while run.waits():
        run.complete("ask", result="x")

    assert nodes(run)[3:] == [
        (1, "ask:1", "HumanTaskNode"),
        (1, "ask:1", "HumanTaskNode"),
        (1, "ask", "ForEachNode"),
    ]


def test_rounds_that_are_cancelled_are_left_too():
    run = play(lists().user("ask", SEQUENTIAL).end(), list=[1, 2])

    run.do(AbortProcess())

    assert nodes(run)[2:] == [(1, "ask:1", "HumanTaskNode"), (1, "ask", "ForEachNode")]


def test_of_a_loop_over_a_sub_process_only_the_loop_and_what_is_inside_are_shown():
    process = lists().sub("sub", PARALLEL).start("in").script("s").end("o").end_sub().end()

    assert nodes(play(process, list=[1, 2])) == [
        (0, "sub", "ForEachNode"),
        *[(0, "s", "ActionNode"), (1, "s", "ActionNode")] * 2,
        (1, "sub", "ForEachNode"),
    ]


def test_rounds_of_a_call_are_not_shown():
    run = play(lists().call("call", "other", PARALLEL).end(), list=[1])
    run.returned("call")

    assert nodes(run) == [(0, "call", "ForEachNode"), (1, "call", "ForEachNode")]


def test_variables_of_rounds_are_named_after_the_loop_and_what_it_keeps_is_not_shown():
    text = "<script>kcontext.setVariable('result', item)</script>"
    for loop in (PARALLEL, SEQUENTIAL):
        run = play(lists().node("scriptTask", "s", text + loop).end(), list=["a", "b"])
        found = [row for row in rows_of(run) if isinstance(row, VariableLogRow)]

        named = [(row.variable_id, row.value) for row in found]
        assert [value for name, value in named if name == "s:item"] == ["a", "b"]
        assert [value for name, value in named if name == "s:loopCounter"] == ["1", "2"]
        assert named[-1] == ("out", "[a, b]")
        assert not [name for name, _ in named if "@" in name]
