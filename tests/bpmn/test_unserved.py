"""Nothing is accepted and ignored: what has no effect is refused or warned of, with its place."""

from __future__ import annotations

import pytest

from procession.bpmn.compiler import compile_document
from procession.bpmn.problems import Problem
from procession.bpmn.vendor import ALLOCATIONS
from procession.scripting.evaluator import Evaluator
from procession.tasks.allocation import POLICIES
from procession.testing import Model, model
from procession.testing.models import parameters
from python_scripts import compiled

SIGNAL = '<signalEventDefinition signalRef="S"/>'
ONEWEB = 'xmlns:o="urn:procession:oneweb:1"'


def problems(process: Model | str | bytes) -> list[Problem]:
    """What is said of a file, but for plain structure."""
    found = compiled(process).problems
    return [p for p in found if p.rule in ("unsupported", "ignored")]


def only(process: Model | str | bytes) -> Problem:
    (problem,) = problems(process)
    assert problem.line > 1
    return problem


def user(inside: str = "", *, jbpm: bool = True, **attributes: str) -> Model:
    return model(jbpm=jbpm).start().user("work", inside, **attributes).end()


def oneweb(process: Model) -> str:
    return process.xml().decode().replace("<definitions ", f"<definitions {ONEWEB} ")


def metadata(name: str, value: str) -> str:
    return (
        f'<extensionElements><d:metaData name="{name}"><d:metaValue>{value}</d:metaValue>'
        "</d:metaData></extensionElements>"
    )


@pytest.mark.parametrize(
    "name",
    ["NotStartedReassign", "NotCompletedReassign", "NotStartedNotify", "NotCompletedNotify"],
)
def test_deadlines_of_user_tasks_are_refused(name):
    for given in ({"constants": {name: "[users:john]@[4h]"}}, {"inputs": {name: "late"}}):
        problem = only(user(parameters(**given)))

        assert (problem.severity, problem.element) == ("error", "work")
        assert name in problem.text


def test_an_empty_deadline_is_none():
    assert not problems(user(parameters(constants={"NotStartedReassign": ""})))


@pytest.mark.parametrize(
    "name", ["customAsync", "customSLADueDate", "customAbortParent", "customDescription"]
)
def test_metadata_that_have_no_effect_are_warned_of(name):
    problem = only(user(metadata(name, "true")))

    assert (problem.severity, problem.element) == ("warning", "work")
    assert name in problem.text


def test_metadata_that_are_switched_off_or_free_are_not():
    assert not problems(user(metadata("customAsync", "false")))
    assert not problems(user(metadata("elementname", "Work")))


def test_case_roles_of_a_process_and_tags_of_a_variable_are_warned_of():
    process = user().inside(metadata("customCaseRoles", "owner:1"))
    process.inside(f'<property id="v">{metadata("customTags", "required")}</property>')

    assert [p.element for p in problems(process)] == ["process", "v"]


def test_an_unknown_reach_of_a_signal_is_warned_of():
    process = model(jbpm=True).start().throw("t", metadata("customScope", "world") + SIGNAL)

    problem = only(process.end())

    assert (problem.severity, problem.element) == ("warning", "t")


def test_an_ad_hoc_process_is_refused():
    problem = only(user().attribute("d:adHoc", "true"))

    assert (problem.severity, problem.element) == ("error", "process")


@pytest.mark.parametrize(
    "loop", ["standardLoopCharacteristics", "multiInstanceLoopCharacteristics"]
)
def test_loops_are_refused(loop):
    for jbpm in (True, False):
        problem = only(user(f"<{loop}/>", jbpm=jbpm))

        assert (problem.severity, problem.element) == ("error", "work")
        assert loop in problem.text


def test_policies_that_are_served_are_those_of_the_task_list():
    assert {name for name in POLICIES if name} == ALLOCATIONS


@pytest.mark.parametrize("name", ["Round Robin", "Load Balance", "Routing Policy", "Custom"])
def test_other_assignment_policies_are_refused(name):
    process = user(jbpm=False, **{"o:allocation": name})

    problem = only(oneweb(process))

    assert (problem.severity, problem.element) == ("error", "work")
    assert name in problem.text


def test_settings_of_a_policy_are_refused_and_its_name_alone_is_not():
    def inside(attributes: str) -> str:
        extension = f"<extensionElements><o:allocation {attributes}/></extensionElements>"
        return oneweb(user(extension, jbpm=False))

    assert not problems(inside('policy="Pull"'))
    assert only(inside('policy="Pull" party="Desk"')).severity == "error"
    assert only(inside('policy="Round Robin"')).severity == "error"


def test_assignment_policies_in_files_of_jbpm_are_warned_of():
    assert only(oneweb(user(**{"o:allocation": "lane"}))).severity == "warning"


def test_due_dates_and_priorities_that_cannot_be_read_are_warned_of():
    def given(**attributes: str) -> list[Problem]:
        named = {f"o:{name}": value for name, value in attributes.items()}
        return problems(oneweb(user(jbpm=False, **named)))

    assert not given(dueDate="PT8H", priority="70")
    assert not given(dueDate="2030-01-31T12:00:00+01:00")
    assert not given(dueDate="#{due}", priority="#{urgency}")
    assert [p.severity for p in given(dueDate="tomorrow", priority="high")] == ["warning"] * 2


def test_owners_by_resource_are_refused_on_user_tasks():
    owner = "<potentialOwner><resourceRef>clerks</resourceRef></potentialOwner>"

    found = problems(user(owner, jbpm=False))

    assert {(p.severity, p.element) for p in found} == {("error", "work"), ("warning", "work")}


def test_data_stores_are_warned_of():
    process = user(parameters(inputs={"Comment": "store"}), jbpm=False)
    process.root('<dataStore id="files"/>')
    process.inside('<dataStoreReference id="store" dataStoreRef="files"/>')

    assert {p.severity for p in problems(process)} == {"warning"}
    assert "store" in {p.element for p in problems(process)}


@pytest.mark.parametrize(("jbpm", "severity"), [(False, "error"), (True, "warning")])
def test_correlation_is_refused_and_in_files_of_jbpm_warned_of(jbpm, severity):
    process = user(jbpm=jbpm)
    process.root('<correlationProperty id="number"/>')
    process.root('<collaboration id="c"><correlationKey id="key"/></collaboration>')
    process.inside('<correlationSubscription id="s" correlationKeyRef="key"/>')

    found = problems(process)

    assert {p.severity for p in found} == {severity}
    assert {p.element for p in found} >= {"number", "key", "s"}


def test_an_extension_that_must_be_understood_is_refused():
    process = user(jbpm=False).root('<extension mustUnderstand="true" definition="x:y"/>')
    assert only(process).severity == "error"

    assert not problems(user(jbpm=False).root('<extension definition="x:y"/>'))


def test_scripts_on_entry_of_what_is_no_activity_are_warned_of():
    script = "<d:onEntry-script><d:script>x</d:script></d:onEntry-script>"
    inside = f"<extensionElements>{script}</extensionElements>"
    process = model(jbpm=True).start().node("scriptTask", "s", inside).end()

    assert only(process).severity == "warning"


def test_a_signal_that_would_be_delivered_later_is_refused():
    process = model(jbpm=True).start()
    process.throw("t", '<dataInput id="i" name="async"/>' + SIGNAL)

    problem = only(process.end())

    assert (problem.severity, problem.element) == ("error", "t")


def test_conditions_at_a_parallel_gateway_are_warned_of():
    process = model().start().parallel("fork").flow("True").end("one")
    process.back_to("fork").end("two")

    assert only(process).element == "fork"


def test_a_variable_of_a_task_is_refused():
    problem = only(user('<property id="own"/>', jbpm=False))

    assert (problem.severity, problem.element) == ("error", "own")


def test_quantities_in_files_of_jbpm_are_warned_of():
    assert only(user(startQuantity="2")).severity == "warning"


def test_several_assignments_are_refused_and_in_files_of_jbpm_warned_of():
    once = "<assignment><from>a</from><to>i</to></assignment>"
    inside = (
        '<ioSpecification><dataInput id="i" name="Comment"/><inputSet/><outputSet/>'
        f"</ioSpecification><dataInputAssociation><targetRef>i</targetRef>{once}{once}"
        "</dataInputAssociation>"
    )

    assert only(user(inside)).severity == "warning"
    assert only(user(inside, jbpm=False)).severity == "error"


def test_conditions_in_an_unknown_language_are_refused_and_scripts_are_read_as_mvel():
    process = model(language="urn:nobody").start().exclusive("g").flow("true").end("yes")
    xml = process.back_to("g").default().end("no").xml()
    (problem,) = compile_document(xml, Evaluator(), resource="x.bpmn").errors
    assert "urn:nobody" in problem.text

    xml = model().start().script("s", "x = 1", scriptFormat="text/x-odd").end().xml()
    (problem,) = compile_document(xml, Evaluator(), resource="x.bpmn").problems
    assert (problem.severity, problem.element) == ("warning", "s")


def association(inside: str) -> str:
    return (
        '<ioSpecification><dataInput id="i" name="Comment"/><inputSet/><outputSet/>'
        f"</ioSpecification><dataInputAssociation>{inside}</dataInputAssociation>"
    )


def test_several_sources_of_one_parameter_are_refused():
    inside = "<sourceRef>a</sourceRef><sourceRef>b</sourceRef><targetRef>i</targetRef>"

    assert only(user(association(inside), jbpm=False)).severity == "error"


def test_an_assignment_to_something_else_than_its_target_is_warned_of():
    inside = "<targetRef>i</targetRef><assignment><from>a</from><to>x/y</to></assignment>"

    assert only(user(association(inside))).severity == "warning"


def test_owners_in_another_language_are_refused():
    owner = (
        "<potentialOwner><resourceAssignmentExpression>"
        '<formalExpression language="http://www.w3.org/1999/XPath">$who</formalExpression>'
        "</resourceAssignmentExpression></potentialOwner>"
    )

    assert only(user(owner, jbpm=False)).severity == "error"
    assert not problems(user(owner))


def test_unknown_names_of_our_own_namespace_are_warned_of():
    inside = "<extensionElements><o:escalation/></extensionElements>"
    found = problems(oneweb(user(inside, jbpm=False, **{"o:priorty": "9", "o:formKey": "f"})))

    assert [(p.severity, p.element) for p in found] == [("warning", "work")] * 2
    assert {p.text.partition(" ")[0] for p in found} == {"priorty", "escalation"}
