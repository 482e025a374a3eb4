"""An engine with people and processes to try human tasks on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

from procession.engine import Engine
from procession.identity.model import Actor
from procession.services.processes import ProcessRef
from procession.settings import Settings
from procession.testing import ManualClock
from procession.values import EMPTY, Map

DEPLOYMENT = "acme:tasks:1.0"
DROOLS = 'xmlns:drools="http://www.jboss.org/drools" drools:packageName="acme"'
HOTEL = 'xmlns:oneweb="urn:procession:oneweb:1"'
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://acme" {extra}>
  <itemDefinition id="_any" structureRef="Object"/>
"""


def human_task(
    id: str,
    inputs: Mapping[str, str] = EMPTY,
    owner: str = "",
    outputs: Mapping[str, str] = EMPTY,
    sources: Mapping[str, str] = EMPTY,
    extension: str = "",
    attributes: str = "",
) -> str:
    """A user task: constant inputs, inputs from variables, outputs to variables, an owner."""
    declared = "".join(
        f'<dataInput id="{id}_{name}In" name="{name}"/>' for name in {**inputs, **sources}
    )
    declared += "".join(f'<dataOutput id="{id}_{name}Out" name="{name}"/>' for name in outputs)
    sets = "".join(
        f"<dataInputRefs>{id}_{name}In</dataInputRefs>" for name in {**inputs, **sources}
    )
    gets = "".join(f"<dataOutputRefs>{id}_{name}Out</dataOutputRefs>" for name in outputs)
    moves = "".join(
        f"<dataInputAssociation><targetRef>{id}_{name}In</targetRef><assignment>"
        f'<from xsi:type="tFormalExpression">{value}</from>'
        f'<to xsi:type="tFormalExpression">{id}_{name}In</to></assignment></dataInputAssociation>'
        for name, value in inputs.items()
    )
    moves += "".join(
        f"<dataInputAssociation><sourceRef>{variable}</sourceRef>"
        f"<targetRef>{id}_{name}In</targetRef></dataInputAssociation>"
        for name, variable in sources.items()
    )
    moves += "".join(
        f"<dataOutputAssociation><sourceRef>{id}_{name}Out</sourceRef>"
        f"<targetRef>{variable}</targetRef></dataOutputAssociation>"
        for name, variable in outputs.items()
    )
    potential = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>"
        f"{owner}</formalExpression></resourceAssignmentExpression></potentialOwner>"
        if owner
        else ""
    )
    return (
        f'<userTask id="{id}_task" name="{id.title()}" {attributes}>'
        f"<extensionElements>{extension}</extensionElements>"
        f"<ioSpecification>{declared}<inputSet>{sets}</inputSet><outputSet>{gets}</outputSet>"
        f"</ioSpecification>{moves}{potential}</userTask>"
    )


def process(
    id: str,
    *nodes: str,
    variables: tuple[str, ...] = (),
    lane: str = "",
    extra: str = DROOLS,
    more: str = "",
) -> bytes:
    """A process of nodes one after the other; each node's first attribute is its id."""
    ids = [node.split('id="', 1)[1].split('"', 1)[0] for node in nodes]
    chain = ["start", *ids, "end"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(pairwise(chain))
    )
    lanes = (
        f'<laneSet id="lanes"><lane id="lane1" name="{lane}">'
        + "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in chain)
        + "</lane></laneSet>"
        if lane
        else ""
    )
    properties = "".join(f'<property id="{name}" itemSubjectRef="_any"/>' for name in variables)
    text = (
        HEAD.format(extra=extra)
        + f'<process id="{id}" name="{id.title()}" isExecutable="true">{properties}{lanes}'
        + '<startEvent id="start"/>'
        + "".join(nodes)
        + f'<endEvent id="end"/>{flows}{more}</process></definitions>'
    )
    return text.encode()


REVIEW = process(
    "review",
    human_task("review", {"TaskName": "Form"}, "ann", {"verdict": "result"}, {"paper": "paper"}),
    human_task("sign", {"GroupId": "sales", "Comment": "Sign"}),
    variables=("paper", "result"),
)
OFFER = process("offer", human_task("offer", {"GroupId": "sales"}))
OPEN = process("open", human_task("anybody"), extra=HOTEL)
SHARED = process(
    "shared",
    human_task("first", {"GroupId": "sales"}),
    human_task("second", {"GroupId": "sales"}),
    lane="Clerks",
)
BOOKING = process(
    "booking",
    human_task("choose"),
    human_task("confirm", outputs={"RoomObject": "RoomObject"}, sources={"room": "RoomObject"}),
    variables=("RoomObject", "CustomerInfo"),
    lane="Front desk",
    extra=HOTEL,
)
CALLER = process("caller", '<callActivity id="call" calledElement="offer" />')
FAILS = process(
    "fails",
    human_task("before", owner="ann"),
    '<scriptTask id="bad" scriptFormat="http://www.java.com/java"><script>'
    'throw new RuntimeException("boom");</script></scriptTask>',
)
FILES = {
    f"{name}.bpmn2": content
    for name, content in {
        "review": REVIEW,
        "offer": OFFER,
        "open": OPEN,
        "shared": SHARED,
        "booking": BOOKING,
        "caller": CALLER,
        "fails": FAILS,
    }.items()
}


class House:
    """An engine with ann and bob in sales, carl who leads, mary in no group, sue who sees all."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.tasks = engine.tasks
        people, admin = engine.people, engine.admin
        people.add_group(admin, "sales")
        people.add_group(admin, "leads")
        people.add_role(admin, "approver", "R0003")
        people.add_role(admin, "see-all")
        people.add_role(admin, "act-for-others")
        for name, groups in {
            "ann": ("sales",),
            "bob": ("sales",),
            "carl": ("leads",),
            "mary": (),
            "sue": (),
            "robot": (),
        }.items():
            people.add_user(admin, name, None, groups)
        people.grant_role(admin, "approver", "carl")
        people.grant_role(admin, "see-all", "sue")
        people.grant_role(admin, "act-for-others", "robot")
        people.add_party(admin, "Front desk", "carl")
        people.add_party_member(admin, "Front desk", "ann")
        people.add_party_member(admin, "Front desk", "approver", "ROLE")
        people.add_party(admin, "Nobody")
        engine.deployments.deploy(admin, DEPLOYMENT, FILES)

    def actor(self, name: str) -> Actor:
        """Somebody, as who acts."""
        return self.engine.people.actor(name)

    @property
    def admin(self) -> Actor:
        """The engine itself."""
        return self.engine.admin

    def start(self, process_id: str, variables: Map = EMPTY, by: str = "mary") -> int:
        """Start a process; gives the instance's id."""
        ref = ProcessRef(DEPLOYMENT, process_id)
        return self.engine.processes.start(self.actor(by), ref, variables).id

    def task_of(self, instance_id: int, by: Actor | None = None):
        """The one active task of an instance."""
        (task,) = self.tasks.of_instance(by or self.admin, instance_id).items
        return task

    def offer(self, process_id: str = "offer", by: str = "mary"):
        """The task of a new instance."""
        return self.task_of(self.start(process_id, by=by))

    def state(self, instance_id: int) -> int:
        """The state of an instance in jBPM's numbers."""
        return self.engine.processes.last_known(self.admin, instance_id).state


@contextmanager
def house(clock: ManualClock | None = None, **settings: object) -> Iterator[House]:
    """A house of its own for one test."""
    given = Settings(**settings)
    with Engine.open("sqlite://", settings=given, clock=clock, threads=False) as engine:
        yield House(engine)
