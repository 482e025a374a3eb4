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
    return [p for p in found if p.rule in ("unsupported", "ignored", "deadline")]


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
    ("name", "text"),
    [
        ("NotStartedReassign", "[users:john]@[4h]"),
        ("NotCompletedReassign", "[users:john,mary|groups:sales]@[500ms]^[groups:hr]@[1d,PT3H]"),
        ("NotStartedNotify", "[from:a@x.org|tousers:b@x.org|replyTo:c@x.org|body:Hi]@[R3/PT1H]"),
        ("NotCompletedNotify", "[webhook:https://x.org/late]@[2h]"),
        ("NotCompletedNotify", "[tousers:#{who}]@[#{when}]"),
    ],
)
def test_deadlines_of_user_tasks_are_read(name, text):
    assert not problems(user(parameters(constants={name: text})))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("NotStartedReassign", "john in 4h", "is not written as"),
        ("NotStartedReassign", "[tousers:john]@[4h]", "begins with none of users, groups"),
        ("NotStartedReassign", "[users:]@[4h]", "names nobody"),
        ("NotStartedReassign", "[users:john]@[]", "names no time"),
        ("NotStartedReassign", "[users:john]@[soon]", "soon"),
        ("NotStartedReassign", "[users:john]@[*]", "never comes"),
        ("NotCompletedNotify", "[subject:Late]@[4h]", "names nobody"),
    ],
)
def test_deadlines_that_cannot_be_read_are_refused(name, text, why):
    problem = only(user(parameters(constants={name: text})))

    assert (problem.severity, problem.element, problem.rule) == ("error", "work", "deadline")
    assert name in problem.text
    assert why in problem.text


def test_an_empty_deadline_is_none():
    assert not problems(user(parameters(constants={"NotStartedReassign": ""})))


@pytest.mark.parametrize("name", ["customSLADueDate", "customAbortParent", "customDescription"])
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


def test_policies_that_are_served_are_those_of_the_task_list():
    assert {name for name in POLICIES if name} == ALLOCATIONS


@pytest.mark.parametrize("name", ["Round Robin", "loadBalance", "pull", "Lane"])
def test_policies_are_known_in_several_spellings(name):
    assert not problems(oneweb(user(jbpm=False, **{"o:allocation": name})))


@pytest.mark.parametrize("name", ["Whoever", "Multi Instance", "Routing Policy", "Custom"])
def test_policies_that_are_unknown_or_lack_their_settings_are_refused(name):
    process = user(jbpm=False, **{"o:allocation": name})

    problem = only(oneweb(process))

    assert (problem.severity, problem.element) == ("error", "work")


def policy(attributes: str, rows: str = "") -> str:
    inside = f"<o:allocation {attributes}>{rows}</o:allocation>"
    return oneweb(user(f"<extensionElements>{inside}</extensionElements>", jbpm=False))


@pytest.mark.parametrize(
    ("attributes", "rows"),
    [
        ('policy="Round Robin" workParty="Desk"', ""),
        ('policy="custom" name="mine"', ""),
        (
            'policy="routing"',
            '<o:row condition="#{n > 1}" match="any" type="workParty" assignee="Desk"'
            ' sort="load"/><o:row assignee="ann"/>',
        ),
    ],
)
def test_settings_of_a_policy_are_read(attributes, rows):
    assert not problems(policy(attributes, rows))


@pytest.mark.parametrize(
    ("attributes", "rows"),
    [
        ('policy="Pull" party="Desk"', ""),
        ('policy="pull"', '<o:row assignee="ann"/>'),
        ('policy="custom"', ""),
        ('policy="custom" workParty="Desk" name="x"', ""),
        ('policy="routing"', ""),
        ('policy="routing"', "<o:row/>"),
        ('policy="routing"', '<o:row assignee="ann" type="strange"/>'),
        ('policy="routing"', '<o:row assignee="ann" condition="n > 1"/>'),
        ('policy="routing"', '<o:row assignee="ann" when="later"/>'),
    ],
)
def test_settings_that_make_no_sense_are_refused(attributes, rows):
    problem = only(policy(attributes, rows))

    assert (problem.severity, problem.element) == ("error", "work")


def test_assignment_policies_in_files_of_jbpm_are_warned_of():
    assert only(oneweb(user(**{"o:allocation": "lane"}))).severity == "warning"


def test_due_dates_and_priorities_that_cannot_be_read_are_refused():
    def given(**attributes: str) -> list[Problem]:
        named = {f"o:{name}": value for name, value in attributes.items()}
        found = compiled(oneweb(user(jbpm=False, **named))).problems
        return [problem for problem in found if problem.rule == "value"]

    assert not given(dueDate="PT8H", priority="70")
    assert not given(dueDate="2030-01-31T12:00:00+01:00")
    assert not given(dueDate="#{due}", priority="#{urgency}")
    assert [p.severity for p in given(dueDate="tomorrow", priority="high")] == ["error"] * 2


def test_resources_that_are_asked_for_by_parameters_are_refused_on_user_tasks():
    asked = "<resourceParameterBinding parameterRef='p'/>"
    owner = f"<potentialOwner><resourceRef>clerks</resourceRef>{asked}</potentialOwner>"
    process = user(owner, jbpm=False).root('<resource id="clerks" name="clerks"/>')

    assert "a resource that is asked for by parameters is not supported" in [
        problem.text for problem in compiled(process).errors
    ]


def test_owners_by_an_undeclared_resource_are_refused_on_user_tasks():
    owner = "<potentialOwner><resourceRef>clerks</resourceRef></potentialOwner>"

    found = compiled(user(owner, jbpm=False)).errors

    assert [(p.rule, p.text) for p in found] == [("reference", "resource clerks is not declared")]


def test_data_stores_in_files_of_jbpm_are_warned_of():
    process = user(parameters(inputs={"Comment": "store"}))
    process.root('<dataStore id="files"/>')
    process.inside('<dataStoreReference id="store" dataStoreRef="files"/>')

    assert {p.severity for p in problems(process)} == {"warning"}
    assert "store" in {p.element for p in problems(process)}


def test_correlation_in_files_of_jbpm_is_warned_of():
    process = user()
    process.root('<correlationProperty id="number"/>')
    process.root('<collaboration id="c"><correlationKey id="key"/></collaboration>')
    process.inside('<correlationSubscription id="s" correlationKeyRef="key"/>')

    found = problems(process)

    assert {p.severity for p in found} == {"warning"}
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


def test_conditions_at_a_parallel_gateway_are_warned_of():
    process = model().start().parallel("fork").flow("True").end("one")
    process.back_to("fork").end("two")

    assert only(process).element == "fork"


def test_quantities_in_files_of_jbpm_are_warned_of():
    assert only(user(startQuantity="2")).severity == "warning"


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
