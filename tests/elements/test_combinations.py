"""Elements that meet in unusual ways: what each does alone still holds."""

from __future__ import annotations

import re
from itertools import count

import pytest

from procession.core.state import InstanceStatus
from procession.testing import Run, compile_model, start
from undoing import CANCEL, COMPENSATE, undo

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ROOTS = (
    '<message id="M" name="M"/><message id="N" name="N"/><signal id="S" name="S"/>'
    '<error id="E" errorCode="E"/><escalation id="X" escalationCode="X"/>'
)
MESSAGE = '<messageEventDefinition messageRef="M"/>'
SIGNAL = '<signalEventDefinition signalRef="S"/>'
ERROR = '<errorEventDefinition errorRef="E"/>'
ESCALATION = '<escalationEventDefinition escalationRef="X"/>'
NUMBERS = count()


def flows(text: str) -> str:
    """Sequence flows from ``a>b``, with a condition as ``a>b[x==1]``."""
    found = []
    for part in text.split():
        source, target, condition = re.fullmatch(r"(\w+)>(\w+)(?:\[(.*)])?", part).groups()
        inside = f'<conditionExpression language="python">{condition}</conditionExpression>'
        ends = f'sourceRef="{source}" targetRef="{target}"'
        found.append(
            f'<sequenceFlow id="f{next(NUMBERS)}" {ends}>{inside if condition else ""}'
            "</sequenceFlow>"
        )
    return "".join(found)


def run(*parts: str, **variables: object) -> Run:
    """Run a process that is made of these parts."""
    head = f'<definitions xmlns="{BPMN}" targetNamespace="t" expressionLanguage="python">'
    body = f'<process id="p" isExecutable="true">{"".join(parts)}</process>'
    xml = f"{head}{ROOTS}{body}</definitions>"
    return start(compile_model(xml), **variables)


def node(tag: str, id: str, *inside: str, **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{id}"{given}>{"".join(inside)}</{tag}>'


def begin(id: str = "s", *inside: str, **attributes: str) -> str:
    return node("startEvent", id, *inside, **attributes)


def end(id: str = "e", *inside: str) -> str:
    return node("endEvent", id, *inside)


def users(*ids: str) -> str:
    return "".join(node("userTask", id) for id in ids)


def done(*ids: str) -> str:
    return "".join(node("manualTask", id) for id in ids)


def boundary(id: str, host: str, what: str, *, interrupts: bool = True) -> str:
    cancel = str(interrupts).lower()
    return node("boundaryEvent", id, what, attachedToRef=host, cancelActivity=cancel)


def event_sub(id: str, what: str, *inside: str, interrupts: bool = True) -> str:
    starting = begin(f"{id}_s", what, isInterrupting=str(interrupts).lower())
    return node("subProcess", id, starting, *inside, triggeredByEvent="true")


def rounds(number: int, *inside: str, one_by_one: bool = False) -> str:
    given = f"<loopCardinality>{number}</loopCardinality>{''.join(inside)}"
    return node(
        "multiInstanceLoopCharacteristics", "", given, isSequential=str(one_by_one).lower()
    ).replace(' id=""', "")


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def some(run: Run, *ids: str) -> list[str]:
    """Which of these were entered, in order."""
    return [id for id in run.visited if id in ids]


def test_a_timer_at_a_loop_in_an_event_sub_process_stops_the_loop_as_a_whole():
    t = run(
        begin() + users("a") + end() + flows("s>a a>e"),
        event_sub(
            "es",
            SIGNAL,
            node("userTask", "w", rounds(3)),
            boundary("late", "w", timer("PT1M")) + end("e1") + end("e2"),
            flows("es_s>w w>e1 late>e2"),
        ),
    )
    t.signal("S")
    t.complete("w")
    t.advance(minutes=2)

    assert t.visited[-2:] == ["late", "e2"]
    assert t.is_completed


def test_several_runs_of_an_event_sub_process_are_stopped_by_one_that_interrupts():
    t = run(
        begin() + users("a") + end() + flows("s>a a>e"),
        event_sub("es", MESSAGE, users("w") + end("e1"), flows("es_s>w w>e1"), interrupts=False),
        event_sub("ei", SIGNAL, users("z") + end("e2"), flows("ei_s>z z>e2")),
    )
    assert t.message("M") + t.message("M") == 2
    t.signal("S")

    assert t.active == ["ei", "z"]
    assert t.message("M") == 0
    t.complete("z")
    assert t.is_completed


def test_every_round_of_a_loop_escalates_and_goes_on():
    t = run(
        begin() + end() + done("h") + end("eh"),
        node(
            "subProcess",
            "sp",
            begin("is") + node("intermediateThrowEvent", "x", ESCALATION) + users("a"),
            end("ie") + flows("is>x x>a a>ie") + rounds(3),
        ),
        boundary("bx", "sp", ESCALATION, interrupts=False),
        flows("s>sp sp>e bx>h h>eh"),
    )
    assert t.visited.count("h") == 3
    for _ in range(3):
        t.complete("a")
    assert t.is_completed


def test_an_error_of_one_round_undoes_what_all_rounds_did():
    t = run(
        begin() + end() + done("h") + end("eh"),
        node(
            "subProcess",
            "sp",
            begin("is") + done("w") + undo("w") + users("a") + end("ie"),
            flows("is>w w>a a>ie") + rounds(3),
        ),
        boundary("be", "sp", ERROR) + flows("s>sp sp>e be>h h>eh"),
    )
    t.fail("a", "E")

    assert some(t, "undo_w", "h") == ["undo_w"] * 3 + ["h"]
    assert t.is_completed


def test_an_event_sub_process_that_interrupts_a_round_ends_only_that_round():
    t = run(
        begin() + end() + flows("s>o o>e"),
        node(
            "subProcess",
            "o",
            begin("os") + users("w") + end("oe") + flows("os>w w>oe"),
            event_sub("es", ERROR, done("q") + end("ee") + flows("es_s>q q>ee")),
            rounds(2),
        ),
    )
    t.fail("w", "E")

    assert t.visited.count("q") == 1
    assert t.active.count("w") == 1
    t.complete("w")
    assert t.is_completed


def test_a_condition_of_the_outer_loop_stops_the_inner_ones():
    text = "numberOfCompletedInstances &gt;= 1"
    enough = f'<completionCondition language="python">{text}</completionCondition>'
    t = run(
        begin() + end() + flows("s>o o>e"),
        node(
            "subProcess",
            "o",
            begin("os") + node("userTask", "w", rounds(3)) + end("oe") + flows("os>w w>oe"),
            rounds(2, enough),
        ),
    )
    for _ in range(3):
        t.complete("w")

    assert t.is_completed


def test_a_complex_gateway_in_a_circle_resets_before_it_starts_again():
    counting = '<script>kcontext.setVariable("n", n + 1)</script>'
    enough = '<activationCondition language="python">activationCount == 2</activationCondition>'
    t = run(
        begin() + end() + users("a", "b", "c"),
        node("exclusiveGateway", "m") + node("parallelGateway", "fork"),
        node("complexGateway", "two", enough) + node("exclusiveGateway", "again"),
        node("scriptTask", "count", counting, scriptFormat="python"),
        flows("s>m m>fork fork>a fork>b fork>c a>two b>two c>two"),
        flows("two>count count>again again>m[n==1] again>e[n==2]"),
        n=0,
    )
    t.complete("a")
    t.complete("b")
    assert t.active == ["c", "two", "a", "b", "c"]
    for each in "cabc":
        t.complete(each)

    assert t.variables["n"] == 2
    assert t.is_completed


def test_a_transaction_in_an_ad_hoc_scope_is_undone_and_left_by_its_own_event():
    t = run(
        begin() + end() + flows("s>ah ah>e"),
        node(
            "adHocSubProcess",
            "ah",
            users("free", "retry"),
            node(
                "transaction",
                "tx",
                begin("is") + done("w") + undo("w") + users("ask"),
                end("off", CANCEL) + flows("is>w w>ask ask>off"),
            ),
            boundary("bc", "tx", CANCEL) + flows("bc>retry"),
        ),
    )
    t.complete("ask")

    assert some(t, "undo_w", "bc", "retry") == ["undo_w", "bc", "retry"]
    t.complete("retry")
    t.complete("free")
    assert t.is_completed


def test_one_round_that_cancels_its_transaction_cancels_the_loop():
    t = run(
        begin() + end() + done("h") + end("eh"),
        node(
            "transaction",
            "tx",
            begin("is") + done("w") + undo("w") + users("ask"),
            end("off", CANCEL) + flows("is>w w>ask ask>off") + rounds(2),
        ),
        boundary("bc", "tx", CANCEL) + flows("s>tx tx>e bc>h h>eh"),
    )
    t.complete("ask")

    assert some(t, "undo_w", "bc", "h") == ["undo_w", "undo_w", "bc", "h"]
    assert t.is_completed


def test_a_handler_that_fails_while_a_transaction_is_cancelled_is_a_hazard():
    failing = node(
        "subProcess",
        "uw",
        begin("us") + end("ue", ERROR) + flows("us>ue"),
        isForCompensation="true",
    )
    tied = '<association id="tie" sourceRef="cb" targetRef="uw"/>'
    t = run(
        begin() + end() + end("cancelled") + end("hazard"),
        node(
            "transaction",
            "tx",
            begin("is") + done("w") + boundary("cb", "w", COMPENSATE) + failing + tied,
            end("off", CANCEL) + flows("is>w w>off"),
        ),
        boundary("bc", "tx", CANCEL) + boundary("be", "tx", ERROR),
        flows("s>tx tx>e bc>cancelled be>hazard"),
    )

    assert some(t, "cancelled", "hazard") == ["hazard"]
    assert t.is_completed


def test_quantities_count_for_a_loop_as_a_whole():
    t = run(
        begin() + end() + node("parallelGateway", "f") + done("a", "b", "z"),
        node("userTask", "w", rounds(2), startQuantity="2", completionQuantity="2"),
        flows("s>f f>a f>b a>w b>w w>z z>e"),
    )
    t.complete("w")
    t.complete("w")

    assert t.visited.count("z") == 2
    assert t.is_completed


@pytest.mark.parametrize("first", ["M", "S"])
def test_all_that_an_event_at_a_loop_needs_may_come_in_any_order(first):
    t = run(
        begin() + end() + end("eh") + node("userTask", "w", rounds(2)),
        node("boundaryEvent", "b", MESSAGE + SIGNAL, attachedToRef="w", parallelMultiple="true"),
        flows("s>w w>e b>eh"),
    )
    came = {"M": t.message, "S": t.signal}
    for name in (first, first, "M" if first == "S" else "S"):
        assert t.status is InstanceStatus.ACTIVE
        came[name](name)

    assert t.visited[-2:] == ["b", "eh"]
    assert t.is_completed


def test_an_inclusive_join_waits_for_what_a_boundary_event_may_still_bring():
    t = run(
        begin() + end() + users("a", "q") + done("z"),
        node("parallelGateway", "f") + node("inclusiveGateway", "j"),
        boundary("late", "a", timer("PT1M")),
        flows("s>f f>a f>q a>j late>j q>j j>z z>e"),
    )
    t.complete("q")
    assert "z" not in t.visited
    t.advance(minutes=2)

    assert t.visited.count("z") == 1
    assert t.is_completed
