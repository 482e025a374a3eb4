"""A rule session as the runtime uses it: facts, globals, bounds, undo, threads, other rules."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from procession.core.ports import Limits, ScriptContext
from procession.errors import InvalidValue, LimitExceeded, NotFound, ScriptFailure
from procession.rules.working_memory import (
    PROCESS_INSTANCE,
    RuleSource,
    WorkingMemory,
    compile_rules,
)
from procession.scripting.evaluator import Evaluator
from procession.store.codec import decode_value, encode_value
from procession.values import Bean, Long, Map

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEAD = """package shop
declare Order  item : String  amount : int  price : double end
global java.util.List log
"""


def base_of(text: str, kind: str = "drl", head: str = HEAD, **more):
    return compile_rules([RuleSource("rules.drl", head + text, kind, **more)], Evaluator())


def memory_of(text: str) -> WorkingMemory:
    base = base_of(text)
    assert not base.errors, base.errors
    return WorkingMemory(base)


def order(item: str = "tea", amount: int = 1) -> Bean:
    return Bean("shop.Order", Map(item=item, amount=amount))


def test_facts_are_kept_in_the_order_they_came():
    memory = memory_of("")

    first = memory.insert(order("tea"))
    second = memory.insert("text", "aside")
    memory.insert(Long(5))
    memory.delete(first)

    assert [fact.value for fact in memory.facts()] == ["text", Long(5)]
    assert memory.fact(second).entry_point == "aside"
    assert memory.count() == 2
    assert [fact.value for fact in memory.facts("aside")] == ["text"]


def test_an_unknown_handle_global_or_query_is_an_error():
    memory = memory_of("")

    with pytest.raises(NotFound):
        memory.delete(7)
    with pytest.raises(NotFound):
        memory.update(7, order())
    with pytest.raises(InvalidValue, match="no global 'other'"):
        memory.set_global("other", 1)
    with pytest.raises(NotFound):
        memory.query("none", now=NOW)
    assert memory.get_global("other") is None


def test_globals_are_changed_by_rules():
    memory = memory_of("rule r when $o : Order() then log.add($o.getItem()); end")
    memory.set_global("log", ())
    memory.insert(order("tea"))

    memory.fire(now=NOW)

    assert memory.get_global("log") == ("tea",)


def test_what_was_fired_changed_and_printed_is_told():
    memory = memory_of(
        """rule cheap when $o : Order( amount < 5 ) then
  modify($o) { setAmount(9) } insert("done"); System.out.println("raised");
end"""
    )
    handle = memory.insert(order())

    firings = memory.fire(now=NOW)

    assert firings.number == 1
    assert [(one.rule, one.package, one.handles) for one in firings.fired] == [
        ("cheap", "shop", (handle,))
    ]
    assert firings.printed == ("raised",)
    assert [(one.kind, one.handle) for one in firings.changes] == [
        ("updated", handle),
        ("inserted", handle + 1),
    ]


def test_a_rule_loop_is_stopped_with_its_rules_named():
    memory = memory_of(
        """rule up when $o : Order() then modify($o) { setAmount($o.getAmount() + 1) } end
rule other when Order( amount < 0 ) then end"""
    )
    memory.insert(order())
    mark = memory.mark()

    told = r'more than 50 rules fired.*"up" \(50\).*raise firings_per_turn'
    with pytest.raises(LimitExceeded, match=told):
        memory.fire(now=NOW, limits=Limits(firings_per_turn=50))
    memory.back_to(mark)

    assert [fact.value.fields["amount"] for fact in memory.facts()] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "rule r when Order() then while (true) { } end",
        'rule r when Order() then String s = "x"; while (true) { s = s + s; } end',
        "function int f(int n) { return f(n + 1); }\nrule r when Order() then f(1); end",
        "function boolean f(int n) { while (true) { } }\nrule r when Order( f(amount) ) then end",
    ],
)
def test_nothing_in_a_rule_escapes_the_bounds_of_scripts(text: str):
    memory = memory_of(text)
    memory.insert(order())

    with pytest.raises((LimitExceeded, ScriptFailure)):
        memory.fire(now=NOW, limits=Limits(script_steps=100_000, rule_steps=300_000))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rule r when Order() then while (true) { } end", 'rule "r": .*raise rule_steps'),
        ("rule r when Order( spin(amount) ) then end", "^rules take too many.*raise rule_steps"),
        (
            "rule r when $o : Order() eval( spin(1) ) then end",
            'conditions of rule "r": .*raise rule_steps',
        ),
    ],
)
def test_steps_that_rules_take_together_are_bounded_and_the_setting_is_named(text: str, told: str):
    memory = memory_of("function boolean spin(int n) { while (true) { } }\n" + text)
    memory.insert(order())

    with pytest.raises(LimitExceeded, match=told):
        memory.fire(now=NOW, limits=Limits(rule_steps=50_000))


def test_an_effective_date_is_due_while_matches_wait_for_it():
    memory = memory_of(
        """rule soon date-effective "03-Jan-2026" when $o : Order() then end
rule other date-effective "02-Jan-2026" when String() then end
rule over date-effective "01-Jan-2020" date-expires "01-Feb-2026" when Order() then end"""
    )
    date = NOW + timedelta(days=2)
    assert memory.due(NOW) is None

    memory.insert(order())
    assert memory.due(NOW) == date
    assert WorkingMemory(memory._base, memory.stored()).due(NOW) == date
    assert memory.due(date) is None

    assert [one.rule for one in memory.fire(now=date).fired] == ["soon", "over"]
    assert memory.due(NOW) is None


def test_a_match_that_came_up_before_its_date_is_not_waited_for():
    memory = memory_of('rule soon date-effective "03-Jan-2026" when Order() then end')
    memory.insert(order())
    memory.fire(now=NOW)

    assert memory.due(NOW) is None
    assert memory.fire(now=NOW + timedelta(days=3)).number == 0


def test_an_exception_names_the_rule_and_can_be_taken_back():
    memory = memory_of(
        """rule one salience 5 when $o : Order() then $o.setAmount(50); insert("x"); end
rule two when String() then throw new RuntimeException("no"); end"""
    )
    memory.insert(order())
    mark = memory.mark()

    with pytest.raises(ScriptFailure, match=r'rule "two".*RuntimeException: no'):
        memory.fire(now=NOW)
    memory.back_to(mark)

    assert [fact.value for fact in memory.facts()] == [
        Bean("shop.Order", Map(item="tea", amount=1, price=0.0))
    ]


def test_what_is_stored_goes_through_a_codec_and_nothing_fires_again():
    memory = memory_of(
        """rule r when $o : Order() then insertLogical($o.getItem() + "!"); end
rule late timer (int: 1h) when Order() then insert("late"); end"""
    )
    handle = memory.insert(order())
    memory.fire(now=NOW)

    stored = memory.stored()
    copy = decode_value(encode_value((stored.format, stored.content, stored.state)))
    again = WorkingMemory(
        base_of(
            """rule r when $o : Order() then insertLogical($o.getItem() + "!"); end
rule late timer (int: 1h) when Order() then insert("late"); end"""
        ),
        msgspec.structs.replace(stored, format=copy[0], content=copy[1], state=copy[2]),
    )

    assert again.due() == NOW + timedelta(hours=1)
    assert again.fire(now=NOW).number == 0
    assert again.fire(now=NOW + timedelta(hours=1)).number == 1
    again.delete(handle)
    again.fire(now=NOW)
    assert [fact.value for fact in again.facts()] == ["late"]


def test_storing_is_free_while_nothing_changes():
    memory = memory_of("")
    memory.insert(order())

    assert memory.stored() is memory.stored()
    assert memory.mark() is memory.stored()


def test_facts_and_globals_outlive_a_change_of_the_rules():
    memory = memory_of("rule r when Order() then end")
    memory.set_global("log", ("a",))
    handle = memory.insert(order())
    memory.fire(now=NOW)

    other = WorkingMemory(base_of("rule s when Order() then end"), memory.stored())

    assert other.get_global("log") == ("a",)
    assert [fact.handle for fact in other.facts()] == [handle]
    assert [one.rule for one in other.fire(now=NOW).fired] == ["s"]
    assert other.insert("x") > handle


def test_a_condition_holds_without_firing_anything():
    base = compile_rules(
        [
            RuleSource("rules.drl", HEAD + "rule r when Order() then insert(1); end"),
            RuleSource("flow", "$o : Order( amount > 5 )", "condition", ("shop.Order",)),
        ],
        Evaluator(),
    )
    assert not base.errors, base.errors
    memory = WorkingMemory(base)
    handle = memory.insert(order(amount=3))

    assert memory.matches("flow", now=NOW) == ()
    memory.update(handle, order(amount=9))
    assert memory.matches("flow", now=NOW) == ((handle,),)
    assert memory.matches("flow", now=NOW) == ((handle,),)
    assert memory.fire(now=NOW).number == 1


def test_a_process_instance_is_matched_and_its_wishes_come_back():
    base = base_of(
        """rule r when $p : WorkflowProcessInstance( getVariable("x") == 5, id == 7 ) then
  $p.setVariable("y", 6); $p.signalEvent("go", "v");
  kcontext.getKieRuntime().startProcess("other");
end""",
        head="import org.kie.api.runtime.process.WorkflowProcessInstance\n",
    )
    assert not base.errors, base.errors
    memory = WorkingMemory(base)
    fields = Map(id=Long(7), processId="p", variables=Map(x=5))
    memory.insert(Bean(PROCESS_INSTANCE, fields))

    wishes = memory.fire(now=NOW).wishes

    assert [(one.kind, one.name, one.instance) for one in wishes] == [
        ("set_variable", "y", 7),
        ("signal", "go", 7),
        ("start", "other", 0),
    ]


def test_consequences_see_the_time_of_the_turn():
    memory = memory_of("rule r when Order() then insert(new java.util.Date()); end")
    memory.insert(order())

    memory.fire(now=NOW, context=ScriptContext(lambda name: None, NOW, 0, 1, "p"))

    assert [fact.value for fact in memory.facts()][1] == NOW


def test_sessions_over_one_base_run_in_many_threads():
    base = base_of(
        """rule r when $o : Order( amount < 20 ) $p : Order( this != $o, amount < $o.amount ) then
  modify($p) { setAmount($p.getAmount() + 1) } end"""
    )
    results = []

    def work(start: int) -> None:
        memory = WorkingMemory(base)
        for amount in range(start, start + 5):
            memory.insert(order(str(amount), amount))
        memory.fire(now=NOW)
        results.append(sorted(fact.value.fields["amount"] - start for fact in memory.facts()))

    threads = [threading.Thread(target=work, args=(0,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 6
    assert all(one == results[0] for one in results)


def test_the_cost_of_a_change_does_not_grow_with_other_facts():
    """Steps of the meter are counted, not seconds: a join is looked up by its key."""

    def cost(number: int) -> int:
        memory = memory_of(
            "rule r when $o : Order( $i : item ) $p : Order( item == $i, this != $o ) then end"
        )
        for at in range(number):
            memory.insert(order(f"item {at}", at))
        memory.fire(now=NOW)
        handle = memory.insert(order("item 3", 99))
        limits = Limits(rule_steps=10_000_000, firings_per_turn=100_000)
        memory.fire(now=NOW, limits=limits)
        memory.update(handle, order("item 4", 98))
        memory.fire(now=NOW, limits=limits)
        return limits.rule_steps - memory._session.run.fuel

    assert cost(400) == cost(20)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("rule r when Order() over window:time( 1m ) then end", "windows", 4),
        ("expander a.dsl", "domain specific", 4),
        ('rule r calendars "c" when Order() then end', "calendars", 4),
        ("rule r when Order() then[x] end", "first consequence has no name", 4),
        ("rule r when\n if ( 1 > 0 ) do[x] then end", "must stand behind a pattern", 5),
        ("rule r\nwhen\n  Order( amuont > 3 )\nthen end", "'amuont' is neither", 6),
        ("import function a.b.c\n", "not available in rules", 4),
        ("declare X @propertyReactive a : int end", "property reactivity", 4),
    ],
)
def test_what_is_not_built_is_refused_with_its_line(text: str, words: str, line: int):
    problems = base_of(text).errors

    assert len(problems) >= 1
    assert problems[0].line == line

    assert re.search(words, problems[0].text), problems[0].text


def test_all_problems_are_told_at_once():
    problems = base_of("rule a when Ordr() then end\nrule b when Order( x > 1 ) then end").errors

    assert [(one.rule, one.line) for one in problems] == [("a", 4), ("b", 5)]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0garbage"], ids=["empty", "zip", "ole"]
)
@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_a_damaged_spreadsheet_is_a_problem_not_a_crash(kind: str, content: bytes):
    base = compile_rules([RuleSource("table", content, kind)], Evaluator())

    assert "cannot be read as" in base.errors[0].text


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused():
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)

    base = compile_rules([RuleSource("table.xlsx", packed.getvalue(), "xlsx")], Evaluator())

    assert "unpacks to more" in base.errors[0].text


def test_a_problem_in_a_spreadsheet_names_its_row():
    table = """"RuleSet","p"
"RuleTable T"
"CONDITION","ACTION"
"$p : Person",
"age > $param","System.out.println($param);"
"age","say"
1,2
3,4
"""
    problems = compile_rules([RuleSource("t.csv", table, "csv")], Evaluator()).errors

    assert [one.line for one in problems] == [7, 8]


def test_a_cron_timer_says_when_it_goes_on():
    memory = memory_of("rule r timer (cron: 0 30 6 * * ?) when Order() then end")
    memory.insert(order())

    assert memory.fire(now=NOW).number == 0
    due = memory.due(NOW)
    assert due == NOW.replace(hour=6, minute=30)
    assert memory.fire(now=due).number == 1
    assert memory.due(due) == due + timedelta(days=1)


def test_an_enum_is_its_name_outside_and_itself_again_within():
    head = "package shop\ndeclare enum Size  BIG(2), SMALL(1); rank : int end\n"
    text = """declare Box  size : Size end
rule r when $b : Box( size == Size.BIG, size.rank == 2 ) then modify($b) { setSize(Size.SMALL) } end
"""
    base = compile_rules([RuleSource("rules.drl", head + text)], Evaluator())
    assert not base.errors, base.errors
    memory = WorkingMemory(base)
    memory.insert(Bean("shop.Box", Map(size="BIG")))

    assert memory.fire(now=NOW).number == 1
    assert [fact.value.fields["size"] for fact in memory.facts()] == ["SMALL"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rule r when Order() over window:length(2) then end", "windows"),
        ('rule r calendars "work" when Order() then end', "calendars"),
        ("rule r timer (daily: 3) when Order() then end", "do not exist"),
        ("rule r timer (cron: 3 4) when Order() then end", "no cron expression"),
        (
            "rule r when Order() if ( amount > 1 ) do[more] then end",
            r"then\[more\]",
        ),
        ("rule r when Order( this after[1s, 2s, 3s] $o ) then end", "does not take 3"),
        ("import static java.lang.Runtime.getRuntime\n", "is not available in rules"),
        ("declare trait T end\n", "'declare trait'"),
        ("declare Ev @role(event) @timestamp(at) name : String end\n", "has no field 'at'"),
        ("rule r when $o : Order() $o : Order() then end", "bound twice"),
    ],
)
def test_what_rules_cannot_do_is_told_with_its_line(text: str, told: str):
    (problem,) = base_of("\n" + text).errors

    assert re.search(told, problem.text)
    assert problem.line == 5
