"""Rules over a real database: tasks, conditions, sessions that are shared and kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from procession.errors import InvalidModel, NotFound, Rejected, ScriptFailure
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.tasks.ad_hoc import NewTask
from tests.runtime.rooms import UNIT
from tests.runtime.rule_models import END, START, flow, process, rule_task, script, work

ADULT = b"""package org.test
rule "adult" ruleflow-group "g"
when
    $m : java.util.Map(this["age"] >= 18)
then
    $m.put("adult", true);
end
rule "other group" ruleflow-group "h"
when
    $m : java.util.Map()
then
    $m.put("wrong", true);
end
"""
BROKEN = b"package a\nrule x when\n(((\nthen end"
COUNT = b"""package org.test
global java.util.List list
rule "any" when $s : String() then list.add($s); end
"""
STRAIGHT = (
    START + flow("start", "r") + rule_task() + flow("r", "w") + work() + flow("w", "end") + END
)


def unit(engine, files, **options):
    engine.deployments.deploy(engine.admin, UNIT, files, **options)


def begin(engine, id="ruled", **variables):
    return engine.processes.start(engine.admin, ProcessRef(UNIT, id), variables)


def variable(engine, instance, name="x"):
    return engine.processes.variable(engine.admin, instance.id, name)


def test_a_rule_task_fires_its_group_over_its_inputs_and_takes_them_back(engine):
    unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": ADULT})

    assert variable(engine, begin(engine, x={"age": 20})) == {"age": 20, "adult": True}
    assert variable(engine, begin(engine, x={"age": 2})) == {"age": 2}
    assert engine.sessions.count_facts(engine.admin, UNIT) == 0


def test_a_rule_task_without_a_group_is_refused(engine):
    with pytest.raises(InvalidModel, match="ruleFlowGroup"):
        unit(engine, {"p.bpmn2": process(STRAIGHT.replace('drools:ruleFlowGroup="g"', ""))})


def test_rules_that_cannot_be_read_are_refused_with_their_line(engine):
    with pytest.raises(InvalidModel) as refused:
        unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": BROKEN})

    assert {(p.file, p.line) for p in refused.value.problems if p.severity == "error"} & {
        ("r.drl", 3),
        ("r.drl", 4),
    }


def test_facts_and_globals_are_there_after_the_engine_was_opened_again(opening):
    engine = opening()
    unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": COUNT})
    engine.sessions.set_global(engine.admin, UNIT, "list", [])
    engine.sessions.set_global(engine.admin, UNIT, "free", 7)
    engine.sessions.insert(engine.admin, UNIT, ["a", "b"])
    engine.close()

    engine = opening()
    assert engine.sessions.count_facts(engine.admin, UNIT) == 2
    assert engine.sessions.fire(engine.admin, UNIT) == ("any", "any")
    assert engine.sessions.fire(engine.admin, UNIT) == ()
    engine.close()

    engine = opening()
    assert sorted(engine.sessions.global_value(engine.admin, UNIT, "list")) == ["a", "b"]
    assert engine.sessions.global_value(engine.admin, UNIT, "free") == 7
    assert engine.sessions.fire(engine.admin, UNIT) == ()


def test_a_fact_can_be_changed_and_taken_out(engine):
    unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": COUNT})
    engine.sessions.set_global(engine.admin, UNIT, "list", [])
    (handle,) = engine.sessions.insert(engine.admin, UNIT, ["a"])
    engine.sessions.update(engine.admin, UNIT, handle, "b")

    assert engine.sessions.fire(engine.admin, UNIT) == ("any",)
    assert engine.sessions.global_value(engine.admin, UNIT, "list") == ("b",)
    engine.sessions.delete(engine.admin, UNIT, handle)
    assert engine.sessions.count_facts(engine.admin, UNIT) == 0
    with pytest.raises(NotFound):
        engine.sessions.delete(engine.admin, UNIT, handle)


def test_what_fails_leaves_the_session_as_it_was(engine):
    failing = b"""package org.test
    rule "first" salience 2 ruleflow-group "g" when $m : java.util.Map() then insert("left"); end
    rule "then" salience 1 ruleflow-group "g" when $m : java.util.Map(this["bad"] == true)
    then throw new RuntimeException("no"); end"""
    unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": failing})
    engine.sessions.insert(engine.admin, UNIT, ["before"])

    with pytest.raises(ScriptFailure):
        begin(engine, x={"bad": True})
    assert engine.sessions.count_facts(engine.admin, UNIT) == 1

    begin(engine, x={"bad": False})
    assert engine.sessions.count_facts(engine.admin, UNIT) == 2


def test_a_flow_is_taken_when_facts_meet_its_pattern(engine):
    inside = (
        START + flow("start", "g")
        + '<exclusiveGateway id="g" gatewayDirection="Diverging" default="g-no"/>'
        + flow("g", "yes", "String(this == &quot;go&quot;)") + work("yes") + flow("yes", "end")
        + flow("g", "no") + work("no") + flow("no", "end") + END
    )  # fmt: skip
    unit(engine, {"p.bpmn2": process(inside)})

    def taken():
        begin(engine)
        return [i.node_name for i in engine.history.nodes(engine.admin, begin(engine).id).items]

    assert "no" in taken()
    engine.sessions.insert(engine.admin, UNIT, ["go"])
    assert "yes" in taken()


def test_a_pattern_of_a_conditional_event_waits_until_rules_fire(engine):
    inside = (
        START
        + flow("start", "c")
        + '<intermediateCatchEvent id="c"><conditionalEventDefinition><condition '
        'xsi:type="tFormalExpression">String(this == "go")</condition></conditionalEventDefinition>'
        "</intermediateCatchEvent>" + flow("c", "end") + '<endEvent id="end"/>'
    )
    unit(engine, {"p.bpmn2": process(inside)})
    instance = begin(engine)
    engine.sessions.insert(engine.admin, UNIT, ["go"])
    assert engine.processes.get(engine.admin, instance.id).state == 1

    engine.sessions.fire(engine.admin, UNIT)

    with pytest.raises(NotFound):
        engine.processes.get(engine.admin, instance.id)
    with pytest.raises(NotFound):
        engine.processes.get(engine.admin, begin(engine).id)


def test_every_new_match_of_a_start_condition_begins_an_instance(engine):
    inside = (
        '<startEvent id="start"><conditionalEventDefinition><condition '
        'xsi:type="tFormalExpression">String()</condition></conditionalEventDefinition>'
        "</startEvent>" + flow("start", "w") + work() + flow("w", "end") + END
    )
    unit(engine, {"p.bpmn2": process(inside)})

    def running():
        return engine.processes.active(engine.admin, UNIT, PageRequest()).total

    engine.sessions.insert(engine.admin, UNIT, ["a"])
    assert running() == 0
    engine.sessions.fire(engine.admin, UNIT)
    assert running() == 1
    engine.sessions.fire(engine.admin, UNIT)
    assert running() == 1
    engine.sessions.insert(engine.admin, UNIT, ["b", "c"])
    engine.sessions.fire(engine.admin, UNIT)
    assert running() == 3


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [("SINGLETON", [1, 2]), ("PER_PROCESS_INSTANCE", [1, 1]), ("PER_REQUEST", [0, 0])],
)
def test_the_strategy_says_who_shares_facts(engine, strategy, counts):
    inside = (
        START + flow("start", "s") + script('kcontext.getKieRuntime().insert("fact");')
        + flow("s", "w") + work() + flow("w", "end") + END
    )  # fmt: skip
    unit(engine, {"p.bpmn2": process(inside)}, strategy=strategy)

    seen = [engine.sessions.count_facts(engine.admin, UNIT, begin(engine).id) for _ in range(2)]

    assert seen == counts


def test_facts_that_come_with_a_start_are_there_before_it(engine):
    rules = b"""package org.test
    rule "seen" ruleflow-group "g" when $s : String() $m : java.util.Map()
    then $m.put("seen", $s); end"""
    unit(engine, {"p.bpmn2": process(STRAIGHT), "r.drl": rules})
    ref = ProcessRef(UNIT, "ruled")

    instance = engine.processes.start(engine.admin, ref, {"x": {}}, facts=["given"])

    assert variable(engine, instance) == {"seen": "given"}


def test_rules_reach_the_process_instance_that_a_script_put_in(engine):
    rules = b"""package org.test
    import org.kie.api.runtime.process.WorkflowProcessInstance
    rule "wake" ruleflow-group "g"
    when $p : WorkflowProcessInstance(getVariable("y") == "please")
    then $p.setVariable("y", "done"); end"""
    inside = (
        START + flow("start", "s") + script("insert(kcontext.getProcessInstance());")
        + flow("s", "r") + rule_task() + flow("r", "w") + work() + flow("w", "end") + END
    )  # fmt: skip
    unit(engine, {"p.bpmn2": process(inside), "r.drl": rules})

    assert variable(engine, begin(engine, y="please"), "y") == "done"
    assert variable(engine, begin(engine, y="no"), "y") == "no"


def test_two_nodes_share_a_session(nodes):
    one, other = nodes
    unit(one, {"p.bpmn2": process(STRAIGHT), "r.drl": COUNT})
    for turn in range(4):
        node = (one, other)[turn % 2]
        node.sessions.insert(node.admin, UNIT, [f"fact {turn}"])

    assert one.sessions.count_facts(one.admin, UNIT) == 4
    other.sessions.set_global(other.admin, UNIT, "list", [])
    assert len(one.sessions.fire(one.admin, UNIT)) == 4
    assert other.sessions.fire(other.admin, UNIT) == ()


ADD_TASK = b"""package org.test
import org.kie.api.task.model.Task
global org.jbpm.services.task.rule.TaskServiceRequest request
rule "no bribes" when Task(name == "Bribe")
then request.setAllowed(false); request.addReason("we do not do that"); end"""
COMPLETE_TASK = b"""package org.test
import java.util.Map
global org.jbpm.services.task.rule.TaskServiceRequest request
rule "say why" when Map(this["why"] == null)
then request.setAllowed(false); request.addReason("say why"); end"""


def test_rules_of_tasks_are_asked_before_a_task_is_added_or_completed(engine):
    person = (
        '<userTask id="w" name="Decide"><potentialOwner><resourceAssignmentExpression>'
        "<formalExpression>ann</formalExpression></resourceAssignmentExpression>"
        "</potentialOwner></userTask>"
    )
    inside = START + flow("start", "w") + person + flow("w", "end") + END
    unit(
        engine,
        {
            "p.bpmn2": process(inside),
            "default-add-task.drl": ADD_TASK,
            "rules/default-complete-task.drl": COMPLETE_TASK,
        },
    )
    engine.people.add_user(engine.admin, "ann", "secret-1234")
    ann = engine.people.actor("ann")
    instance = begin(engine)
    (task,) = engine.tasks.of_instance(engine.admin, instance.id).items
    engine.tasks.start(ann, task.id)

    with pytest.raises(Rejected, match="Cannot perform operation completeTask : say why"):
        engine.tasks.complete(ann, task.id, {})
    with pytest.raises(Rejected, match="say why"):
        engine.tasks.ask_rules(ann, task.id, "completeTask", {})
    new = NewTask(name="Bribe", process_instance_id=instance.id)
    with pytest.raises(Rejected, match="addTask : we do not do that"):
        engine.tasks.add(engine.admin, new)
    engine.tasks.complete(ann, task.id, {"why": "because"})


def test_a_process_waits_without_the_task_that_the_rules_refuse_it(engine, caplog):
    bribe, decide = (
        f'<userTask id="{name.lower()}" name="{name}"/>' for name in ("Bribe", "Decide")
    )
    inside = (
        START
        + '<parallelGateway id="fork" gatewayDirection="Diverging"/>'
        + flow("start", "fork")
        + flow("fork", "bribe")
        + flow("fork", "decide")
        + bribe
        + decide
        + flow("bribe", "join")
        + flow("decide", "join")
        + '<parallelGateway id="join" gatewayDirection="Converging"/>'
        + flow("join", "end")
        + END
    )
    unit(engine, {"p.bpmn2": process(inside), "default-add-task.drl": ADD_TASK})

    instance = begin(engine)

    (made,) = engine.tasks.of_instance(engine.admin, instance.id).items
    assert made.name == "Decide"
    assert "Cannot perform operation addTask : we do not do that" in caplog.text
    engine.tasks.finish(engine.admin, made.id)
    assert engine.processes.get(engine.admin, instance.id).state == 1
    engine.processes.abort(engine.admin, instance.id)


def test_what_is_finished_in_one_call_asks_the_rules_too(engine):
    inside = (
        START + flow("start", "w") + '<userTask id="w" name="Decide"/>' + flow("w", "end") + END
    )
    unit(engine, {"p.bpmn2": process(inside), "default-complete-task.drl": COMPLETE_TASK})
    (task,) = engine.tasks.of_instance(engine.admin, begin(engine).id).items

    with pytest.raises(Rejected, match="Cannot perform operation completeTask : say why"):
        engine.tasks.finish(engine.admin, task.id, {})
    engine.tasks.finish(engine.admin, task.id, {"why": "because"})


def test_two_nodes_may_be_the_first_at_once(nodes):
    one = nodes[0]
    unit(one, {"p.bpmn2": process(STRAIGHT), "r.drl": COUNT})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: nodes[n % 2].sessions.insert(one.admin, UNIT, [n]), range(16)))

    assert one.sessions.count_facts(one.admin, UNIT) == 16


def test_scripts_see_the_globals_of_the_session_and_set_them(engine):
    more = '<drools:global identifier="rate" type="java.lang.Integer"/>'
    text = """kcontext.setVariable("y", rate);
    kcontext.getKieRuntime().setGlobal("rate", 9);"""
    inside = (
        START + flow("start", "s") + script(text) + flow("s", "w") + work() + flow("w", "end") + END
    )
    unit(engine, {"p.bpmn2": process(inside, more=more)})
    engine.sessions.set_global(engine.admin, UNIT, "rate", 7)

    assert variable(engine, begin(engine), "y") == 7
    assert engine.sessions.global_value(engine.admin, UNIT, "rate") == 9
    assert variable(engine, begin(engine), "y") == 9
