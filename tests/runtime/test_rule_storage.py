"""What a call writes of a rule session, and what is left of it when its instance is over."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from procession.services.processes import ProcessRef
from procession.store.tables import rule_page, rule_session
from procession.values import Bean
from tests.runtime.rooms import UNIT
from tests.runtime.rule_models import END, START, flow, process, work

ITEMS = b"""package org.test
global java.util.List log
declare Item id : int @key  group : int  seen : boolean end
declare Pair one : Item  other : Item end
rule "pair" when $i : Item($g : group, !seen) $j : Item(group == $g, id > $i.id) then
    insert(new Pair($i, $j));
end
rule "seen" when $p : Pair($i : one) Item(this == $i, seen) then log.add($i.getId()); end
rule "missing" when Item() String() then end
"""
STRAIGHT = START + flow("start", "w") + work() + flow("w", "end") + END


def unit(engine, **options):
    files = {"p.bpmn2": process(STRAIGHT), "r.drl": ITEMS}
    engine.deployments.deploy(engine.admin, UNIT, files, **options)


def item(number, group, seen=False):
    return Bean("org.test.Item", {"id": number, "group": group, "seen": seen})


def pages(engine):
    with engine.room.store.read() as reader:
        rows = reader.execute(select(rule_page.c.page, rule_page.c.body))
    return {page: bytes(body) for page, body in rows}


def written(engine, call):
    """How many pages a call changes, and how many bytes they have."""
    before = pages(engine)
    call()
    changed = {n: b for n, b in pages(engine).items() if before.get(n) != b}
    return len(changed), sum(map(len, changed.values()))


def calls(engine, handles):
    s, who, number = engine.sessions, engine.admin, len(handles)
    return [
        lambda: s.insert(who, UNIT, [item(number, number)]),
        lambda: s.insert(who, UNIT, [item(number + 1, 3)]),
        lambda: s.fire(who, UNIT),
        lambda: s.update(who, UNIT, handles[number // 2], item(number // 2, number // 2, True)),
        lambda: s.delete(who, UNIT, handles[number // 3]),
        lambda: s.fire(who, UNIT),
        lambda: s.fire(who, UNIT),
    ]


def test_a_call_writes_as_much_with_ten_facts_as_with_thousands(engine):
    costs = []
    for number in (60, 1_200):
        unit(engine)
        engine.sessions.set_global(engine.admin, UNIT, "log", [])
        facts = [item(one, one) for one in range(number)]
        handles = engine.sessions.insert(engine.admin, UNIT, facts)
        engine.sessions.fire(engine.admin, UNIT)
        costs.append([written(engine, call) for call in calls(engine, handles)])
        engine.deployments.undeploy(engine.admin, UNIT)
        assert not pages(engine)

    for few, many in zip(*costs, strict=True):
        assert many[0] <= few[0] + 6, costs
        assert many[1] <= 1.5 * few[1] + 3_000, costs


def test_objects_that_facts_share_are_shared_after_the_engine_was_opened_again(opening):
    engine = opening()
    unit(engine)
    engine.sessions.set_global(engine.admin, UNIT, "log", [])
    first, _ = engine.sessions.insert(engine.admin, UNIT, [item(1, 7), item(2, 7)])
    assert engine.sessions.fire(engine.admin, UNIT) == ("pair",)
    engine.close()

    engine = opening()
    assert engine.sessions.fire(engine.admin, UNIT) == ()
    engine.sessions.update(engine.admin, UNIT, first, item(1, 7, True))
    assert engine.sessions.fire(engine.admin, UNIT) == ("seen",)
    engine.close()

    engine = opening()
    assert engine.sessions.fire(engine.admin, UNIT) == ()
    assert engine.sessions.global_value(engine.admin, UNIT, "log") == (1,)
    assert engine.sessions.count_facts(engine.admin, UNIT) == 3


def test_a_node_keeps_the_memory_that_it_wrote_last_and_no_other(nodes):
    one, other = nodes
    unit(one)
    one.sessions.insert(one.admin, UNIT, [item(1, 1)])
    kept = one.room.executive.loaded.rule_sessions
    memory = kept._kept[UNIT, 0].memory
    one.sessions.insert(one.admin, UNIT, [item(2, 1)])
    assert kept._kept[UNIT, 0].memory is memory
    assert other.sessions.fire(other.admin, UNIT) == ("pair",)
    assert one.sessions.fire(one.admin, UNIT) == ()
    assert kept._kept[UNIT, 0].memory is not memory
    assert one.sessions.count_facts(one.admin, UNIT) == 3


def rows(engine):
    with engine.room.store.read() as reader:
        return [
            reader.execute(select(func.count()).select_from(table))[0][0]
            for table in (rule_session, rule_page)
        ]


@pytest.mark.parametrize("end", ["complete", "abort"])
def test_a_session_of_an_instance_goes_with_it_even_if_nobody_has_it_in_memory(opening, end):
    engine = opening()
    unit(engine, strategy="PER_PROCESS_INSTANCE")
    instance = engine.processes.start(engine.admin, ProcessRef(UNIT, "ruled"), {})
    engine.sessions.insert(engine.admin, UNIT, [item(1, 1)], instance.id)
    assert min(rows(engine)) > 0
    engine.close()

    engine = opening()
    if end == "abort":
        engine.processes.abort(engine.admin, instance.id)
    else:
        from tests.runtime.rooms import only_item

        engine.work_items.complete(engine.admin, only_item(engine, instance.id), {})
    assert rows(engine) == [0, 0]


def test_with_a_session_for_each_request_nothing_is_kept(engine):
    unit(engine, strategy="PER_REQUEST")
    engine.sessions.insert(engine.admin, UNIT, [item(1, 1)])
    engine.processes.start(engine.admin, ProcessRef(UNIT, "ruled"), {})
    assert rows(engine) == [0, 0]
    assert engine.sessions.count_facts(engine.admin, UNIT) == 0
