"""Decisions of deployed units: deployed, tried, and made by business rule tasks."""

from __future__ import annotations

import pytest

from procession.engine import Engine
from procession.errors import Denied, Fault, InvalidModel, NotFound
from procession.identity.model import Actor
from procession.services.processes import ProcessRef
from procession.values import Map
from tests.rules.dmn.models import decision, document, given, literal, table

UNIT = "acme:loans:1.0"
RATES = table(
    "UNIQUE", ["age"], ["rate"], [(["< 25"], ["9"]), (["[25..60]"], ["5"]), (["> 60"], ["7"])]
)
LOANS = document(
    given("age", kind="number"),
    decision("rate", RATES, "in_age", kind="number"),
    decision("yearly cost", literal("rate * 100"), "rate"),
    name="Loans",
    namespace="urn:loans",
).encode()
TASK = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:tns="http://www.jboss.org/drools" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="p" isExecutable="true"><property id="years"/><property id="cost"/>
<startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="r"/>
<businessRuleTask id="r" name="Decide" implementation="http://www.jboss.org/drools/dmn">
<ioSpecification>
<dataInput id="i1" name="namespace"/><dataInput id="i2" name="model"/>
<dataInput id="i3" name="decision"/><dataInput id="i4" name="age"/>
<dataOutput id="o1" name="yearly cost"/><inputSet/><outputSet/></ioSpecification>
<dataInputAssociation><targetRef>i1</targetRef><assignment>
<from xsi:type="tFormalExpression">urn:loans</from><to>i1</to></assignment></dataInputAssociation>
<dataInputAssociation><targetRef>i2</targetRef><assignment>
<from xsi:type="tFormalExpression">Loans</from><to>i2</to></assignment></dataInputAssociation>
<dataInputAssociation><targetRef>i3</targetRef><assignment>
<from xsi:type="tFormalExpression">{decision}</from><to>i3</to></assignment></dataInputAssociation>
<dataInputAssociation><sourceRef>years</sourceRef><targetRef>i4</targetRef></dataInputAssociation>
<dataOutputAssociation><sourceRef>o1</sourceRef><targetRef>cost</targetRef>
</dataOutputAssociation></businessRuleTask>
<sequenceFlow id="b" sourceRef="r" targetRef="u"/><userTask id="u"/>
<sequenceFlow id="c" sourceRef="u" targetRef="e"/><endEvent id="e"/></process></definitions>
"""


def files(decision_name: str = "yearly cost") -> dict[str, bytes]:
    return {"loans.dmn": LOANS, "p.bpmn": TASK.format(decision=decision_name).encode()}


def test_a_decision_is_tried_and_says_which_rules_matched(database_url: str) -> None:
    with Engine.open(database_url) as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"loans.dmn": LOANS})

        made = engine.rules.decide(engine.admin, UNIT, "yearly cost", Map(age=70))

        assert made.result == 700
        assert [step["decision"] for step in made.decisions] == ["rate", "yearly cost"]
        assert made.decisions[0]["tables"][0]["rules"] == (3,)
    with Engine.open(database_url) as again:
        assert again.rules.decide(again.admin, UNIT, "rate", Map(age=1)).result == 9


def test_the_models_of_a_unit_say_what_they_take_and_decide() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, files())

        (view,) = engine.rules.decision_models(engine.admin, UNIT)

        assert (view.name, view.namespace, view.resource) == ("Loans", "urn:loans", "loans.dmn")
        assert view.inputs == {"age": "number"}
        assert view.decisions == {"rate": "number", "yearly cost": "Any"}


def test_a_unit_with_a_wrong_decision_is_refused_with_file_and_line() -> None:
    wrong = LOANS.replace(b"rate * 100", b"rate * *")
    with Engine.open("sqlite://") as engine:
        with pytest.raises(InvalidModel, match=r"loans.dmn, line \d+: yearly cost: expected"):
            engine.deployments.deploy(engine.admin, UNIT, {"loans.dmn": wrong})
        with pytest.raises(NotFound):
            engine.rules.decide(engine.admin, UNIT, "rate", Map(age=1))


def test_a_business_rule_task_names_model_and_decision_as_jbpm_7_does() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, files())

        started = engine.processes.start(engine.admin, ProcessRef(UNIT, "p"), Map(years=30))

        assert engine.processes.get(engine.admin, started.id).variables["cost"] == 500


CAMUNDA = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="r"/>
<businessRuleTask id="r" camunda:decisionRef="rate" camunda:resultVariable="found"
  camunda:mapDecisionResult="singleEntry"/>
<sequenceFlow id="b" sourceRef="r" targetRef="u"/><userTask id="u"/>
<sequenceFlow id="c" sourceRef="u" targetRef="e"/><endEvent id="e"/></process></definitions>
"""


def test_a_business_rule_task_names_a_decision_as_camunda_does() -> None:
    with Engine.open("sqlite://") as engine:
        unit = {"loans.dmn": LOANS, "p.bpmn": CAMUNDA.encode()}
        engine.deployments.deploy(engine.admin, UNIT, unit)

        started = engine.processes.start(engine.admin, ProcessRef(UNIT, "p"), Map(age=30))

        assert engine.processes.get(engine.admin, started.id).variables["found"] == 5


def test_a_task_whose_decision_is_not_there_fails_with_its_name() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, files("monthly cost"))

        with pytest.raises(Fault, match="monthly cost"):
            engine.processes.start(engine.admin, ProcessRef(UNIT, "p"), Map(years=30))


def test_who_has_no_role_may_not_try_decisions() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"loans.dmn": LOANS})

        with pytest.raises(Denied):
            engine.rules.decide(Actor("ann"), UNIT, "rate", Map(age=1))
        with pytest.raises(Denied):
            engine.rules.decision_models(Actor("ann"), UNIT)


def test_what_is_missing_is_named() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"loans.dmn": LOANS})

        for unit, name, words in (
            ("acme:no:1", "rate", "no deployment acme:no:1"),
            (UNIT, "nothing", "no decision nothing"),
        ):
            with pytest.raises(NotFound, match=words):
                engine.rules.decide(engine.admin, unit, name, Map())
