"""Classes of the deployment in scripts, whichever way they are told."""

from __future__ import annotations

from typing import Any

import pytest

from procession import Engine
from procession.core.data_types import DataType, DataTypes
from procession.core.ports import Purpose, ScriptScope, ScriptThrow
from procession.errors import InvalidModel
from procession.scripting.evaluator import Evaluator
from procession.testing import model
from procession.values import Bean, Decimal, Map
from tests.bpmn.test_data_types import a_class
from tests.scripting.scripts import context, execute

PERSON = DataType(
    "com.acme.Person",
    Map(name="String", age="int", salary="java.math.BigDecimal", friend="com.acme.Person"),
    constructors=((), ("name", "age")),
    methods=(("fullName", 0), ("greet", 1)),
    text="{name} ({age})",
)
COLOUR = DataType("com.acme.Colour", constants=("RED", "GREEN"))
SCOPE = ScriptScope(
    types=Map(person="com.acme.Person", x="Integer"),
    imports=("com.acme.Person", "com.acme.Colour"),
    data_types=DataTypes([PERSON, COLOUR]),
)
ANN = Bean("com.acme.Person", Map(name="Ann", age=30))

VALUES: list[tuple[str, str, Any]] = [
    ("java", "return new Person().getName();", None),
    ("java", "return new Person().getAge();", 0),
    ("java", 'return new Person("Eve", 5).getAge();', 5),
    ("java", 'Person p = new com.acme.Person(); p.setName("Bob"); return p.getName();', "Bob"),
    ("java", "return person.getName() + person.getAge();", "Ann30"),
    ("java", 'return "it is " + person;', "it is Ann (30)"),
    ("java", "return person.getFriend() == null;", True),
    ("java", "return person instanceof Person;", True),
    ("java", "return person instanceof Colour;", False),
    ("java", 'return new Person("a", 1).equals(new Person("a", 1));', True),
    ("java", "person.setSalary(5); return person.getSalary();", Decimal(5)),
    ("java", "return Colour.RED;", "RED"),
    ("java", 'return Colour.valueOf("GREEN") == Colour.GREEN;', True),
    ("java", "return Colour.values().size();", 2),
    ("", "person.name", "Ann"),
    ("", "person.salary", None),
    ("", 'person.age = "7"; person.age', 7),
    ("", 'p = new Person("Eve", 5); p.name', "Eve"),
    ("", "with (person) { age = 3 }; person.age", 3),
    ("juel", "${person.name}", "Ann"),
    ("juel", "${person.getAge() + 0}", 30),
    ("python", "person.name", "Ann"),
    ("javascript", "person.name", "Ann"),
    ("javascript", "person.getName()", "Ann"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "source", "expected"), VALUES)
def test_values(language: str, source: str, expected: Any):
    found = execute(language, source, {"person": ANN}, purpose=Purpose.EXPRESSION, scope=SCOPE)

    assert found.value == expected


WARNINGS = [
    ("java", "person.fullName();", "line 1: com.acme.Person.fullName(…): its body is not known"),
    ("java", "person.nothing();", "com.acme.Person.nothing(…): com.acme.Person has no such method"),
    ("java", "person.getFriend().greet(1);", "com.acme.Person.greet(…)"),
    ("java", "new Person(1, 2, 3);", "new com.acme.Person(…): no constructor takes 3 arguments"),
    ("java", "Person p = person; p.fullName();", "com.acme.Person.fullName(…)"),
    ("", "person.nothing", "com.acme.Person.nothing: com.acme.Person has no such field"),
    ("", "x = 1\nperson.fullName()", "line 2: com.acme.Person.fullName(…)"),
]


@pytest.mark.parametrize(("language", "source", "warning"), WARNINGS)
def test_what_cannot_be_served_is_a_warning_that_names_line_and_call(
    language: str, source: str, warning: str
):
    script = Evaluator().compile(language, source, Purpose.SCRIPT, SCOPE)

    assert any(warning in one for one in script.warnings), script.warnings
    with pytest.raises(ScriptThrow):
        execute(language, source, {"person": ANN}, scope=SCOPE)


def test_a_class_that_is_imported_but_told_of_nowhere_keeps_its_data():
    scope = ScriptScope(types=Map(p="org.other.Thing"), imports=("org.other.Thing",))
    script = Evaluator().compile("java", 'p.setA(1); p.compute("x");', Purpose.SCRIPT, scope)

    assert script.warnings == (
        "line 1: org.other.Thing.compute(…): only the data of this class is kept; "
        "register a Python function for it (setting methods)",
    )


def test_the_operator_can_give_a_body():
    evaluator = Evaluator()

    def full_name(fields: dict[str, Any], title: str) -> str:
        fields["age"] += 1
        return f"{title} {fields['name']}"

    evaluator.bodies["com.acme.Person.greet"] = full_name
    source = 'kcontext.setVariable("text", person.greet("Dr") + person.getAge());'
    script = evaluator.compile("java", source, Purpose.SCRIPT, SCOPE)

    result = script.run(context({"person": ANN}), _limits())

    assert not script.warnings
    assert dict(result.changes)["text"] == "Dr Ann31"
    assert dict(result.changes)["person"].fields["age"] == 31


def test_what_a_body_raises_is_a_java_exception():
    evaluator = Evaluator()
    evaluator.bodies["com.acme.Person.greet"] = lambda fields, name: 1 / 0
    script = evaluator.compile("java", 'person.greet("x");', Purpose.SCRIPT, SCOPE)

    with pytest.raises(ScriptThrow, match="ZeroDivisionError") as caught:
        script.run(context({"person": ANN}), _limits())

    assert caught.value.type_name == "java.lang.RuntimeException"


def _limits() -> Any:
    from procession.core.ports import Limits

    return Limits()


# -- over a deployment -------------------------------------------------------------------------

SOURCE = b"""
package com.acme;
public class Person {
    private String name; private int age;
    public Person(String name, int age) { this.name = name; this.age = age; }
    public String getName() { return name; }
    public String fullName() { return name + age; }
}
"""
TOML = b"""
[types."com.acme.Person"]
fields = { name = "String", age = "int" }
constructors = [["name", "age"]]
methods = ["fullName()"]
"""
IMPORT = '<extensionElements><drools:import name="com.acme.Person"/></extensionElements>'


def _process(script: str) -> bytes:
    made = model("people", jbpm=True).variable("text").variable("person", "com.acme.Person")
    return made.start().script("s", script).user("u", "").end().xml()


MAKES = 'kcontext.setVariable("text", new com.acme.Person("Ann", 3).getName());'
CALLS = 'kcontext.setVariable("text", new com.acme.Person("Ann", 3).fullName());'


@pytest.mark.parametrize(
    "files", [{"src/com/acme/Person.java": SOURCE}, {"types.toml": TOML}], ids=["java", "toml"]
)
def test_a_deployment_brings_its_classes_and_keeps_them(files: dict[str, bytes], tmp_path: Any):
    database = f"sqlite:///{tmp_path}/x.db"
    with Engine.open(database) as engine:
        unit = {**files, "p.bpmn": _process(MAKES)}
        engine.deployments.deploy(engine.admin, "org.example:people:1", unit)

    with Engine.open(database) as engine:
        instance = engine.processes.start(engine.admin, "people", {})

        variables = engine.processes.variables(engine.admin, instance.id)
    assert variables["text"] == "Ann"


def test_a_call_without_a_body_is_told_at_deployment_and_refused_when_strict():
    unit = {"types.toml": TOML, "p.bpmn": _process(CALLS)}
    with Engine.open("sqlite://") as engine:
        with pytest.raises(InvalidModel, match=r"s: script: line 1: com.acme.Person.fullName\(…\)"):
            engine.deployments.deploy(engine.admin, "org.example:people:1", unit, strict=True)
        job = engine.deployments.deploy(engine.admin, "org.example:people:2", unit)

    assert "com.acme.Person.fullName(…): its body is not known here" in str(job)


def test_a_registered_body_settles_it():
    unit = {"types.toml": TOML, "p.bpmn": _process(CALLS)}
    with Engine.open("sqlite://") as engine:

        @engine.method("com.acme.Person.fullName")
        def full_name(person: dict[str, Any]) -> str:
            return f"{person['name']} of {person['age']}"

        engine.deployments.deploy(engine.admin, "org.example:people:1", unit)
        instance = engine.processes.start(engine.admin, "people", {})

        assert engine.processes.variables(engine.admin, instance.id)["text"] == "Ann of 3"


def test_a_fault_in_a_types_file_refuses_the_deployment():
    unit = {"types.toml": b"[types.x]\nfeilds = 1", "p.bpmn": _process(MAKES)}
    with (
        Engine.open("sqlite://") as engine,
        pytest.raises(InvalidModel, match="unknown key 'feilds'"),
    ):
        engine.deployments.deploy(engine.admin, "org.example:people:1", unit)


def test_the_classes_of_a_deployment_are_business_objects():
    unit = {"types.toml": TOML, "p.bpmn": _process(MAKES)}
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, "org.example:people:1", unit)
        found = engine.deployments.definition(engine.admin, "org.example:people:1", "people")

        objects = engine.deployments.business_objects(engine.admin, found)

    assert objects == {"com.acme.Person": {"name": "String", "age": "int"}}


def test_what_was_read_from_class_files_is_inherited_by_a_patch():
    script = 'kcontext.setVariable("text", new com.acme.Person("Ann").getName());'
    unit = {"com/acme/Person.class": a_class(), "p.bpmn": _process(MAKES)}
    with Engine.open("sqlite://") as engine:
        engine.deployments.deploy(engine.admin, "org.example:people:1", unit)
        engine.deployments.deploy(
            engine.admin,
            "org.example:people:2",
            {"p.bpmn": _process(script)},
            base="org.example:people:1",
        )
        started = engine.processes.start(engine.admin, "people", {})

        variables = engine.processes.variables(engine.admin, started.id)

    assert variables["text"] == "Ann"
