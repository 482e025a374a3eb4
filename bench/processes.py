"""The processes that are measured, as BPMN files.

Scripts are Java for Procession (``bench.script5`` is what jBPM's own benchmark runs), Python for
SpiffWorkflow; where a peer has no scripts the same graph stands with service tasks instead.
"""

from __future__ import annotations

from typing import Final

from procession import demo
from procession.testing.models import Model, model, signal, timer

JAVA: Final = "http://www.java.com/java"
UNIT: Final = "bench:bench:1.0"
GROUP: Final = "workers"
BOOKING: Final = "BookingRoom"
_OWNER: Final = (
    "<{role}><resourceAssignmentExpression><formalExpression>{who}</formalExpression>"
    "</resourceAssignmentExpression></{role}>"
)


def _for(who: str) -> str:
    return _OWNER.format(role="potentialOwner", who=who)


def script(
    count: int = 5, *, id: str = "", language: str = JAVA, text: str = "int a = 1;"
) -> Model:
    """Start, some scripts one after the other, end."""
    made = model(id or f"bench.script{count}", jbpm=True, language=language).start()
    for number in range(count):
        made.script(f"script{number}", text)
    return made.end()


def tasks(count: int = 5, *, id: str = "") -> Model:
    """Start, some plain tasks, end."""
    made = model(id or f"bench.tasks{count}").start()
    for number in range(count):
        made.task(f"task{number}")
    return made.end()


def services(count: int = 5, *, id: str = "bench.services5") -> str:
    """The same with service tasks that camunda-python resolves to a registered function."""
    xml = model(id).start()
    for number in range(count):
        xml.node("serviceTask", f"service{number}", **{"camunda:delegateExpression": "${work}"})
    return _camunda(xml.end().xml().decode())


def fork(width: int, *, id: str = "", text: str = "int a = 1;", language: str = JAVA) -> Model:
    """A parallel split into ``width`` scripts and their join."""
    made = model(id or f"bench.fork{width}", jbpm=True, language=language).start().parallel("split")
    for number in range(width):
        made.back_to("split").script(f"script{number}", text).parallel("join")
    return made.end()


def exclusive() -> Model:
    """An exclusive choice of two."""
    made = model("bench.exclusive", jbpm=True, language=JAVA).start().exclusive("choose")
    made.flow("return amount > 100;").script("high", "int a = 1;").exclusive("merge")
    made.back_to("choose").default().script("low", "int a = 2;").exclusive("merge")
    return made.end()


def cycle(rounds: int) -> Model:
    """A loop that counts to ``rounds`` with one script."""
    made = model(f"bench.cycle{rounds}", jbpm=True, language=JAVA).variable("n", "Integer")
    made.start().exclusive("again")
    made.script("count", 'kcontext.setVariable("n", n + 1);').exclusive("enough")
    made.flow(f"return n < {rounds};").to("again")
    return made.back_to("enough").default().end()


def items(count: int, *, sequential: bool) -> Model:
    """A multi-instance script over ``count`` items that gathers what each gives."""
    kind = "sequential" if sequential else "parallel"
    made = model(f"bench.items{count}.{kind}", language=JAVA).variable("list").variable("out")
    inside = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<loopDataInputRef>list</loopDataInputRef><loopDataOutputRef>out</loopDataOutputRef>"
        '<inputDataItem id="item"/><outputDataItem id="result"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    text = '<script>kcontext.setVariable("result", item);</script>'
    return made.start().node("scriptTask", "each", inside + text, scriptFormat=JAVA).end()


def cycle_of_tasks() -> Model:
    """A loop with a user task in it: each round is a turn of its own."""
    made = model("bench.rounds", jbpm=True, language=JAVA).start().exclusive("again")
    made.user("work", _for("admin")).exclusive("enough")
    made.flow('return !"stop".equals(go);').to("again")
    return made.back_to("enough").default().end()


def inclusive() -> Model:
    """An inclusive split of three, two of which are taken, and the OR-join."""
    made = model("bench.inclusive", jbpm=True, language=JAVA).start().inclusive("split")
    for number, condition in enumerate(("amount > 1", "amount > 2", "amount > 1000000")):
        made.back_to("split").flow(f"return {condition};").script(f"script{number}", "int a = 1;")
        made.inclusive("join")
    return made.end()


def timer_wait() -> Model:
    """An intermediate timer."""
    return model("bench.timer", jbpm=True).start().timer("wait", "PT1S").end()


def signal_wait() -> Model:
    """An intermediate signal."""
    made = model("bench.signal", jbpm=True).root('<signal id="sig" name="go"/>')
    return made.start().catch("wait", signal("sig")).end()


def boundary() -> Model:
    """A user task with a timer at its boundary that never fires; the task is completed."""
    made = model("bench.boundary", jbpm=True).start().user("work", _for("admin")).end()
    return (
        made.boundary("work", "late", timer("PT24H")).script("remind", "int a = 1;").end("late_end")
    )


def call() -> Model:
    """A call activity; the called process has one script."""
    inside = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
    return model("bench.call", jbpm=True).start().call("call", "bench.script1", inside).end()


def user() -> Model:
    """One user task, its owner named: reserved at once."""
    return model("bench.user", jbpm=True).start().user("work", _for("admin")).end()


def human() -> Model:
    """One user task of a group: it is claimed, started, completed."""
    inside = _for(f"group({GROUP})")
    return model("bench.human", jbpm=True).start().user("work", inside).end()


def parallel_users() -> Model:
    """A script and two user tasks side by side (jBPM's third scenario)."""
    made = model("bench.parallel", jbpm=True, language=JAVA).start().parallel("split")
    made.script("script", "int a = 1;").parallel("join")
    for name in ("first", "second"):
        made.back_to("split").user(name, _for("admin")).parallel("join")
    return made.end()


def peer_user(id: str = "bench.user") -> str:
    """One user task without an owner, for the peer."""
    return _camunda(model(id).start().user("work").end().xml().decode())


def _camunda(xml: str) -> str:
    head = '<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    return xml.replace("<definitions ", head, 1)


def served() -> dict[str, bytes]:
    """The files that the REST scenarios need."""
    made = (script(5), script(1), user(), human(), parallel_users())
    hotel = next(unit for unit in demo.UNITS if "Hotel" in unit.deployment_id)
    return {f"{m.id}.bpmn2": m.xml() for m in made} | dict(hotel.read())


def patterns() -> dict[str, bytes]:
    """The files that the patterns in process need."""
    made = [script(5), script(1), tasks(5), exclusive(), cycle(100), cycle_of_tasks(), inclusive()]
    made += [fork(width) for width in (2, 10, 100)]
    made += [timer_wait(), signal_wait(), boundary(), call(), user()]
    made += [items(1000, sequential=kind) for kind in (False, True)]
    return {f"{m.id}.bpmn2": m.xml() for m in made}
