"""Laws 1, 2 and 5: one place changes state; the pure floors know no clock and no chance."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from procession.core.state import InstanceState
from tests.architecture.house import Module, dotted, functions, modules, of_rooms

FIELDS = frozenset(InstanceState.__struct_fields__)
DICTS = frozenset({"elements", "parked", "waits", "variables", "children", "owned"})
CHANGERS = frozenset({"pop", "popitem", "clear", "update", "setdefault"})
EVOLVE = "core/evolve.py"
REBUILDERS = frozenset({EVOLVE, "core/state.py"})
"""``core/state.py`` builds states anew: the copy, the empty state and the indexes."""

CHANCE = frozenset(
    """datetime.now datetime.utcnow datetime.today datetime.datetime.now datetime.datetime.utcnow
    date.today datetime.date.today time.time time.monotonic time.perf_counter random.random
    random.randint random.choice uuid.uuid1 uuid.uuid4 uuid4 uuid1 os.urandom
    secrets.token_hex secrets.token_bytes""".split()
)


def is_state(node: ast.AST) -> bool:
    """Whether an expression is spelled like an instance's state: ``state``, ``held.state`` …"""
    return dotted(node).rpartition(".")[2] == "state"


def targets(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement writes to, deletes or grows in place."""
    if isinstance(node, ast.Assign):
        todo = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        todo = [node.target]
    elif isinstance(node, ast.Delete):
        todo = list(node.targets)
    else:
        todo = []
    while todo:
        at = todo.pop()
        if isinstance(at, ast.Tuple | ast.List):
            todo.extend(at.elts)
        elif isinstance(at, ast.Starred):
            todo.append(at.value)
        else:
            yield at


def changes(module: Module) -> Iterator[str]:
    """Every place where a module changes an instance's state."""
    for node in module.nodes:
        for target in targets(node):
            at: ast.expr = target
            while isinstance(at, ast.Subscript):
                at = at.value
            if not isinstance(at, ast.Attribute) or not is_state(at.value):
                continue
            if at.attr in FIELDS:
                yield f"{module}:{target.lineno} writes {ast.unparse(target)}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CHANGERS
        ):
            at = node.func.value
            while isinstance(at, ast.Subscript):
                at = at.value
            if isinstance(at, ast.Attribute) and at.attr in DICTS and is_state(at.value):
                yield f"{module}:{node.lineno} calls {ast.unparse(node.func)}"
        if isinstance(node, ast.Call) and dotted(node.func).endswith("force_setattr"):
            yield f"{module}:{node.lineno} forces an attribute"


FORCED = {
    "settings/table.py": "fills in defaults that follow from another setting, before anyone has it",
    "store/codec.py": "puts immutable values into what it has just decoded, before anyone has it",
}
"""Who may set an attribute of a frozen struct, and why."""


def aliases(module: Module) -> Iterator[str]:
    """Writes to a local name that stands for one of the state's own dictionaries."""
    for function in functions(module.tree):
        names = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in DICTS
            and is_state(node.value.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            for target in targets(node):
                if isinstance(target, ast.Subscript) and dotted(target.value) in names:
                    yield f"{module}:{target.lineno} writes {ast.unparse(target)}"
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGERS
                and dotted(node.func.value) in names
            ):
                yield f"{module}:{node.lineno} calls {ast.unparse(node.func)}"


def test_state_changes_in_evolve_and_nowhere_else() -> None:
    found = [
        line
        for module in modules()
        if module.place not in REBUILDERS
        for line in (*changes(module), *aliases(module))
        if not ("forces" in line and module.place in FORCED)
    ]

    assert not found


def test_the_search_for_changes_finds_them() -> None:
    """The test above would notice: evolve itself is full of what it looks for."""
    (evolve,) = (module for module in modules() if module.place == EVOLVE)

    found = "\n".join(changes(evolve))

    assert "writes state.elements[element]" in found
    assert "writes state.seq" in found
    assert "calls state.elements.pop" in found


def test_only_the_transition_of_a_step_applies_records_to_state() -> None:
    """Everybody else would have to fork first; the step has done so."""
    callers = {
        module.place
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "evolve"
    }

    assert callers == {"core/transition.py"}


@pytest.mark.parametrize("room", ["core", "bpmn", "scripting", "rules"])
def test_the_pure_floors_ask_no_clock_and_roll_no_dice(room: str) -> None:
    found = [
        f"{module}:{node.lineno} {dotted(node.func)}"
        for module in of_rooms(room)
        for node in module.nodes
        if isinstance(node, ast.Call) and dotted(node.func) in CHANCE
    ]

    assert not found


@pytest.mark.parametrize("room", ["core", "bpmn", "scripting", "rules"])
def test_the_pure_floors_never_use_pythons_own_eval(room: str) -> None:
    forbidden = {"eval", "exec", "compile", "__import__", "open", "input", "breakpoint"}
    found = [
        f"{module}:{node.lineno} {node.func.id}"
        for module in of_rooms(room)
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in forbidden
    ]

    assert not found


@pytest.mark.parametrize("room", ["core", "bpmn"])
def test_the_core_and_the_language_keep_nothing_between_steps(room: str) -> None:
    """No ``global`` statement: what a step remembers stands in its transition or its state."""
    found = [
        f"{module}:{node.lineno}"
        for module in of_rooms(room)
        for node in module.nodes
        if isinstance(node, ast.Global)
    ]

    assert not found


def test_elements_keep_nothing_on_themselves() -> None:
    """A flow node is shared by all instances and all threads."""
    found = [
        f"{module}:{target.lineno} {ast.unparse(target)}"
        for module in of_rooms("bpmn")
        if module.place.startswith("bpmn/elements/")
        for node in module.nodes
        for target in targets(node)
        if isinstance(target, ast.Attribute) and dotted(target).startswith("self.")
    ]

    assert not found
