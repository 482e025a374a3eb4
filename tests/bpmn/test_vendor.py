"""Files of other engines and editors run as they are meant, and what is not served is named."""

from __future__ import annotations

import pytest

from procession.bpmn.compiler import Compilation, compile_document
from procession.core import commands as c
from procession.core import records as r
from procession.core.state import WaitKind
from procession.errors import ScriptFailure
from procession.scripting.evaluator import Evaluator
from procession.testing import Run, compile_model, start
from procession.values import Map

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
OPERATON = "http://operaton.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
JUEL = [CAMUNDA, ACTIVITI, FLOWABLE, OPERATON]


def file(inside: str, vendor: str = CAMUNDA, *, beside: str = "", attributes: str = "") -> str:
    return (
        f'<definitions xmlns="{BPMN}" xmlns:v="{vendor}" targetNamespace="urn:t" {attributes}>'
        f'{beside}<process id="p" isExecutable="true">{inside}</process></definitions>'
    )


def line(node: str, vendor: str = CAMUNDA, *, beside: str = "") -> str:
    """A start, one node called ``work``, an end."""
    flows = (
        '<sequenceFlow id="f1" sourceRef="s" targetRef="work"/>'
        '<sequenceFlow id="f2" sourceRef="work" targetRef="e"/>'
    )
    inside = f'<startEvent id="s"/>{node}<endEvent id="e"/>{flows}'
    return file(inside, vendor, beside=beside)


def compiled(xml: str, *, strict: bool = False) -> Compilation:
    return compile_document(xml.encode(), Evaluator(), resource="x.bpmn", strict=strict)


def notes(xml: str) -> list[str]:
    """What is said of extensions."""
    found = compiled(xml)
    assert not found.errors, found.errors
    return [problem.text for problem in found.problems if problem.rule == "vendor"]


def run(xml: str, **variables: object) -> Run:
    return start(compile_model(xml), **variables)


def parameters(run: Run, node: str = "work") -> Map:
    return run.wait_at(node).parameters


def extended(inside: str) -> str:
    return f"<extensionElements>{inside}</extensionElements>"


def work(tag: str, inside: str, attributes: str = "") -> str:
    """The node ``work`` with extension elements."""
    return f'<{tag} id="work" {attributes}>{extended(inside)}</{tag}>'


# -- expressions ---------------------------------------------------------------------------------


def choice(condition: str, vendor: str = CAMUNDA, language: str = "", attributes: str = "") -> str:
    said = f' language="{language}"' if language else ""
    inside = (
        '<startEvent id="s"/><exclusiveGateway id="g" default="f3"/><endEvent id="yes"/>'
        '<endEvent id="no"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/>'
        '<sequenceFlow id="f2" sourceRef="g" targetRef="yes">'
        f"<conditionExpression{said}><![CDATA[{condition}]]></conditionExpression></sequenceFlow>"
        '<sequenceFlow id="f3" sourceRef="g" targetRef="no"/>'
    )
    return file(inside, vendor, attributes=attributes)


@pytest.mark.parametrize("vendor", [*JUEL, "urn:nobody"])
@pytest.mark.parametrize(
    "attributes", ["", 'expressionLanguage="http://www.w3.org/1999/XPath"'], ids=["plain", "xpath"]
)
def test_what_stands_in_dollar_braces_is_juel_whatever_the_file_says(vendor, attributes):
    xml = choice("${amount > 100 and not blocked}", vendor, attributes=attributes)

    assert run(xml, amount=150, blocked=False).visited[-1] == "yes"
    assert run(xml, amount=150, blocked=True).visited[-1] == "no"


def test_number_sign_braces_are_juel_in_files_of_these_vendors():
    assert run(choice("#{amount gt 100}"), amount=150).visited[-1] == "yes"


@pytest.mark.parametrize(
    "condition",
    ["$amount > 100", "bpmn:getDataObject('amount') > 100", "getVariable('amount') > 100"],
)
def test_conditions_may_be_xpath(condition):
    xpath = "http://www.w3.org/1999/XPath"
    by_file = choice(condition, "urn:nobody", attributes=f'expressionLanguage="{xpath}"')
    by_flow = choice(condition, "urn:nobody", language=xpath)

    for xml in (by_file, by_flow):
        assert run(xml, amount=150).visited[-1] == "yes"
        assert run(xml, amount=50).visited[-1] == "no"


def test_natural_language_deploys_with_a_warning_and_stops_where_it_is_asked():
    xpath = 'expressionLanguage="http://www.w3.org/1999/XPath"'
    xml = choice("the customer is happy", "urn:nobody", attributes=xpath)
    said = choice("the customer is happy", language="http://www.w3.org/1999/XPath")

    assert [p.severity for p in compiled(xml).problems if p.rule == "script"] == ["warning"]
    assert compiled(xml, strict=True).errors
    assert compiled(said).errors
    with pytest.raises(ScriptFailure, match="natural language"):
        run(xml)


def test_conditions_of_zeebe_are_feel():
    assert run(choice("= amount > 100", ZEEBE), amount=150).visited[-1] == "yes"
    assert run(choice("= amount > 100", ZEEBE), amount=50).visited[-1] == "no"


# -- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", JUEL)
def test_a_user_task_goes_to_its_assignee_or_its_candidates(vendor):
    assigned = run(line('<userTask id="work" v:assignee="${boss}"/>', vendor), boss="mary")
    offered = run(
        line(
            '<userTask id="work" v:candidateUsers="ann, ${other}" v:candidateGroups="${groups}"'
            ' v:dueDate="${due}" v:priority="70" v:formKey="app:form.html"/>',
            vendor,
        ),
        other="bob",
        groups=["sales", "hr"],
        due="2030-01-31T12:00:00+01:00",
    )

    assert parameters(assigned)["ActorId"] == "mary"
    given = parameters(offered)
    assert (given["ActorId"], given["GroupId"]) == ("ann, bob", ("sales", "hr"))
    assert given["@node"]["due_date"] == "2030-01-31T12:00:00+01:00"
    assert (given["@node"]["priority"], given["@node"]["form_key"]) == ("70", "app:form.html")


def test_a_user_task_of_zeebe_goes_to_its_assignee_or_its_candidates():
    def task(assignment: str, inside: str = "") -> str:
        definition = f"<v:assignmentDefinition {assignment}/>{inside}<v:userTask/>"
        return line(f'<userTask id="work">{extended(definition)}</userTask>', ZEEBE)

    named = run(task('assignee="= order.clerk"'), order={"clerk": "ann"})
    rest = '<v:taskSchedule dueDate="=due"/><v:formDefinition formId="f"/>'
    groups = run(task("""candidateGroups='= ["sales", "hr"]'""", rest), due="2030-01-31")

    assert parameters(named)["ActorId"] == "ann"
    assert parameters(groups)["GroupId"] == "sales,hr"
    assert parameters(groups)["@node"]["due_date"] == "2030-01-31"
    assert parameters(groups)["@node"]["form_key"] == "f"
    assert not notes(task('assignee="ann"', rest))
    computed = compiled(task('assignee="= if a then b else c"'))
    assert "FEEL" in computed.errors[0].text


@pytest.mark.parametrize("vendor", JUEL)
def test_potential_owners_are_written_as_users_and_groups(vendor):
    def owned(tag: str, text: str) -> Map:
        expression = f"<formalExpression>{text}</formalExpression>"
        inner = f"<resourceAssignmentExpression>{expression}</resourceAssignmentExpression>"
        task = f'<userTask id="work"><{tag}>{inner}</{tag}></userTask>'
        return parameters(run(line(task, vendor), boss="eve"))

    mixed = owned("potentialOwner", "user(ann), group(sales), hr")
    assert (mixed["ActorId"], mixed["GroupId"]) == ("ann", "sales,hr")
    assert owned("humanPerformer", "${boss}")["ActorId"] == "eve"


def test_a_resource_is_the_group_of_its_name():
    owner = "<potentialOwner><resourceRef>r</resourceRef></potentialOwner>"
    xml = line(f'<userTask id="work">{owner}</userTask>', beside='<resource id="r" name="Clerks"/>')

    assert parameters(run(xml))["GroupId"] == "Clerks"
    said = [p for p in compiled(xml).problems if p.rule == "resource"]
    assert [(p.severity, p.text) for p in said] == [
        ("warning", "resource Clerks is taken for the group of that name")
    ]


def test_candidates_beside_an_assignee_are_warned_of():
    xml = line('<userTask id="work" v:assignee="ann" v:candidateGroups="sales"/>')

    assert any("not offered" in p.text for p in compiled(xml).problems)
    assert "GroupId" not in parameters(run(xml))


# -- work ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "task"),
    [
        (CAMUNDA, '<serviceTask id="work" v:type="external" v:topic="ship"/>'),
        (OPERATON, '<sendTask id="work" v:type="external" v:topic="ship"/>'),
        (FLOWABLE, '<serviceTask id="work" v:type="external" v:topic="ship"/>'),
        (
            ZEEBE,
            work("serviceTask", '<v:taskDefinition type="ship"/>'),
        ),
    ],
)
def test_a_worker_asks_by_topic_sees_all_variables_and_gives_results(vendor, task):
    xml = line(task, vendor)
    running = run(xml, order=7)

    assert not notes(xml)
    wait = running.wait_at("work")
    assert (wait.kind, wait.name, dict(wait.parameters)) == (
        WaitKind.WORK_ITEM,
        "ship",
        {"order": 7},
    )
    running.complete("work", parcel="P1")
    assert running.is_completed
    assert running.variables == {"order": 7, "parcel": "P1"}


@pytest.mark.parametrize("vendor", JUEL)
@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ('v:class="com.example.Ship"', "com.example.Ship"),
        ('v:delegateExpression="${ship}"', "ship"),
    ],
)
def test_java_is_a_service_that_python_may_stand_for(vendor, attribute, name):
    running = run(line(f'<serviceTask id="work" {attribute}/>', vendor), order=7)

    given = parameters(running)
    assert (given["Interface"], given["Operation"]) == (name, "execute")
    assert given["Parameter"] == Map(order=7)
    running.complete("work", Result=Map(parcel="P1"))
    assert running.variables["parcel"] == "P1"


def test_an_expression_is_computed_in_place():
    xml = line('<serviceTask id="work" v:expression="${price * 2}" v:resultVariable="total"/>')

    assert run(xml, price=21).variables["total"] == 42


def test_a_result_variable_takes_the_value_of_a_script_or_of_a_service():
    named = 'scriptFormat="mvel" v:resultVariable="x"'
    script = f'<scriptTask id="work" {named}><script>1 + 1</script></scriptTask>'
    service = run(line('<serviceTask id="work" v:class="A" v:resultVariable="x"/>'))
    service.complete("work", Result=5)

    assert run(line(script)).variables["x"] == 2
    assert service.variables["x"] == 5


def test_inputs_and_outputs_are_mapped_as_camunda_does():
    mapping = (
        '<v:inputOutput><v:inputParameter name="who">Dear ${name}</v:inputParameter>'
        '<v:inputParameter name="n"><v:script scriptFormat="mvel">1 + 2</v:script>'
        '</v:inputParameter><v:outputParameter name="answer">${reply == "yes"}'
        "</v:outputParameter></v:inputOutput>"
    )
    task = f'<userTask id="work">{extended(mapping)}</userTask>'
    running = run(line(task), name="Ann")

    assert not notes(line(task))
    assert (parameters(running)["who"], parameters(running)["n"]) == ("Dear Ann", 3)
    running.complete("work", reply="yes", ActorId="ann")
    assert running.variables == {"name": "Ann", "reply": "yes", "answer": True}


def test_inputs_and_outputs_are_mapped_as_zeebe_does():
    mapping = (
        '<v:ioMapping><v:input source="= order.id" target="number"/>'
        '<v:input source="= order.id + 1" target="next"/>'
        '<v:output source="= answer.code" target="code"/></v:ioMapping>'
        '<v:taskDefinition type="ask"/>'
    )
    xml = line(f'<serviceTask id="work">{extended(mapping)}</serviceTask>', ZEEBE)
    running = run(xml, order={"id": 7})

    assert not notes(xml)
    assert (parameters(running)["number"], parameters(running)["next"]) == (7, 8)
    running.complete("work", answer={"code": 3}, noise=1)
    assert running.variables == {"order": Map(id=7), "code": 3}


def test_lists_and_maps_in_a_mapping_are_made_of_their_parts():
    mapping = (
        '<v:inputOutput><v:inputParameter name="all"><v:list><v:value>1</v:value>'
        '<v:value>${name}</v:value><v:script scriptFormat="mvel">1 + 2</v:script></v:list>'
        '</v:inputParameter><v:inputParameter name="by"><v:map><v:entry key="a">${name}</v:entry>'
        '<v:entry key="b"><v:list><v:value>x</v:value></v:list></v:entry></v:map>'
        "</v:inputParameter></v:inputOutput>"
    )
    task = line(f'<userTask id="work">{extended(mapping)}</userTask>')
    given = parameters(run(task, name="Ann"))

    assert not notes(task)
    assert given["all"] == ("1", "Ann", 3)
    assert given["by"] == {"a": "Ann", "b": ("x",)}


def test_what_is_no_value_in_a_mapping_is_warned_of():
    mapping = (
        '<v:inputOutput><v:inputParameter name="a"><v:properties/>'
        "</v:inputParameter></v:inputOutput>"
    )

    problems = compiled(line(f'<userTask id="work">{extended(mapping)}</userTask>')).problems

    assert [p.text for p in problems if p.rule == "ignored"] == ["properties has no effect"]


def test_scripts_of_listeners_run_at_the_start_and_at_the_end_of_work():
    listeners = (
        '<v:executionListener event="start"><v:script scriptFormat="mvel">'
        'kcontext.setVariable("a", 1)</v:script></v:executionListener>'
        """<v:executionListener event="end" expression="${execution.setVariable('b', a + 1)}"/>"""
    )
    xml = line(f'<userTask id="work">{extended(listeners)}</userTask>')
    running = run(xml)

    assert not notes(xml)
    assert running.variables == {"a": 1}
    running.complete("work")
    assert running.variables == {"a": 1, "b": 2}


@pytest.mark.parametrize("vendor", JUEL)
def test_work_that_is_asynchronous_waits_for_a_job(vendor):
    name = "async" if vendor in (ACTIVITI, FLOWABLE) else "asyncBefore"
    running = run(line(f'<task id="work" v:{name}="true"/>', vendor))

    assert "work" not in running.visited
    assert [wait.name for wait in running.waits()] == ["@async"]


def test_a_script_of_zeebe_is_an_expression_with_a_result():
    xml = line(work("scriptTask", '<v:script expression="= order.id" resultVariable="x"/>'), ZEEBE)

    assert not notes(xml)
    assert run(xml, order={"id": 7}).variables["x"] == 7


def test_mappings_where_nothing_is_mapped_are_warned_of():
    mapping = '<v:inputOutput><v:inputParameter name="a">1</v:inputParameter></v:inputOutput>'

    assert notes(line(work("manualTask", mapping))) == ["inputOutput has no effect here"]


@pytest.mark.parametrize("vendor", JUEL)
def test_a_timer_may_wait_for_as_long_as_a_variable_says(vendor):
    timer = "<timerEventDefinition><timeDuration>${wait}</timeDuration></timerEventDefinition>"
    event = f'<intermediateCatchEvent id="work">{timer}</intermediateCatchEvent>'
    running = run(line(event, vendor), wait="PT2H")

    running.advance(hours=1)
    assert not running.is_completed
    running.advance(hours=1)
    assert running.is_completed


def test_the_name_of_a_signal_may_be_computed_and_that_of_a_message_not():
    signal = '<signalEventDefinition signalRef="news"/>'
    event = f'<intermediateThrowEvent id="work">{signal}</intermediateThrowEvent>'
    running = run(line(event, beside='<signal id="news" name="news-${topic}"/>'), topic="rain")
    message = line('<task id="work"/>', beside='<message id="m" name="${topic}"/>')

    (thrown,) = running.of(r.SignalThrown)
    assert thrown.name == "news-rain"
    assert notes(message) == [
        "names of messages are not computed, so this one is taken as it is written"
    ]


def test_a_call_hands_over_what_it_names_and_nothing_else():
    handed = (
        '<v:in source="order" target="what"/><v:in sourceExpression="${n + 1}" target="more"/>'
        '<v:out source="answer" target="reply"/>'
    )
    called = 'calledElement="${which}"'
    running = run(line(work("callActivity", handed, called)), order=7, n=1, which="other")

    (call,) = running.of(r.ProcessCalled)
    assert (call.called, call.variables) == ("other", Map(what=7, more=2))
    ended = Map(status=2, variables=Map(answer="yes", noise=1))
    running.do(c.TriggerWait(running.wait_at("work").id, ended))
    assert running.is_completed
    assert running.variables == {"order": 7, "n": 1, "which": "other", "reply": "yes"}


# -- loops ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", JUEL)
@pytest.mark.parametrize("collection", ["people", "${people}", "${team.people}"])
def test_a_loop_over_a_collection_has_a_round_for_each_item(vendor, collection):
    loop = (
        f'<multiInstanceLoopCharacteristics v:collection="{collection}" v:elementVariable="one">'
        "<completionCondition>${nrOfCompletedInstances >= 2}</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    xml = line(f'<userTask id="work" v:assignee="${{one}}">{loop}</userTask>', vendor)
    people = ["ann", "bob", "eve"]
    running = run(xml, people=people, team={"people": people})

    assert not notes(xml)
    assert [wait.parameters["ActorId"] for wait in running.waits()] == people
    running.complete("work")
    running.complete("work")
    assert running.is_completed


def test_a_loop_of_zeebe_gathers_what_its_rounds_give():
    loop = extended(
        '<v:loopCharacteristics inputCollection="= people" inputElement="one"'
        ' outputCollection="replies" outputElement="= reply"/>'
    )
    inner = f"<multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>"
    definition = extended('<v:taskDefinition type="ask"/>')
    xml = line(f'<serviceTask id="work">{definition}{inner}</serviceTask>', ZEEBE)
    running = run(xml, people=["ann", "bob"])

    assert not notes(xml)
    assert [wait.parameters["one"] for wait in running.waits()] == ["ann", "bob"]
    running.complete("work", reply=1)
    running.complete("work", reply=2)
    assert running.is_completed
    assert running.variables["replies"] == (1, 2)


# -- what is not served --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "node", "text"),
    [
        (CAMUNDA, '<task id="work" v:asyncAfter="true"/>', "asyncAfter has no effect"),
        (CAMUNDA, '<task id="work" v:assignee="ann"/>', "assignee has no effect"),
        (ACTIVITI, '<serviceTask id="work" v:type="mail"/>', "type has no effect"),
        (
            FLOWABLE,
            work("serviceTask", '<v:field name="to"/>', 'v:class="A"'),
            "field to has no effect",
        ),
        (
            CAMUNDA,
            work("userTask", '<v:taskListener event="create" class="A"/>'),
            "taskListener create has no effect",
        ),
        (
            CAMUNDA,
            work("task", '<v:executionListener event="start" class="A"/>'),
            "executionListener start has no effect: listeners are scripts at the start and end of"
            " work",
        ),
        (
            ZEEBE,
            work("serviceTask", '<v:taskDefinition type="a" retries="5"/>'),
            "retries of taskDefinition has no effect",
        ),
    ],
)
def test_what_other_engines_would_do_and_this_one_does_not_is_named(vendor, node, text):
    xml = line(node, vendor)

    assert notes(xml) == [text]
    (problem,) = [p for p in compiled(xml).problems if p.rule == "vendor"]
    assert (problem.severity, problem.element) == ("warning", "work")


def test_extensions_of_unknown_tools_are_their_own_affair():
    xml = line(work("task", '<v:meta key="x"/>', 'v:color="red"'), "urn:some:editor")

    assert not compiled(xml).problems


def test_properties_and_templates_of_known_vendors_mean_nothing_here():
    inside = extended('<v:properties><v:property name="a" value="b"/></v:properties>')

    assert not notes(line(f'<task id="work" v:modelerTemplate="t">{inside}</task>'))


# -- how files are written -----------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "bpmn:", "bpmn2:", "semantic:", "model:"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_prefixes_and_encodings_do_not_matter(prefix, encoding):
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    declared = encoding.removesuffix("-sig")
    xml = (
        f'<?xml version="1.0" encoding="{declared}"?>'
        f'<{prefix}definitions {name}="{BPMN}"><{prefix}process id="p" name="Prüfung">'
        f'<{prefix}startEvent id="s"/></{prefix}process></{prefix}definitions>'
    )

    definition = compile_document(xml.encode(encoding), Evaluator(), resource="x").definitions[0]

    assert definition.name == "Prüfung"
