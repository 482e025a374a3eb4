"""What a deployment chooses of jBPM's meaning and the specification's, and that it keeps it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from procession.engine import Engine
from procession.errors import Invalid
from procession.services.processes import ProcessRef
from procession.settings import Settings
from procession.store.tables import wait
from procession.values import EMPTY

from .task_house import DROOLS, HOTEL, house, human_task, process

UNIT = "acme:meaning:1.0"
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
LOOP = (
    f'{HEAD}<process id="p"><startEvent id="s"/><userTask id="t"><multiInstanceLoopCharacteristics '
    'isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    '</userTask><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>'
).encode()
PARALLEL = ("loops_are_parallel=true",)


def descriptor(*entries: tuple[str, str]) -> bytes:
    inside = "".join(
        "<environment-entry><resolver>mvel</resolver>"
        f'<identifier>"{value}"</identifier><parameters/><name>{name}</name></environment-entry>'
        for name, value in entries
    )
    head = '<deployment-descriptor xmlns="http://www.jboss.org/jbpm">'
    body = f"<environment-entries>{inside}</environment-entries>"
    return f"{head}{body}</deployment-descriptor>".encode()


def tasks_at_once(engine: Engine, unit: str = UNIT) -> int:
    view = engine.processes.start(engine.admin, ProcessRef(unit, "p"), EMPTY)
    with engine.room.store.read() as reader:
        open_ones = (wait.c.instance_id == view.id) & wait.c.public_id.is_not(None)
        return len(reader.execute(select(wait.c.public_id).where(open_ones)))


def test_a_unit_keeps_what_it_chose_over_restarts_and_on_every_node(database_url: str) -> None:
    with Engine.open(database_url) as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn": LOOP}, semantics=PARALLEL)
        assert tasks_at_once(engine) == 2
        engine.deployments.refresh_cache(engine.admin)
        assert tasks_at_once(engine) == 2

    with Engine.open(database_url) as again:
        assert tasks_at_once(again) == 2


def test_other_units_are_not_touched() -> None:
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn": LOOP}, semantics=PARALLEL)
        engine.deployments.deploy(engine.admin, "acme:meaning:2.0", {"p.bpmn": LOOP})

        assert tasks_at_once(engine, "acme:meaning:2.0") == 1


def test_a_flag_that_is_not_known_refuses_the_deployment() -> None:
    with Engine.open("sqlite://") as engine:
        with pytest.raises(Invalid, match=r"no semantics flag.*loops_are_parallel"):
            engine.deployments.deploy(
                engine.admin, UNIT, {"p.bpmn": LOOP}, semantics=["nonsense=true"]
            )

        assert engine.deployments.list(engine.admin).items == ()


@pytest.mark.parametrize(
    "entry",
    [
        ("procession.semantics.loops_are_parallel", "true"),
        ("procession.semantics", "loops_are_parallel=true, quantities_ignored=true"),
    ],
)
def test_the_descriptor_of_the_unit_chooses(entry: tuple[str, str]) -> None:
    files = {"p.bpmn": LOOP, "META-INF/kie-deployment-descriptor.xml": descriptor(entry)}
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, UNIT, files)
        assert tasks_at_once(engine) == 2

        against = ["loops_are_parallel=false"]
        engine.deployments.deploy(engine.admin, "acme:meaning:2.0", files, semantics=against)
        assert tasks_at_once(engine, "acme:meaning:2.0") == 1


def test_the_server_chooses_for_units_that_say_nothing_and_a_patch_goes_on_from_its_base() -> None:
    settings = Settings(semantics=PARALLEL)
    with Engine.open("sqlite://", settings=settings) as engine:
        engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn": LOOP})
        own = ["specification"]
        engine.deployments.deploy(engine.admin, "acme:meaning:2.0", {"p.bpmn": LOOP}, semantics=own)
        engine.deployments.deploy(engine.admin, "acme:meaning:2.1", {}, base="acme:meaning:2.0")

        counts = [tasks_at_once(engine, f"acme:meaning:{v}") for v in ("1.0", "2.0", "2.1")]

    assert counts == [2, 1, 1]


# -- flags of human tasks ------------------------------------------------------------------------


def first_task(xml: bytes | str, flag: str, on: str):
    with house() as home:
        files = {"p.bpmn2": xml}
        home.engine.deployments.deploy(home.admin, UNIT, files, semantics=[f"{flag}={on}"])
        view = home.engine.processes.start(home.actor("mary"), ProcessRef(UNIT, "m"), EMPTY)
        return home.task_of(view.id)


def test_tasks_begin_with_priority_0() -> None:
    xml = process("m", human_task("t"), extra=HOTEL)

    found = [
        first_task(xml, "tasks_begin_with_priority_0", on).priority for on in ("true", "false")
    ]

    assert found[0] == 0 != found[1]


def test_documentation_not_shown() -> None:
    documented = human_task("t").replace(
        "<ioSpecification", "<documentation>Look closely</documentation><ioSpecification", 1
    )
    assert "<documentation>" in documented
    xml = process("m", documented, extra=HOTEL)

    found = [first_task(xml, "documentation_not_shown", on).description for on in ("true", "false")]

    assert found == ["", "Look closely"]


def test_assignment_policies_ignored() -> None:
    policy = '<oneweb:allocation policy="roundRobin" workParty="Team"/>'
    xml = process("m", human_task("t", extension=policy), lane="Team", extra=HOTEL)

    offered = []
    for on in ("true", "false"):
        with house() as home:
            home.engine.people.add_party(home.admin, "Team")
            home.engine.people.add_party_member(home.admin, "Team", "ann")
            choice = [f"assignment_policies_ignored={on}"]
            home.engine.deployments.deploy(home.admin, UNIT, {"p.bpmn2": xml}, semantics=choice)
            ref = ProcessRef(UNIT, "m")
            view = home.engine.processes.start(home.actor("mary"), ref, EMPTY)
            owners = home.task_of(view.id).potential_owners
            offered.append([one.name for one in owners if one.kind == "USER"])

    assert offered == [[], ["ann"]]


def test_lanes_claim_tasks() -> None:
    tasks = [human_task(id, {"GroupId": "sales"}) for id in ("t1", "t2")]
    xml = process("m", *tasks, lane="Desk", extra=DROOLS)

    owners = []
    for on in ("true", "false"):
        with house() as home:
            choice = [f"lanes_claim_tasks={on}"]
            home.engine.deployments.deploy(home.admin, UNIT, {"p.bpmn2": xml}, semantics=choice)
            ref, mary = ProcessRef(UNIT, "m"), home.actor("mary")
            view = home.engine.processes.start(mary, ref, EMPTY)
            first = home.task_of(view.id)
            member = home.actor("ann")
            home.tasks.claim(member, first.id)
            home.tasks.start(member, first.id)
            home.tasks.complete(member, first.id, EMPTY)
            owners.append(home.task_of(view.id).actual_owner)

    assert owners == ["ann", None]
