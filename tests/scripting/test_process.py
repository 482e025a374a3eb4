"""What a script sees of its process, and what comes of what it does."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import ScriptThrow, Wish
from procession.values import Bean, Long, Map, Set
from tests.scripting.scripts import NOW, execute, java


def test_variables_are_set_in_order_and_seen_at_once():
    result = execute(
        "java",
        'kcontext.setVariable("b", 1); kcontext.setVariable("a", "x");'
        'kcontext.setVariable("b", kcontext.getVariable("b"));',
        {},
    )

    assert result.changes == (("b", 1), ("a", "x"), ("b", 1))


def test_assigning_to_a_process_variable_is_local():
    result = execute("java", "x = 5; x++; System.out.println(x);", {"x": 1})

    assert result.printed == ("6",)
    assert result.changes == ()


def test_a_bare_name_keeps_the_value_from_the_start():
    source = (
        'kcontext.setVariable("x", 2); System.out.println(x + " " + kcontext.getVariable("x"));'
    )

    assert execute("java", source, {"x": 1}).printed == ("1 2",)


CHANGED_IN_PLACE: list[tuple[str, dict[str, Any], tuple[tuple[str, Any], ...]]] = [
    ('list.add("b");', {"list": ["a"]}, (("list", ("a", "b")),)),
    ('((java.util.List) kcontext.getVariable("list")).add("b");', {"list": ["a"]},
     (("list", ("a", "b")),)),
    ('map.put("k", list); list.add(1);', {"map": {}, "list": []},
     (("map", Map(k=(1,))), ("list", (1,)))),
    ("System.out.println(list);", {"list": ["a"]}, ()),
    ("list.set(0, list.get(0));", {"list": ["a"]}, ()),
    ("list.set(0, 1L);", {"list": [1]}, (("list", (Long(1),)),)),
    ('person.setName("Ann");', {"person": Bean("P", Map(name="Bob"))},
     (("person", Bean("P", Map(name="Ann"))),)),
    ('((java.util.Map) list.get(0)).put("k", 1);', {"list": [{}]}, (("list", (Map(k=1),)),)),
    ('java.util.List l = new java.util.ArrayList(); kcontext.setVariable("l", l); l.add(1);', {},
     (("l", ()), ("l", (1,)))),
]  # fmt: skip


@pytest.mark.parametrize(("source", "variables", "changes"), CHANGED_IN_PLACE)
def test_what_is_changed_in_place_comes_back(
    source: str, variables: dict[str, Any], changes: tuple[tuple[str, Any], ...]
):
    result = execute("java", source, variables)

    assert result.changes == changes
    for (_, got), (_, wanted) in zip(result.changes, changes, strict=True):
        assert repr(got) == repr(wanted)


def test_a_list_read_twice_is_one_list():
    source = 'return kcontext.getVariable("list") == list && list.add(1) && list.size() == 1;'

    assert java(source, {"list": []}) is True


def test_a_hash_map_is_kept_in_the_order_of_java_and_a_linked_one_in_its_own():
    source = (
        'java.util.Map m = new java.util.{}(); for (String k : "b,c,a".split(",")) m.put(k, 1);'
        'kcontext.setVariable("m", m);'
    )

    hashed = execute("java", source.replace("{}", "HashMap")).changes[0][1]
    linked = execute("java", source.replace("{}", "LinkedHashMap")).changes[0][1]

    assert list(hashed) == ["a", "b", "c"]
    assert list(linked) == ["b", "c", "a"]


WISHES: list[tuple[str, tuple[Wish, ...]]] = [
    ('kcontext.getProcessInstance().signalEvent("go", 5);', (Wish("signal", "go", 5, -1),)),
    ('kcontext.getKieRuntime().signalEvent("go", null);', (Wish("signal", "go", None, 0),)),
    ('kcontext.getKnowledgeRuntime().signalEvent("go", "v", 9);', (Wish("signal", "go", "v", 9),)),
    ('kcontext.getKieRuntime().signalEvent("go", "v", kcontext.getProcessInstance().getId());',
     (Wish("signal", "go", "v", -1),)),
    ('kcontext.getKieRuntime().startProcess("p");', (Wish("start", "p", Map()),)),
    ('java.util.Map m = new java.util.HashMap(); m.put("a", 1);'
     'kcontext.getKieRuntime().startProcess("p", m);', (Wish("start", "p", Map(a=1)),)),
    ("kcontext.getKieRuntime().abortProcessInstance(8L);", (Wish("abort", "", None, 8),)),
    ("kcontext.getKieRuntime().abortProcessInstance(7);", (Wish("abort", "", None, -1),)),
    ("((WorkflowProcessInstance) kcontext.getProcessInstance()).setState(3);",
     (Wish("abort", "", None, -1),)),
    ("kcontext.getKieRuntime().getWorkItemManager().completeWorkItem(4, null);",
     (Wish("complete_work_item", "", Map(), 4),)),
    ("kcontext.getKieRuntime().getWorkItemManager().abortWorkItem(4);",
     (Wish("abort_work_item", "", None, 4),)),
    ('kcontext.getKieRuntime().setGlobal("g", 1);', (Wish("set_global", "g", 1, 0),)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "wishes"), WISHES)
def test_what_a_script_wants_done_is_recorded(source: str, wishes: tuple[Wish, ...]):
    assert execute("java", source).wishes == wishes


def test_globals_are_seen_by_name_and_by_the_session():
    source = (
        'System.out.println(g + " " + kcontext.getKieRuntime().getGlobal("g"));'
        'kcontext.getKieRuntime().setGlobal("g", 2);'
        'System.out.println(kcontext.getKieRuntime().getGlobal("g"));'
    )

    result = execute("java", source, globals={"g": 1})

    assert result.printed == ("1 1", "2")


def test_what_the_process_tells_of_itself():
    source = (
        "ProcessInstance p = kcontext.getProcessInstance();"
        'System.out.println(p.getId() + " " + p.getProcessId() + " " + p.getProcessName());'
        'System.out.println(p.getState() + " " + context.getNodeInstance().getNodeName());'
        'System.out.println(p.getMetaData().get("ParentProcessInstanceId"));'
        'p.setVariable("v", p.getVariable("x"));'
    )

    result = execute("java", source, {"x": 3}, parent_instance=6)

    assert result.printed == ("7 order Order", "1 Check", "6")
    assert result.changes == (("v", 3),)


def test_printing():
    source = (
        'System.out.print("a"); System.out.print(1); System.out.println(); System.err.println(2.0);'
        'System.out.printf("%d%n", 3); System.out.println((Object) null); System.out.print("end");'
    )

    assert execute("java", source).printed == ("a1", "2.0", "3", "null", "end")


def test_time_and_chance_come_from_the_turn():
    source = "return java.util.UUID.randomUUID().toString() + Math.random();"

    assert java("return new java.util.Date();") == NOW
    assert java(source, seed=1) == java(source, seed=1)
    assert java(source, seed=1) != java(source, seed=2)


def test_facts_are_refused_clearly():
    with pytest.raises(ScriptThrow, match="working memory"):
        execute("java", 'insert("x");')


def test_a_set_of_a_process_keeps_its_order():
    assert java("return s;", {"s": Set(("b", "a"))}) == Set(("b", "a"))
