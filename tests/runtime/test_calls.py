"""Which process a call activity calls, what is handed over, and global tasks."""

from __future__ import annotations

import pytest

from procession.errors import ExecutionFailure, InvalidModel, LimitExceeded
from procession.testing import Model, model
from procession.testing.models import parameters
from procession.values import Map
from tests.runtime.rooms import JAVA, deploy, is_over, only_item, variables, visited

SPACES = {
    "c": "http://camunda.org/schema/1.0/bpmn",
    "z": "http://camunda.org/schema/zeebe/1.0",
    "f": "http://flowable.org/bpmn",
}
OLD, NEW = "org.test:unit:1.0", "org.test:unit:2.0"


def called(answer: str, version: str = "") -> Model:
    process = model("called", language=JAVA).variable("answer").start()
    if version:
        process.attribute("c:versionTag", version)
    return process.script("s", f'kcontext.setVariable("answer", "{answer}");').end()


class Spaced(Model):
    """A model whose file declares the prefixes of other vendors."""

    def xml(self) -> bytes:
        spaces = "".join(f' xmlns:{name}="{space}"' for name, space in SPACES.items())
        return super().xml().replace(b"<definitions ", f"<definitions{spaces} ".encode(), 1)


def spaced(process: Model) -> Model:
    process.__class__ = Spaced
    return process


def calling(inside: str = "", **attributes: str) -> Model:
    process = model("calling", language=JAVA).variable("got").start()
    process.user("first")
    process.call("call", "called", parameters(outputs={"answer": "got"}) + inside, **attributes)
    return spaced(process.user("last").end())


def asked(engine, binding: dict[str, str], *units: tuple[str, Model]) -> str:
    """What the caller is answered, having been started in the old unit before the new one came."""
    deploy(engine, calling(**binding), spaced(called("old", "1")), unit=OLD)
    view = engine.processes.start(engine.admin, "calling")
    for unit, process in units:
        deploy(engine, spaced(process), unit=unit)
    engine.work_items.complete(engine.admin, only_item(engine, view.id))
    return str(variables(engine, view.id)["got"])


@pytest.mark.parametrize(
    ("binding", "answer"),
    [
        ({}, "old"),
        ({"c:calledElementBinding": "deployment"}, "old"),
        ({"f:sameDeployment": "true"}, "old"),
        ({"c:calledElementBinding": "latest"}, "new"),
        ({"c:calledElementBinding": "version", "c:calledElementVersion": "1"}, "old"),
        ({"c:calledElementBinding": "versionTag", "c:calledElementVersionTag": "2"}, "new"),
    ],
    ids=["none", "deployment", "same deployment", "latest", "version", "version tag"],
)
def test_the_binding_says_which_revision_is_called(engine, binding, answer):
    assert asked(engine, binding, (NEW, called("new", "2"))) == answer


def test_a_version_that_is_not_there_fails_the_call(engine):
    binding = {"c:calledElementBinding": "version", "c:calledElementVersion": "7"}

    with pytest.raises(ExecutionFailure, match="Could not find process called"):
        asked(engine, binding)


def test_a_call_bound_to_its_deployment_finds_nothing_elsewhere(engine):
    deploy(engine, calling(**{"c:calledElementBinding": "deployment"}), unit=OLD)
    deploy(engine, spaced(called("new")), unit=NEW)
    view = engine.processes.start(engine.admin, "calling")

    with pytest.raises(ExecutionFailure, match="Could not find process called"):
        engine.work_items.complete(engine.admin, only_item(engine, view.id))
    assert not is_over(engine, view.id)


def receiving() -> Model:
    process = model("called", language=JAVA).variable("a").variable("b").start()
    return process.script("s", 'kcontext.setVariable("c", "back");').end()


def handed(engine, extension: str, **given: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables of the called process and, afterwards, of the caller."""
    inside = f"<extensionElements>{extension}</extensionElements>"
    process = model("calling", language=JAVA).variable("a").start()
    process.call("call", "called", inside)
    deploy(engine, spaced(process.end()), receiving())
    view = engine.processes.start(engine.admin, "calling", given)
    [child] = engine.history.children(engine.admin, view.id).items
    return dict(variables(engine, child.process_instance_id)), dict(variables(engine, view.id))


def test_all_variables_may_be_handed_over_and_back(engine):
    extension = '<c:in variables="all"/><c:out variables="all"/>'

    inside, outside = handed(engine, extension, a="1", x="2")

    assert inside == {"a": "1", "x": "2", "c": "back"}
    assert outside == {"a": "1", "x": "2", "c": "back"}


def test_some_variables_may_be_handed_over_under_other_names(engine):
    extension = (
        '<c:in source="a" target="b"/><c:in sourceExpression="${x}" target="y"/>'
        '<c:out source="c" target="d"/>'
    )

    inside, outside = handed(engine, extension, a="1", x="2")

    assert inside == {"b": "1", "y": "2", "c": "back"}
    assert outside == {"a": "1", "x": "2", "d": "back"}


def test_an_extension_may_name_the_process_and_hand_over_everything(engine):
    inside = '<extensionElements><z:calledElement processId="called"/></extensionElements>'
    process = model("calling", language=JAVA).start()
    process.node("callActivity", "call", inside)
    deploy(engine, spaced(process.end()), receiving())

    view = engine.processes.start(engine.admin, "calling", {"a": "1"})

    assert variables(engine, view.id) == {"a": "1", "c": "back"}


def test_a_binding_nobody_knows_is_refused(engine):
    files = {"c.bpmn": calling(**{"c:calledElementBinding": "newest"}).xml()}

    with pytest.raises(InvalidModel, match="binding 'newest' is unknown"):
        engine.deployments.deploy(engine.admin, OLD, files)


# -- global tasks --------------------------------------------------------------------------------

IO = (
    '<ioSpecification><dataInput id="i1" name="amount"/><dataOutput id="o1" name="answer"/>'
    "<inputSet/><outputSet/></ioSpecification>"
)


def with_global(xml: str) -> Model:
    process = model("calling", language=JAVA).variable("x").variable("got").root(xml).start()
    io = parameters(inputs={"amount": "x"}, outputs={"answer": "got"})
    return process.call("call", "g", io).end()


def test_a_global_user_task_is_in_the_list_of_its_owner(engine):
    engine.people.add_user(engine.admin, "ann", None)
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>ann</formalExpression>"
        "</resourceAssignmentExpression></potentialOwner>"
    )
    xml = f'<globalUserTask id="g" name="Decide">{IO}{owner}</globalUserTask>'
    deploy(engine, with_global(xml))
    view = engine.processes.start(engine.admin, "calling", {"x": 3})

    [task] = engine.tasks.work_list("ann").items
    assert (task.name, task.process_id) == ("Decide", "g")
    engine.tasks.start("ann", task.id)
    engine.tasks.complete("ann", task.id, {"answer": "yes"})

    assert is_over(engine, view.id)
    assert variables(engine, view.id)["got"] == "yes"


def test_a_global_script_task_has_variables_of_its_own(engine):
    script = f'<globalScriptTask id="g" scriptLanguage="{JAVA}">{IO}<script>'
    script += 'kcontext.setVariable("answer", "got " + amount);</script></globalScriptTask>'
    deploy(engine, with_global(script))

    view = engine.processes.start(engine.admin, "calling", {"x": 3})

    assert is_over(engine, view.id)
    assert variables(engine, view.id) == {"x": "3", "got": "got 3"}
    [child] = engine.history.children(engine.admin, view.id).items
    assert visited(engine, child.process_instance_id, "g") == 1


def test_a_global_task_may_be_started_by_its_id(engine):
    deploy(engine, with_global('<globalManualTask id="g" name="By hand"/>'))

    view = engine.processes.start(engine.admin, "g")

    assert (view.process_id, view.process_name, view.state) == ("g", "By hand", 2)


# -- receive tasks that begin a process ----------------------------------------------------------


def test_a_message_begins_the_process_whose_receive_task_says_so(engine):
    process = model("begun", language=JAVA).variable("got").root('<message id="m" name="Order"/>')
    io = parameters(outputs={"Message": "got"})
    process.node("receiveTask", "t", io, messageRef="m", instantiate="true").user("u").end()
    deploy(engine, process)

    assert engine.processes.message(engine.admin, "Order", None, "tea") == 1
    assert engine.processes.message(engine.admin, "Order", None, "cake") == 1

    found = engine.history.by_process(engine.admin, "begun").items
    assert [variables(engine, one.process_instance_id)["got"] for one in found] == ["tea", "cake"]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_loop_of_calls_is_progress_however_many_there_are(opening, sequential):
    engine = opening(commands_per_turn=30)
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    process = model("looping", language=JAVA).variable("n", "Integer").start()
    deploy(engine, process.call("call", "called", loop).end(), called("yes"))

    instance = engine.processes.start(engine.admin, "looping", Map(n=100)).id

    assert engine.processes.last_known(engine.admin, instance).state == 2


def test_called_processes_that_loop_through_each_other_are_stopped(opening):
    engine = opening(commands_per_turn=30)
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    deploy(engine, model("circle").start().call("call", "circle", loop).end())

    with pytest.raises(LimitExceeded, match="do processes call each other in a circle"):
        engine.processes.start(engine.admin, "circle")
