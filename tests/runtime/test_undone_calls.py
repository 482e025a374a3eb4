"""A call whose process has ended long since is undone by an instance of its own."""

from __future__ import annotations

from procession.engine import Engine
from procession.testing import Model, model
from procession.testing.models import error, signal
from tests.runtime.rooms import JAVA, deploy, variables, visited
from undoing import compensate, undo, undoing

GO = '<signal id="s" name="Go"/>'


def caller(id: str = "caller", called: str = "called") -> Model:
    process = model(id).start().call("call", called, waitForCompletion="true")
    return process.throw("back", compensate()).end()


def children(engine: Engine, instance: int) -> list[int]:
    rows = engine.history.children(engine.admin, instance).items
    return sorted(row.process_instance_id for row in rows)


def called(id: str = "called") -> Model:
    process = model(id).variable("own", "Integer").start()
    set_it = 'kcontext.setVariable("own", 7);'
    process.script("a", set_it, scriptFormat=JAVA).inside(undo("a", tag="manualTask"))
    return process.node("manualTask", "b").inside(undo("b")).end()


def test_what_a_called_process_did_is_undone_backwards_when_its_call_is(engine: Engine) -> None:
    deploy(engine, caller(), called())

    instance = engine.processes.start(engine.admin, "caller").id

    done, undone = children(engine, instance)
    assert not visited(engine, done, "undo_a")
    assert [visited(engine, undone, n) for n in ("a", "b", "undo_b", "undo_a")] == [0, 0, 1, 1]
    assert engine.processes.last_known(engine.admin, instance).state == 2


def test_it_is_undone_with_the_data_it_had_by_the_handler_of_the_process(engine: Engine) -> None:
    note = "<scriptTask id='@' scriptFormat='{}'><script>{}</script></scriptTask>"
    text = 'kcontext.setVariable("own", (Integer) kcontext.getVariable("own") + 1);'
    process = called().inside(undoing("h", note.format(JAVA, text)))
    deploy(engine, caller(), process)

    instance = engine.processes.start(engine.admin, "caller").id

    _, undone = children(engine, instance)
    assert visited(engine, undone, "h.1") == 1
    assert visited(engine, undone, "undo_a") == 0
    assert variables(engine, undone)["own"] in (8, "8")


def test_calls_of_calls_are_undone_too_and_wait_for_each_other(engine: Engine) -> None:
    inside = (
        f"<startEvent id='u0'/><intermediateCatchEvent id='u1'>{signal('s')}"
        "</intermediateCatchEvent><endEvent id='u2'/>"
        "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
        "<sequenceFlow id='ug' sourceRef='u1' targetRef='u2'/>"
    )
    inner = model("inner").root(GO).start().node("manualTask", "x")
    inner.inside(undo("x", tag="subProcess", inside=inside)).end()
    middle = model("middle").start().call("c", "inner").end()
    deploy(engine, caller(called="middle"), middle, inner)

    instance = engine.processes.start(engine.admin, "caller").id

    assert engine.processes.last_known(engine.admin, instance).state == 1
    engine.processes.signal(engine.admin, "Go")
    assert engine.processes.last_known(engine.admin, instance).state == 2


def test_a_call_with_a_handler_is_undone_by_that_alone(engine: Engine) -> None:
    process = model("caller").start().call("call", "called").inside(undo("call"))
    deploy(engine, process.throw("back", compensate()).end(), called())

    instance = engine.processes.start(engine.admin, "caller").id

    assert len(children(engine, instance)) == 1
    assert visited(engine, instance, "undo_call") == 1


def test_in_jbpm_files_a_called_process_is_not_looked_into(engine: Engine) -> None:
    process = model("caller", jbpm=True).start().call("call", "called")
    deploy(engine, process.throw("back", compensate()).end(), called())

    instance = engine.processes.start(engine.admin, "caller").id

    assert len(children(engine, instance)) == 1


def test_an_error_while_it_is_undone_is_one_of_the_thrower(engine: Engine) -> None:
    inside = (
        f"<startEvent id='u0'/><endEvent id='u1'>{error('e')}</endEvent>"
        "<sequenceFlow id='uf' sourceRef='u0' targetRef='u1'/>"
    )
    process = model("called").root('<error id="e" errorCode="E"/>').start()
    process.node("manualTask", "a").inside(undo("a", tag="subProcess", inside=inside)).end()
    outer = model("caller").root('<error id="e" errorCode="E"/>').start().sub("s").start("in")
    outer.call("call", "called").throw("back", compensate()).end().end_sub().end("no")
    deploy(engine, outer.boundary("s", "caught", error("e")).end(), process)

    instance = engine.processes.start(engine.admin, "caller").id

    assert visited(engine, instance, "caught") == 1


def test_the_revision_that_was_called_undoes(engine: Engine) -> None:
    process = model("caller").root(GO).start().call("call", "called").catch("c", signal("s"))
    deploy(engine, process.throw("back", compensate()).end(), unit="org.test:caller:1.0")
    deploy(engine, called(), unit="org.test:called:1.0")
    instance = engine.processes.start(engine.admin, "caller").id
    deploy(engine, model("called").start().end(), unit="org.test:called:2.0")

    engine.processes.signal(engine.admin, "Go")

    _, undone = children(engine, instance)
    assert visited(engine, undone, "undo_a") == 1
