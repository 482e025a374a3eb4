"""Law 7: a BPMN name is a file name, one per file, and stands in the reference."""

from __future__ import annotations

import ast
import importlib
import inspect
import re

import pytest

from procession.bpmn import elements
from procession.bpmn.element import REGISTRY
from procession.core.graph import FlowNode
from tests.architecture.house import DOCS, SOURCE, Module, modules

FOLDER = "bpmn/elements/"
SHARED = {
    "activities/activity.py": "the life that all activities share",
    "activities/candidates.py": "who may do a user task, as extensions say it",
    "activities/mapping.py": "what extensions hand to a piece of work and back",
    "activities/reading.py": "which fields the model gives an activity",
    "activities/vendor_call.py": "who does a piece of work, as extensions say it",
    "activities/work_scripts.py": "entry and exit scripts, in whatever spelling",
    "activities/handing.py": "what extensions hand to a called process and back",
    "events/implicit_throw_event.py": "what a loop throws, which is drawn nowhere",
    "data/item_aware_element.py": "whatever an association may read or write",
    "events/event.py": "what every position of an event does with its definitions",
    "event_definitions/event_definition.py": "the two hooks of an event definition",
    "event_definitions/multiple.py": "several definitions on one event",
    "event_definitions/reading.py": "which definitions an event has",
    "gateways/gateway.py": "what all gateways share",
    "loop_characteristics/loop_characteristics.py": "what all loops share",
    "loop_characteristics/loop_data.py": "items, results and events of a multi-instance loop",
}
"""Files below ``elements`` that stand for no tag of their own, and what they are for."""

HOOKS = frozenset(
    {"arrive", "enter", "triggered", "failed", "child_ended", "leave", "settle", "catches", "check"}
)

elements.load()


def element_modules() -> list[Module]:
    return [m for m in modules() if m.place.startswith(FOLDER) and m.path.name != "__init__.py"]


def tags_in(module: Module) -> list[str]:
    """The tags that a module registers."""
    return [
        str(ast.literal_eval(decorator.args[0]))
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "element"
    ]


def snake(tag: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", tag).lower()


@pytest.mark.parametrize("tag", sorted(REGISTRY))
def test_tag_class_and_file_carry_the_same_name(tag: str) -> None:
    kind = REGISTRY[tag]

    assert kind.__name__ == tag[0].upper() + tag[1:]
    assert kind.__module__.rpartition(".")[2] == snake(tag)
    assert kind.__module__.startswith("procession.bpmn.elements.")


def test_every_element_file_has_one_tag() -> None:
    several = {m.place: tags_in(m) for m in element_modules() if len(tags_in(m)) > 1}
    none = {m.place.removeprefix(FOLDER) for m in element_modules() if not tags_in(m)}

    assert not several
    assert none == set(SHARED), "a shared file is listed in SHARED with what it is for"


def test_the_registry_holds_what_the_files_say() -> None:
    assert sorted(REGISTRY) == sorted(tag for m in element_modules() for tag in tags_in(m))


@pytest.mark.parametrize("tag", sorted(REGISTRY))
def test_an_element_says_what_it_is_in_its_first_line(tag: str) -> None:
    """``Exclusive gateway: one token in, …``: the elements page is made of these lines."""
    words = (importlib.import_module(REGISTRY[tag].__module__).__doc__ or "").splitlines()

    assert words
    assert words[0].endswith((".", ":", ","))
    assert len(words[0]) > 20


@pytest.mark.parametrize("tag", sorted(REGISTRY))
def test_an_element_has_its_place_in_the_reference(tag: str) -> None:
    page = (DOCS / "reference" / "elements.md").read_text(encoding="utf-8")

    assert f"`{tag}`" in page


@pytest.mark.parametrize(
    "kind", [k for k in REGISTRY.values() if issubclass(k, FlowNode)], ids=lambda k: k.__name__
)
def test_a_flow_node_answers_the_hooks_of_the_core_with_their_names(kind: type[FlowNode]) -> None:
    """The parameters of a hook are those of :class:`FlowNode`, so that authors can copy."""
    for name in HOOKS:
        ours = inspect.signature(getattr(kind, name))
        theirs = inspect.signature(getattr(FlowNode, name))
        assert list(ours.parameters) == list(theirs.parameters), f"{kind.__name__}.{name}"


def test_no_element_file_names_a_vendor() -> None:
    """Extension attributes are read by :mod:`procession.bpmn.vendor`, as neutral properties."""
    spaces = re.compile(r"https?://(?!www\.omg\.org)[\w./-]+|urn:[\w:.-]+")
    found = [f"{m}: {hit[0]}" for m in element_modules() for hit in spaces.finditer(m.text)]

    assert not found


def test_every_element_has_a_test_file() -> None:
    """``tests/elements/<family>/test_<tag>.py``; what has no behaviour is tested by its owner."""
    tests = SOURCE.parents[1] / "tests" / "elements"
    behaving = [tag for tag, kind in REGISTRY.items() if issubclass(kind, FlowNode)]
    missing = []
    for tag in behaving:
        family = REGISTRY[tag].__module__.split(".")[-2]
        if not (tests / family / f"test_{snake(tag)}.py").exists():
            missing.append(f"elements/{family}/test_{snake(tag)}.py")

    assert not missing
