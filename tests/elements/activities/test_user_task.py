from __future__ import annotations

import pytest

from procession.errors import InvalidValue
from procession.testing import Model, model
from procession.testing.models import parameters
from python_scripts import play

OWNER = (
    "<potentialOwner><resourceAssignmentExpression><formalExpression>{}</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner>"
)


def test_is_a_human_task_with_name_actors_and_parameters():
    inside = parameters(constants={"Comment": "for #{who}", "GroupId": "PM"})
    inside += OWNER.format("#{who}") + OWNER.format("mary")
    run = play(model(jbpm=True).start().user("u", inside, name="Review").end(), who="john")
    [wait] = run.waits()

    assert wait.name == "Human Task"
    assert wait.parameters == {
        "NodeName": "Review",
        "ActorId": "john,mary",
        "Comment": "for john",
        "GroupId": "PM",
    }


def lane() -> Model:
    process = model(jbpm=True)
    process.inside(
        '<laneSet><lane id="l" name="Desk"><flowNodeRef>one</flowNodeRef>'
        "<flowNodeRef>two</flowNodeRef></lane></laneSet>"
    )
    return process


def test_who_did_one_task_of_a_lane_is_offered_the_next():
    run = play(lane().start().user("one").user("two").end())
    assert "SwimlaneActorId" not in run.waits()[0].parameters

    run.complete("one", ActorId="mary")
    assert run.waits()[0].parameters["SwimlaneActorId"] == "mary"
    assert run.waits()[0].parameters["@node"] == {"lane": "Desk"}


def test_a_single_named_actor_becomes_the_actor_of_the_lane_at_once():
    process = lane().start().parallel("f").user("one", OWNER.format("john")).end()
    run = play(process.back_to("f").user("two").end())

    assert run.wait_at("two").parameters["SwimlaneActorId"] == "john"


def test_our_extensions_reach_the_task_list_by_the_private_parameter():
    process = (
        model()
        .start()
        .user(
            "u",
            '<extensionElements><o:parameter name="key" value="#{id}"/></extensionElements>',
            **{"o:formKey": "book", "o:priority": "2", "o:dueDate": "#{due}"},
        )
    )
    xml = process.end().xml().decode()
    xml = xml.replace("<definitions ", '<definitions xmlns:o="urn:procession:oneweb:1" ')

    run = play(xml, due="PT8H", id=4)

    assert run.waits()[0].parameters["@node"] == {
        "form_key": "book",
        "priority": "2",
        "due_date": "PT8H",
        "form_parameters": {"key": "#{id}"},
    }


def test_in_jbpm_files_results_of_which_none_is_declared_are_refused():
    inside = parameters(outputs={"decision": "x"})
    run = play(model(jbpm=True).variable("x").start().user("u", inside).end())

    with pytest.raises(InvalidValue, match="Data output 'other' is not defined in process"):
        run.complete("u", other=1)
    run.complete("u", ActorId="john")

    assert run.is_completed
