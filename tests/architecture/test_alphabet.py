"""Law 6: the alphabet of records is closed; new words need none."""

from __future__ import annotations

import ast

import msgspec
import pytest

from procession.core import commands, evolve, records
from procession.core.records import ALPHABET, Record
from tests.architecture.house import SOURCE

EIGHTEEN = """
ProcessInstanceStarted ProcessInstanceEnded ProcessInstanceSuspended ProcessInstanceResumed
ElementActivated ElementNoted ElementCompleted ElementCancelled
SequenceFlowTaken TokenParked TokensJoined VariableSet
WaitOpened WaitClosed
ProcessCalled MessageThrown SignalThrown ErrorThrown
""".split()

TEN = """
AskConditions StartProcess TriggerWait FailWait SetVariables
ActivateElement CancelElement SuspendProcess ResumeProcess AbortProcess
""".split()

LEAVE_NO_MARK = frozenset(
    {"SequenceFlowTaken", "ProcessCalled", "MessageThrown", "SignalThrown", "ErrorThrown"}
)
"""A token that moves on, and what speaks outward: ``evolve`` only counts them."""


def test_the_alphabet_has_exactly_eighteen_records_in_the_order_of_their_tags() -> None:
    """A nineteenth needs a decision record first, and then a change here."""
    assert [kind.__name__ for kind in ALPHABET] == EIGHTEEN
    tags = [kind.__struct_config__.tag for kind in ALPHABET]
    assert tags == list(range(1, 19))


def test_no_record_stands_outside_the_alphabet() -> None:
    assert set(Record.__subclasses__()) == set(ALPHABET)
    defined = [kind for kind in vars(records).values() if isinstance(kind, type)]
    assert {k for k in defined if issubclass(k, Record) and k is not Record} == set(ALPHABET)


def test_what_may_be_asked_of_an_instance_is_as_short_a_list() -> None:
    kinds = commands.Command.__subclasses__()
    assert sorted(kind.__name__ for kind in kinds) == sorted(TEN)


@pytest.mark.parametrize("kind", ALPHABET, ids=lambda kind: kind.__name__)
def test_a_record_is_a_frozen_value(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.array_like, "stored by position, so that old ones can be read"


@pytest.mark.parametrize("kind", commands.Command.__subclasses__(), ids=lambda kind: kind.__name__)
def test_a_command_is_a_frozen_value(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen


def test_evolve_has_a_rule_for_every_record() -> None:
    assert set(evolve.RULES) == set(records.ALPHABET)
    silent = evolve.RULES[records.SignalThrown]

    without_mark = {kind.__name__ for kind, rule in evolve.RULES.items() if rule is silent}

    assert without_mark == LEAVE_NO_MARK


def test_evolve_decides_nothing_about_bpmn() -> None:
    """It imports records and state, and no graph."""
    tree = ast.parse((SOURCE / "core" / "evolve.py").read_text(encoding="utf-8"))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }

    ours = {name for name in imported if name.startswith("procession")}
    assert ours == {"procession.core", "procession.core.state"}
