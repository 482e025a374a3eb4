from __future__ import annotations

from procession.core import records as r
from procession.testing import Model, model
from procession.testing.models import signal
from python_scripts import compiled, play

DATA = (
    "<dataInput id='d' name='v'/><dataInputAssociation><sourceRef>x</sourceRef>"
    "<targetRef>d</targetRef></dataInputAssociation>"
)


def scoped(reach: str) -> Model:
    inside = (
        '<extensionElements><d:metaData xmlns:d="http://www.jboss.org/drools" name="customScope">'
        f"<d:metaValue>{reach}</d:metaValue></d:metaData></extensionElements>"
    )
    return model(jbpm=True).start().throw("t", inside + DATA + signal("S")).end()


def test_is_thrown_with_its_value():
    process = model().root('<signal id="s" name="Go"/>').start().throw("t", DATA + signal("s"))
    run = play(process.end(), x=4)

    assert run.of(r.SignalThrown) == [r.SignalThrown("Go", 4, "deployment", 1)]
    assert run.is_completed


def test_its_name_may_be_a_template():
    process = model(jbpm=True).root('<signal id="s" name="#{which}"/>')
    process.start().catch("c", signal("s")).throw("t", signal("s")).end()
    run = play(process, which="A")

    assert run.signal("A") == 1
    assert run.of(r.SignalThrown)[0].name == "A"


def test_how_far_it_reaches():
    assert play(scoped("processInstance"), x=1).of(r.SignalThrown)[0].reach == "instance"
    assert play(scoped("project"), x=1).of(r.SignalThrown)[0].reach == "project"


def test_an_external_one_is_a_work_item():
    run = play(scoped("external"), x=1, SignalDeploymentId="d")
    [wait] = run.waits()

    assert wait.name == "External Send Task"
    assert wait.parameters == {"Signal": "S", "Data": 1, "SignalDeploymentId": "d"}
    run.complete("t")
    assert run.is_completed


def test_an_undeclared_one_is_its_own_name_and_pointed_out():
    process = model().start().throw("t", signal("S")).end()

    assert [p.text for p in compiled(process).problems] == ["signal S is not declared"]
    assert play(process).of(r.SignalThrown)[0].name == "S"
