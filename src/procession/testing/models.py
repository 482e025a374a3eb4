"""``model()``: build a process in Python, node by node, as the BPMN XML it stands for.

Each call adds a node after the one before and makes it the current one; :meth:`Model.back_to` goes
back to an earlier node, :meth:`Model.flow` puts a condition on the next flow.
"""

from __future__ import annotations

from typing import Final, Self
from xml.sax.saxutils import escape, quoteattr

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DROOLS: Final = "http://www.jboss.org/drools"


class Model:
    """A process in the making. ``jbpm`` makes it one that runs with jBPM's meaning."""

    def __init__(self, id: str = "process", *, jbpm: bool = False, language: str = "") -> None:
        self.id = id
        self.jbpm = jbpm
        self.language = language
        self._current: str | None = None
        self._condition = ""
        self._is_default = False
        self._nodes: set[str] = set()
        self._tags: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        self._flows = 0
        self._attributes: dict[str, str] = {}
        self._root: list[str] = []
        self._levels: list[tuple[str, str, list[str]]] = [("", "", [])]

    # -- events ------------------------------------------------------------------------------

    def start(self, id: str = "start", inside: str = "") -> Self:
        """A start event, plain unless ``inside`` says otherwise; nothing leads to it."""
        self._current = None
        return self.node("startEvent", id, inside)

    def end(self, id: str = "end", inside: str = "") -> Self:
        """An end event; asked for again, the same one."""
        return self.node("endEvent", self._level_id(id), inside)

    def catch(self, id: str, inside: str) -> Self:
        """An intermediate catch event with the definition ``inside``."""
        return self.node("intermediateCatchEvent", id, inside)

    def throw(self, id: str, inside: str = "") -> Self:
        """An intermediate throw event."""
        return self.node("intermediateThrowEvent", id, inside)

    def timer(self, id: str, duration: str) -> Self:
        """An intermediate timer event."""
        return self.catch(id, timer(duration))

    def boundary(self, host: str, id: str, inside: str, *, interrupting: bool = True) -> Self:
        """A boundary event on ``host``; it becomes the current node."""
        self._current = None
        cancel = "true" if interrupting else "false"
        return self.node("boundaryEvent", id, inside, attachedToRef=host, cancelActivity=cancel)

    # -- activities --------------------------------------------------------------------------

    def task(self, id: str, inside: str = "", **attributes: str) -> Self:
        """A plain task; ``taskName`` makes it a work item."""
        if "taskName" in attributes:
            attributes["d:taskName"] = attributes.pop("taskName")
        return self.node("task", id, inside, **attributes)

    def script(self, id: str, text: str = "", **attributes: str) -> Self:
        """A script task."""
        if self.language:
            attributes.setdefault("scriptFormat", self.language)
        return self.node("scriptTask", id, f"<script>{escape(text)}</script>", **attributes)

    def user(self, id: str, inside: str = "", **attributes: str) -> Self:
        """A user task."""
        return self.node("userTask", id, inside, **attributes)

    def service(self, id: str, inside: str = "", **attributes: str) -> Self:
        """A service task."""
        return self.node("serviceTask", id, inside, **attributes)

    def call(self, id: str, called: str, inside: str = "", **attributes: str) -> Self:
        """A call activity."""
        return self.node("callActivity", id, inside, calledElement=called, **attributes)

    def sub(self, id: str, inside: str = "", **attributes: str) -> Self:
        """Begin a sub-process: what follows stands in it until :meth:`end_sub`."""
        self.node("subProcess", id, inside, **attributes)
        opening = self._levels[-1][2].pop()
        self._levels.append((id, opening.removesuffix("</subProcess>"), []))
        self._current = None
        return self

    def end_sub(self) -> Self:
        """End the sub-process; it becomes the current node."""
        id, opening, parts = self._levels.pop()
        self._levels[-1][2].append(opening + "".join(parts) + "</subProcess>")
        self._current = id
        return self

    # -- gateways and flows ------------------------------------------------------------------

    def exclusive(self, id: str) -> Self:
        """An exclusive gateway."""
        return self.node("exclusiveGateway", id)

    def parallel(self, id: str) -> Self:
        """A parallel gateway."""
        return self.node("parallelGateway", id)

    def inclusive(self, id: str) -> Self:
        """An inclusive gateway."""
        return self.node("inclusiveGateway", id)

    def flow(self, condition: str) -> Self:
        """The next flow has this condition."""
        self._condition = condition
        return self

    def default(self) -> Self:
        """The next flow is the default one of the node it leaves."""
        self._is_default = True
        return self

    def back_to(self, id: str) -> Self:
        """Go on from an earlier node."""
        self._current = id
        return self

    def apart(self) -> Self:
        """Nothing leads to what comes next."""
        self._current = None
        return self

    def to(self, id: str) -> Self:
        """Lead to a node that is there already, or will be; it becomes the current one."""
        self._connect(id)
        self._current = id
        return self

    # -- anything ----------------------------------------------------------------------------

    def node(self, tag: str, id: str, inside: str = "", **attributes: str) -> Self:
        """A node of any tag, with whatever XML stands in it."""
        self._connect(id)
        self._current = id
        if id in self._nodes:
            return self
        self._nodes.add(id)
        self._tags[id] = tag
        given = "".join(f" {k}={quoteattr(v)}" for k, v in attributes.items())
        text = f"<{tag} id={quoteattr(id)}{given}@default:{id}@>{inside}</{tag}>\n"
        self._levels[-1][2].append(text.rstrip("\n"))
        return self

    def variable(self, name: str, structure: str = "") -> Self:
        """Declare a variable of the process or of the sub-process that was begun."""
        item = ""
        if structure:
            given = quoteattr("_" + name)
            self.root(f"<itemDefinition id={given} structureRef={quoteattr(structure)}/>")
            item = f" itemSubjectRef={given}"
        self._levels[-1][2].append(f"<property id={quoteattr(name)}{item}/>")
        return self

    def root(self, xml: str) -> Self:
        """Add an element beside the process: a message, a signal, an error."""
        self._root.append(xml)
        return self

    def inside(self, xml: str) -> Self:
        """Add XML to the process, such as lanes."""
        self._levels[-1][2].append(xml)
        return self

    def attribute(self, name: str, value: str) -> Self:
        """Set an attribute of the process; ``d:`` is jBPM's prefix."""
        self._attributes[name] = value
        return self

    def xml(self) -> bytes:
        """The BPMN file."""
        while len(self._levels) > 1:
            self.end_sub()
        body = "\n".join(self._levels[0][2])
        for id in self._nodes:
            flow = self._defaults.get(id)
            given = f" default={quoteattr(flow)}" if flow else ""
            body = body.replace(f"@default:{id}@", given)
        uses_drools = self.jbpm or "d:" in body
        drools = f' xmlns:d="{DROOLS}"' if uses_drools else ""
        given = "".join(f" {k}={quoteattr(v)}" for k, v in self._attributes.items())
        return (
            f'<definitions xmlns="{BPMN}"{drools} targetNamespace="urn:test" id="definitions">\n'
            + "\n".join(self._root)
            + f'\n<process id={quoteattr(self.id)} isExecutable="true"{given}>\n'
            + body
            + "\n</process>\n</definitions>"
        ).encode()

    def _level_id(self, id: str) -> str:
        level = self._levels[-1][0]
        return f"{level}.{id}" if level and id == "end" else id

    def _connect(self, target: str) -> None:
        if self._current is None:
            return
        self._flows += 1
        id = f"flow{self._flows}"
        if self._is_default:
            self._defaults[self._current] = id
        language = f" language={quoteattr(self.language)}" if self.language else ""
        inside = ""
        if self._condition:
            text = escape(self._condition)
            inside = f"<conditionExpression{language}>{text}</conditionExpression>"
        source = quoteattr(self._current)
        self._levels[-1][2].append(
            f'<sequenceFlow id="{id}" sourceRef={source} targetRef={quoteattr(target)}>'
            f"{inside}</sequenceFlow>"
        )
        self._condition, self._is_default = "", False


def model(id: str = "process", *, jbpm: bool = False, language: str = "") -> Model:
    """Begin a process."""
    return Model(id, jbpm=jbpm, language=language)


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def signal(reference: str) -> str:
    """A signal definition."""
    return f"<signalEventDefinition signalRef={quoteattr(reference)}/>"


def message(reference: str) -> str:
    """A message definition."""
    return f"<messageEventDefinition messageRef={quoteattr(reference)}/>"


def error(reference: str = "") -> str:
    """An error definition; without a reference it catches all."""
    given = f" errorRef={quoteattr(reference)}" if reference else ""
    return f"<errorEventDefinition{given}/>"


def escalation(reference: str = "") -> str:
    """An escalation definition; without a reference it catches all."""
    given = f" escalationRef={quoteattr(reference)}" if reference else ""
    return f"<escalationEventDefinition{given}/>"


def conditional(text: str, language: str = "") -> str:
    """A conditional definition."""
    given = f" language={quoteattr(language)}" if language else ""
    return (
        f"<conditionalEventDefinition><condition{given}>{escape(text)}</condition>"
        "</conditionalEventDefinition>"
    )


def parameters(
    *,
    inputs: dict[str, str] | None = None,
    constants: dict[str, str] | None = None,
    outputs: dict[str, str] | None = None,
) -> str:
    """Data associations: parameters from variables, constants, and results to variables."""
    parts: list[str] = []
    associations: list[str] = []
    for name, source in (inputs or {}).items():
        parts.append(f"<dataInput id='in_{name}' name='{name}'/>")
        associations.append(
            f"<dataInputAssociation><sourceRef>{source}</sourceRef>"
            f"<targetRef>in_{name}</targetRef></dataInputAssociation>"
        )
    for name, text in (constants or {}).items():
        parts.append(f"<dataInput id='in_{name}' name='{name}'/>")
        associations.append(
            f"<dataInputAssociation><targetRef>in_{name}</targetRef><assignment>"
            f"<from>{escape(text)}</from><to>in_{name}</to></assignment></dataInputAssociation>"
        )
    for name, target in (outputs or {}).items():
        parts.append(f"<dataOutput id='out_{name}' name='{name}'/>")
        associations.append(
            f"<dataOutputAssociation><sourceRef>out_{name}</sourceRef>"
            f"<targetRef>{target}</targetRef></dataOutputAssociation>"
        )
    io = "".join(parts)
    return f"<ioSpecification>{io}<inputSet/><outputSet/></ioSpecification>" + "".join(associations)
