"""Forms that come with a deployment: shown, and held against what a task ends with."""

from __future__ import annotations

import json

import pytest

from procession.errors import Invalid, NotFound
from procession.services.processes import ProcessRef
from procession.values import Map

from .task_house import house, human_task, process

UNIT = "acme:forms:1.0"
SCHEMA = {
    "type": "default",
    "id": "application",
    "components": [
        {"type": "text", "text": "# Hello"},
        {
            "type": "textfield",
            "key": "name",
            "validate": {"required": True, "minLength": 2, "maxLength": 5, "pattern": "^[A-Z]"},
        },
        {"type": "number", "key": "age", "validate": {"min": 18, "max": 99}},
        {"type": "textfield", "key": "mail", "validate": {"validationType": "email"}},
        {"type": "checkbox", "key": "agreed", "validate": {"required": True}},
        {"type": "select", "key": "size", "values": [{"value": "S"}, {"value": "L"}]},
        {"type": "taglist", "key": "tags", "values": [{"value": "a"}, {"value": "b"}]},
        {
            "type": "group",
            "path": "home",
            "components": [{"type": "textfield", "key": "city", "validate": {"required": True}}],
        },
        {
            "type": "textfield",
            "key": "maiden",
            "conditional": {"hide": "=true"},
            "validate": {"required": True},
        },
        {"type": "textfield", "key": "shown", "disabled": True, "validate": {"required": True}},
    ],
}
GOOD = {
    "name": "Ann",
    "age": 30,
    "mail": "a@x.org",
    "agreed": True,
    "size": "S",
    "tags": ["a"],
    "home": {"city": "Rome"},
}


@pytest.fixture
def home():
    with house() as made:
        yield made


def deploy(home, schema=SCHEMA, name="application.form", key="application"):
    file = process("apply", human_task("apply", {"TaskName": key, "ActorId": "ann"}))
    files = {"apply.bpmn2": file, name: json.dumps(schema).encode()}
    return home.engine.deployments.deploy(home.admin, UNIT, files)


def begin(home):
    ref = ProcessRef(UNIT, "apply")
    made = home.engine.processes.start(home.actor("mary"), ref, Map())
    task = home.task_of(made.id)
    home.tasks.start(home.actor("ann"), task.id)
    return task


def test_the_form_is_shown_with_its_data(home):
    deploy(home)
    task = begin(home)

    found = home.tasks.form(home.actor("ann"), task.id)

    assert found.key == "application"
    assert found.schema["components"][1]["key"] == "name"
    assert found.data["TaskName"] == "application"
    with pytest.raises(NotFound):
        home.tasks.form(home.actor("bob"), task.id)
    with pytest.raises(NotFound, match="no form"):
        home.tasks.form(home.admin, home.offer("review").id)


@pytest.mark.parametrize(
    "key", ["application", "application.form", "camunda-forms:bpmn:application"]
)
def test_what_fits_the_form_completes_the_task(home, key):
    deploy(home, key=key)
    task = begin(home)

    assert home.tasks.complete(home.actor("ann"), task.id, Map(GOOD)).status == "Completed"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": None}, "name is required"),
        ({"name": ""}, "name is required"),
        ({"name": 5}, "name must be a text"),
        ({"name": "A"}, "name must have at least 2 characters"),
        ({"name": "Annabel"}, "name must have at most 5 characters"),
        ({"name": "ann"}, "name does not have the form"),
        ({"age": 17}, "age must be at least 18"),
        ({"age": "100"}, "age must be at most 99"),
        ({"age": "old"}, "age must be a number"),
        ({"age": True}, "age must be a number"),
        ({"mail": "a"}, "mail does not have the form"),
        ({"agreed": False}, "agreed is required"),
        ({"agreed": "yes"}, "agreed must be true or false"),
        ({"size": "M"}, "size is none of its values"),
        ({"tags": "a"}, "tags must be a list"),
        ({"tags": ["c"]}, "tags has a value"),
        ({"home": {}}, "home.city is required"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_task_stays(home, wrong, told):
    deploy(home)
    task, ann = begin(home), home.actor("ann")

    with pytest.raises(Invalid, match=told):
        home.tasks.complete(ann, task.id, Map({**GOOD, **wrong}))

    assert home.tasks.get(ann, task.id).status == "InProgress"


def test_all_that_is_wrong_is_told_at_once(home):
    deploy(home)
    task = begin(home)

    with pytest.raises(Invalid, match=r"name is required; agreed is required; home.city is"):
        home.tasks.complete(home.actor("ann"), task.id, Map())


def test_a_form_with_a_bad_pattern_is_not_deployed(home):
    bad = {"components": [{"type": "textfield", "key": "x", "validate": {"pattern": "("}}]}

    with pytest.raises(Invalid, match=r"application.form: the pattern of x cannot be read"):
        deploy(home, bad)


def test_forms_of_jbpm_are_left_alone(home):
    deploy(home, {"fields": [], "model": {}})
    task = begin(home)

    with pytest.raises(NotFound):
        home.tasks.form(home.actor("ann"), task.id)
    assert home.tasks.complete(home.actor("ann"), task.id, Map(x=1)).status == "Completed"
