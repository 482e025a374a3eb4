"""Small processes, written as BPMN by a few functions."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:oneweb="urn:procession:oneweb:1" id="d" targetNamespace="urn:test" '
    'typeLanguage="http://www.java.com/javaTypes" '
    'expressionLanguage="http://www.mvel.org/2.0">'
)


def process(id: str, name: str, *parts: str, unique_id: str = "", before: str = "") -> bytes:
    unique = f' oneweb:uniqueId="{unique_id}"' if unique_id else ""
    body = "".join(parts)
    text = (
        f'{HEAD}{before}<process id="{id}" name="{name}" isExecutable="true"{unique}>'
        f"{body}</process></definitions>"
    )
    return text.encode()


def sequence(*nodes: str) -> str:
    """Flows from each node id to the next."""
    return "".join(flow(a, b, id=f"{a}_{b}") for a, b in pairwise(nodes))


def flow(source: str, target: str, condition: str = "", *, id: str = "") -> str:
    inner = ""
    if condition:
        inner = (
            '<conditionExpression xsi:type="tFormalExpression" '
            f'language="http://www.mvel.org/2.0">{condition}</conditionExpression>'
        )
    name = id or f"{source}_{target}"
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{name}" {ends}>{inner}</sequenceFlow>'


def user_task(id: str, name: str, groups: str = "", users: str = "", extra: str = "") -> str:
    """A user task offered to groups or users (comma-separated), or to nobody."""
    given = {"GroupId": groups, "ActorId": users}
    given = {key: value for key, value in given.items() if value}
    inputs = "".join(f'<dataInput id="{id}_{key}" name="{key}"/>' for key in given)
    references = "".join(f"<dataInputRefs>{id}_{key}</dataInputRefs>" for key in given)
    associations = "".join(
        f"<dataInputAssociation><targetRef>{id}_{key}</targetRef><assignment>"
        f"<from>{value}</from><to>{id}_{key}</to></assignment></dataInputAssociation>"
        for key, value in given.items()
    )
    io = f"<ioSpecification>{inputs}<inputSet>{references}</inputSet><outputSet/></ioSpecification>"
    return (
        f'<userTask id="{id}" name="{name}"{extra}>{io if given else ""}{associations}</userTask>'
    )


def script(id: str, code: str) -> str:
    return (
        f'<scriptTask id="{id}" name="{id}" scriptFormat="http://www.java.com/java">'
        f"<script>{code}</script></scriptTask>"
    )


START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'

ONE_TASK = process(
    "one-task",
    "One Task",
    START,
    user_task("work", "Do the work", groups="clerks"),
    END,
    sequence("start", "work", "end"),
)
STRAIGHT = process("straight", "Straight Away", START, END, sequence("start", "end"))
OPEN = process(
    "open",
    "Open To All",
    START,
    user_task("work", "Anybody"),
    END,
    sequence("start", "work", "end"),
)
NAMED = process(
    "named",
    "For Two",
    START,
    user_task("work", "Ann or Bob", users="ann,bob"),
    END,
    sequence("start", "work", "end"),
)
PARALLEL = process(
    "parallel",
    "Two Desks",
    START,
    '<parallelGateway id="fork"/>',
    user_task("left", "Left", groups="clerks"),
    user_task("right", "Right", groups="clerks"),
    '<parallelGateway id="join"/>',
    END,
    sequence("start", "fork", "left", "join", "end"),
    flow("fork", "right"),
    flow("right", "join"),
)
BROKEN = process(
    "broken",
    "Broken First",
    START,
    script("fails", "throw new RuntimeException(&quot;no&quot;);"),
    END,
    sequence("start", "fails", "end"),
)
CHOICE = process(
    "choice",
    "Choice",
    '<property id="Answer" name="Answer"/>',
    START,
    user_task("ask", "Ask", groups="clerks"),
    '<exclusiveGateway id="which"/>',
    user_task("high", "High", groups="clerks"),
    user_task("low", "Low", groups="clerks"),
    END,
    sequence("start", "ask", "which"),
    flow("which", "high", "Answer.kind == &quot;high&quot;"),
    flow("which", "low", "Answer.kind == &quot;low&quot;"),
    sequence("high", "end"),
    sequence("low", "end"),
)
CALLED = process(
    "called",
    "Called",
    START,
    user_task("inner", "Inner work", groups="clerks"),
    END,
    sequence("start", "inner", "end"),
)
CALLING = process(
    "calling",
    "Calling",
    START,
    '<callActivity id="call" name="Call" calledElement="called"/>',
    END,
    sequence("start", "call", "end"),
)
BRANCH = process(
    "branch",
    "Branch Office",
    '<property id="Request" name="Request"/><property id="Reply" name="Reply"/>',
    START,
    user_task("inner", "Answer the branch", groups="clerks"),
    END,
    sequence("start", "inner", "end"),
)
HEAD_OFFICE = process(
    "head",
    "Head Office",
    '<property id="RoomObject" name="RoomObject"/><property id="Result" name="Result"/>',
    START,
    '<callActivity id="call" name="Ask" calledElement="branch"><ioSpecification>'
    '<dataInput id="in" name="Request"/><dataOutput id="out" name="Reply"/>'
    "<inputSet><dataInputRefs>in</dataInputRefs></inputSet>"
    "<outputSet><dataOutputRefs>out</dataOutputRefs></outputSet></ioSpecification>"
    "<dataInputAssociation><sourceRef>RoomObject</sourceRef><targetRef>in</targetRef>"
    "</dataInputAssociation><dataOutputAssociation><sourceRef>out</sourceRef>"
    "<targetRef>Result</targetRef></dataOutputAssociation></callActivity>",
    user_task("after", "After", groups="clerks"),
    END,
    sequence("start", "call", "after", "end"),
)
TYPED = process(
    "typed",
    "Typed",
    '<property id="Count" name="Count" itemSubjectRef="whole"/>',
    '<property id="Title" name="Title" itemSubjectRef="text"/>',
    START,
    user_task("work", "Work", groups="clerks"),
    END,
    sequence("start", "work", "end"),
    unique_id="ty-1",
    before='<itemDefinition id="whole" structureRef="Integer"/>'
    '<itemDefinition id="text" structureRef="String"/>',
)


def timed(id: str, name: str, *, ends: bool) -> bytes:
    """A user task with a timer on its boundary that ends the task or only notifies."""
    return process(
        id,
        name,
        START,
        user_task("work", "Work", groups="clerks"),
        f'<boundaryEvent id="late" attachedToRef="work" cancelActivity="{str(ends).lower()}">'
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
        "</boundaryEvent>",
        user_task("remind", "Remind", groups="clerks"),
        END,
        sequence("start", "work", "end"),
        flow("late", "remind"),
        flow("remind", "end"),
    )


INCLUSIVE = process(
    "inclusive",
    "Inclusive",
    '<property id="Wants" name="Wants"/>',
    START,
    '<inclusiveGateway id="fork"/>',
    user_task("bed", "Bed", groups="clerks"),
    user_task("board", "Board", groups="clerks"),
    user_task("boat", "Boat", groups="clerks"),
    '<inclusiveGateway id="join"/>',
    user_task("pay", "Pay", groups="clerks"),
    END,
    sequence("start", "fork"),
    *(flow("fork", each, f"Wants.{each} == true") for each in ("bed", "board", "boat")),
    *(flow(each, "join") for each in ("bed", "board", "boat")),
    sequence("join", "pay", "end"),
)


def human(id: str, name: str, attributes: str = "", form: str = "") -> bytes:
    """A process of one human task with attributes of the extension namespace."""
    inside = f"<extensionElements>{form}</extensionElements>" if form else ""
    task = f'<userTask id="work" name="Work" {attributes}>{inside}</userTask>'
    return process(
        id,
        name,
        '<property id="Guest" name="Guest"/>',
        START,
        task,
        END,
        sequence("start", "work", "end"),
    )


DUE = human(
    "due",
    "Due Tomorrow",
    'oneweb:dueDate="P1D" oneweb:priority="70" oneweb:formKey="EN_WORK"',
    '<oneweb:parameter name="step" value="one"/>'
    '<oneweb:parameter name="who" value="#{Guest.name}"/>',
)
MOST = human("most", "Most Urgent", 'oneweb:priority="400"')
LEAST = human("least", "Least Urgent", 'oneweb:priority="-3"')
SIZES = process(
    "sizes",
    "Sizes",
    '<property id="Order" name="Order"/>',
    START,
    '<exclusiveGateway id="which" default="which_other"/>',
    user_task("large", "Large", groups="clerks"),
    user_task("middle", "Middle", groups="clerks"),
    user_task("other", "Otherwise", groups="clerks"),
    END,
    sequence("start", "which"),
    flow("which", "large", "Order.rooms &gt; 8"),
    flow("which", "middle", "Order.rooms &gt; 3"),
    flow("which", "other"),
    *(flow(each, "end") for each in ("large", "middle", "other")),
)
