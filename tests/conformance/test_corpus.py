"""The conformance corpus against the real server: every covered case passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.acceptance.server import Server
from tests.conformance import page
from tests.conformance.corpus import CONTRADICTORY, MISSING, SUITES, cases, folder
from tests.conformance.features import COVERED, features_of
from tests.conformance.harness import run, running

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if folder() is None:
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("conformance")) as started:
        yield started


@pytest.mark.parametrize("suite", SUITES)
def test_every_covered_case_of_the_corpus_passes(
    suite: str, server: Server, record_property: Callable[[str, object], None]
) -> None:
    results = run(suite, server)
    counts = page.counts(suite, results)
    record_property("conformance", page.line(suite, counts))

    failed = {
        case.id: results[case.id]["reason"]
        for case in cases(suite)
        if case.is_covered and results[case.id]["status"] != "pass"
    }

    assert not failed
    stored = json.loads(page.COUNTS.read_text(encoding="utf-8"))[suite]
    assert {name: min(counts[name], number) for name, number in stored.items()} == stored
    assert set(results) == {case.id for case in cases(suite)}


def test_the_page_has_the_stored_counts() -> None:
    """If this fails: ``make conformance``."""
    stored = json.loads(page.COUNTS.read_text(encoding="utf-8"))
    written = page.PAGE.read_text(encoding="utf-8").splitlines()

    assert tuple(stored) == SUITES
    for suite, counts in stored.items():
        assert counts["covered"] == counts["covered_passed"]
        assert page.row(suite, counts) in written


def features(inside: str, root: str = "") -> set[str]:
    xml = f'<definitions xmlns="{BPMN}">{root}<process id="p">{inside}</process></definitions>'
    return set(features_of(xml.encode())) - {"definitions", "process"}


def test_features_tell_positions_and_manners_of_events() -> None:
    timer = "<timerEventDefinition/>"

    assert features("<startEvent/>") == {"startEvent"}
    assert features(f"<startEvent>{timer}</startEvent>") == {"startEvent:timer"}
    quiet = f'<boundaryEvent cancelActivity="false">{timer}</boundaryEvent>'
    assert features(quiet) == {"boundaryEvent:timer-nonInterrupting"}
    assert features(f"<endEvent>{timer}{timer}</endEvent>") == {"endEvent:multiple"}
    shared = "<endEvent><eventDefinitionRef>x:s</eventDefinitionRef></endEvent>"
    found = features(shared, '<signalEventDefinition id="s"/>')
    assert found == {"endEvent:signal", "eventDefinitionRef"}
    assert features('<subProcess triggeredByEvent="true"/>') == {"eventSubProcess"}


def test_features_tell_languages_and_other_particulars() -> None:
    script = '<scriptTask scriptFormat="http://www.java.com/java"><script>x</script></scriptTask>'

    assert features(script) == {"scriptTask", "script", "language:java"}
    assert features('<task isForCompensation="true"/>') == {"task", "compensation"}
    assert features('<receiveTask instantiate="true"/>') >= {"receiveTask:instantiate"}
    condition = '<conditionExpression language="urn:odd">x</conditionExpression>'
    assert "language:urn:odd" in features(f"<sequenceFlow>{condition}</sequenceFlow>")
    assert "escalationEventDefinition" in features("<x><escalationEventDefinition/></x>")


def test_what_is_not_served_is_not_called_covered() -> None:
    for name in ("businessRuleTask",):
        assert name not in COVERED


def test_a_contradictory_case_is_one_whose_model_cannot_do_what_is_expected() -> None:
    if folder() is None:
        pytest.skip(MISSING)
    known = {case.id: case for case in cases("betsy java")}

    for id in CONTRADICTORY:
        [file] = known[id].files
        assert "SCRIPT_task3" not in file.read_text(encoding="utf-8")
        assert not known[id].is_covered
