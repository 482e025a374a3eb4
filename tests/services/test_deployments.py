"""Deployments: refused with all problems, undeployed, replaced, read again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from procession.engine import Engine
from procession.errors import Busy, Denied, Invalid, InvalidModel, NotFound
from procession.identity.model import Actor
from procession.services.processes import ProcessRef
from procession.testing import model
from tests.runtime.rooms import UNIT, contents, deploy, only_item, straight, visited, work_item

WAITING = straight("p", work_item("w", "Wait"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with Engine.open(database_url) as engine:
        yield engine


def test_a_unit_with_problems_is_refused_whole_with_all_of_them(engine):
    bad = model("bad", jbpm=True).start().task("a").task("b").end()
    before = contents(engine)

    with pytest.raises(InvalidModel) as caught:
        deploy(engine, WAITING, bad)

    assert {problem.element for problem in caught.value.problems} == {"a", "b"}
    assert contents(engine) == before
    with pytest.raises(NotFound):
        engine.processes.start(engine.admin, "p")


def test_of_several_files_each_problem_names_its_own(engine):
    bad = model("bad", jbpm=True).start().task("a").end()
    files = {"one.bpmn": bad.xml(), "two.bpmn": bad.xml().replace(b'"bad"', b'"worse"')}

    with pytest.raises(InvalidModel) as caught:
        engine.deployments.deploy(engine.admin, UNIT, files)

    assert {problem.file for problem in caught.value.problems} == set(files)
    assert "one.bpmn, line " in str(caught.value)


def test_warnings_are_told_and_do_not_refuse(engine):
    odd = model("odd").start().script("s", "com.acme.Foo.bar();").end()

    job = engine.deployments.deploy(engine.admin, UNIT, {"odd.bpmn": odd.xml()})

    assert job.success
    first, warning = job.explanation.splitlines()
    assert first == "Deployment job accepted, 1 warning(s):"
    assert "com.acme.Foo" in warning


def test_two_files_with_one_process_id_are_refused(engine):
    files = {"a.bpmn": WAITING.xml(), "b.bpmn": WAITING.xml()}
    with pytest.raises(InvalidModel, match="same id"):
        engine.deployments.deploy(engine.admin, UNIT, files)


def test_a_unit_without_a_process_is_refused(engine):
    with pytest.raises(InvalidModel, match="no process and no rules"):
        engine.deployments.deploy(engine.admin, UNIT, {"readme.txt": b"hello"})
    with pytest.raises(InvalidModel, match=r"write rules as \.drl"):
        engine.deployments.deploy(engine.admin, UNIT, {"a.bpmn": WAITING.xml(), "r.gdst": b""})


def test_ids_and_strategies_are_checked(engine):
    for id in ("", "a/b", "x" * 300):
        with pytest.raises(Invalid):
            engine.deployments.deploy(engine.admin, id, {"a.bpmn": WAITING.xml()})
    with pytest.raises(Invalid, match="strategy"):
        engine.deployments.deploy(engine.admin, UNIT, {"a.bpmn": WAITING.xml()}, strategy="X")


def test_of_many_who_deploy_a_unit_at_once_one_succeeds(engine):
    def one(_):
        return engine.deployments.deploy(engine.admin, UNIT, {"a.bpmn": WAITING.xml()}).success

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]


def test_a_unit_with_running_instances_stays(engine):
    deploy(engine, WAITING)
    view = engine.processes.start(engine.admin, "p")

    refused = engine.deployments.undeploy(engine.admin, UNIT)
    assert not refused.success
    assert "1 process instances" in refused.explanation
    assert engine.deployments.get(engine.admin, UNIT).status == "DEPLOYED"

    engine.processes.abort(engine.admin, view.id)
    assert engine.deployments.undeploy(engine.admin, UNIT).success
    assert engine.deployments.get(engine.admin, UNIT).status == "UNDEPLOYED"
    with pytest.raises(NotFound):
        engine.processes.start(engine.admin, ProcessRef(deployment=UNIT, process_id="p"))
    with pytest.raises(NotFound):
        engine.deployments.undeploy(engine.admin, UNIT)


def test_after_an_undeployment_nothing_starts_and_what_was_begun_meanwhile_can_end(engine):
    """Starts and an undeployment at once, over and over: nothing old is remembered."""
    for _ in range(5):
        race_starts_and_undeployment(engine)


def race_starts_and_undeployment(engine):
    deploy(engine, WAITING)

    def begin(_):
        try:
            return engine.processes.start(engine.admin, "p").id
        except NotFound:
            return None

    def take_away(_):
        try:
            return engine.deployments.undeploy(engine.admin, UNIT).success
        except (NotFound, Busy):
            return False

    with ThreadPoolExecutor(4) as pool:
        gone = pool.submit(take_away, 0)
        begun = [id for id in pool.map(begin, range(10)) if id]

    if gone.result():
        assert begin(0) is None
    else:
        begun.append(begin(0))
    for id in begun:
        engine.work_items.complete(engine.admin, only_item(engine, id))
        assert visited(engine, id, "end") == 1
    if not gone.result():
        assert engine.deployments.undeploy(engine.admin, UNIT).success


def test_an_instance_goes_on_in_the_version_it_began_in(engine):
    deploy(engine, straight("p", work_item("a", "Wait"), work_item("old", "Wait")))
    first = engine.processes.start(engine.admin, "p")
    deploy(engine, straight("p", work_item("a", "Wait"), work_item("new", "Wait")), unit="o:u:2")
    second = engine.processes.start(engine.admin, "p")

    for view in (first, second):
        engine.work_items.complete(engine.admin, only_item(engine, view.id))

    assert visited(engine, first.id, "old") == 1
    assert visited(engine, second.id, "new") == 1
    assert second.deployment_id == "o:u:2"


def test_instances_survive_that_definitions_are_read_anew(engine):
    deploy(engine, straight("p", work_item("a", "Wait"), work_item("b", "Wait")))
    view = engine.processes.start(engine.admin, "p")

    assert engine.deployments.refresh_cache(engine.admin) == 1

    engine.work_items.complete(engine.admin, only_item(engine, view.id))
    assert visited(engine, view.id, "b") == 1


def test_a_deactivated_unit_takes_no_starts(engine):
    deploy(engine, WAITING)
    running = engine.processes.start(engine.admin, "p")
    assert not engine.deployments.deactivate(engine.admin, UNIT).is_active
    with pytest.raises(NotFound):
        engine.processes.start(engine.admin, ProcessRef(deployment=UNIT, process_id="p"))
    engine.work_items.complete(engine.admin, only_item(engine, running.id))

    assert engine.deployments.activate(engine.admin, UNIT).is_active
    engine.processes.start(engine.admin, ProcessRef(deployment=UNIT, process_id="p"))


def test_a_patch_takes_over_the_files_of_its_base(engine):
    deploy(engine, WAITING, straight("q", work_item("w", "Wait")))
    changed = straight("q", work_item("better", "Wait"))

    done = engine.deployments.deploy(
        engine.admin, "org.test:unit:1.1", {"q.bpmn": changed.xml()}, base=UNIT
    )

    assert done.success
    found = engine.deployments.definitions(engine.admin, "org.test:unit:1.1").items
    assert sorted(one.process_id for one in found) == ["p", "q"]
    view = engine.processes.start(engine.admin, "q")
    assert visited(engine, view.id, "better") == 1


def test_only_administrators_deploy(engine):
    ann = Actor("ann", frozenset(), frozenset())
    for operation in (
        lambda: engine.deployments.deploy(ann, UNIT, {"a.bpmn": WAITING.xml()}),
        lambda: engine.deployments.undeploy(ann, UNIT),
        lambda: engine.deployments.deactivate(ann, UNIT),
        lambda: engine.deployments.refresh_cache(ann),
    ):
        with pytest.raises(Denied):
            operation()
