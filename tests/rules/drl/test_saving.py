"""What is saved of a working memory: only what has changed, and all that it will ever need."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import procession.rules.matcher.depot as depot_module
from procession.rules.matcher.storing import CLASSES, NUMBER_OF, PLAIN
from procession.rules.matcher.watching import TABLES
from procession.rules.working_memory import Delta, RuleSource, WorkingMemory, compile_rules
from procession.scripting.evaluator import Evaluator
from procession.store.codec import decode_value, encode_value
from procession.values import Bean, Map
from tests.rules.drl.case_files import Case, Play, all_cases
from tests.rules.drl.test_cases import outcome

NOW = datetime(2020, 1, 1, tzinfo=UTC)
CASES = all_cases()
RULES = """package a
global java.util.List log
declare Item id : int @key  group : int  seen : boolean  next : Item  end
declare Tag id : int @key end
declare Both one : Item  other : Item end
rule pair when $i : Item(!seen, $g : group) $j : Item(group == $g, id > $i.id) then
  log.add("pair " + $i.getId() + " " + $j.getId()); end
rule untagged salience (5 - $id) when Item(seen, $id : id) not Tag(id == $id) then
  log.add("untagged " + $id); end
rule logical when Item($id : id, group == 3) then insertLogical(new Tag($id)); end
rule number when accumulate(Item(group == 1, $id : id); $c : count(1), $s : sum($id)) then
  log.add("sum " + $c + " " + $s); end
rule gathered when $l : java.util.List(size > 1) from collect(Item(group == 2)) then
  log.add("all " + $l.size()); end
rule tagged when Tag($id : id) $i : Item(id == $id, !seen) then
  modify($i) { setSeen(true) } end
rule chained when $i : Item(next != null, $n : next) $k : Item(this == $n, group == 0) then
  $k.setGroup(4); update($k); end
rule later timer(int: 10s) when Item(group == 4, $id : id) then log.add("later " + $id); end
rule lonely when Tag() exists (Item() and not Both()) then log.add("lonely"); end
rule both when $a : Item(group == 5) $b : Item(group == 5, this != $a) not Both(one == $a) then
  insert(new Both($a, $b)); end
rule same when $b : Both($o : one) $i : Item(this == $o, group == 6) then
  log.add("same " + $i.getId()); retract($b); end
"""


FEW = """package a
global java.util.List log
declare Item id : int @key  group : int  seen : boolean  next : Item  end
declare Tag id : int @key end
rule pair when $i : Item(!seen, $g : group) $j : Item(group == $g, id > $i.id) then end
rule nine when Item(group == 9, $id : id) then insertLogical(new Tag($id)); end
rule untagged when Item(group == 9, $id : id) not Tag(id == $id) then end
rule number when accumulate(Item(group == 9); $c : count(1)) then log.add("count " + $c); end
rule waiting when Item() Missing() then end
declare Missing end
"""


class Shelf:
    """What a database would hold."""

    def __init__(self) -> None:
        self.pages: dict[int, bytes] = {}
        self.head: Any = None
        self.written: list[int] = []

    def take(self, delta: Delta) -> None:
        if delta.whole:
            self.pages.clear()
        self.written = []
        for number, entries in delta.pages.items():
            self.pages.pop(number, None)
            if entries:
                self.pages[number] = encode_value(entries)
                self.written.append(len(self.pages[number]))
        self.head = delta.head

    def load(self, base: Any, **more: Any) -> WorkingMemory:
        pages: Any = {number: decode_value(body) for number, body in self.pages.items()}
        return WorkingMemory.load(base, self.head, pages, **more)


def rules(text: str = RULES) -> Any:
    base = compile_rules([RuleSource("a.drl", text)], Evaluator())
    assert not base.errors
    return base


def item(number: int, group: int = 0, **more: Any) -> Bean:
    return Bean("a.Item", Map({"id": number, "group": group, "seen": False, **more}))


def assert_alike(one: WorkingMemory, other: WorkingMemory) -> None:
    """Everything that two memories hold is alike: content, order, and what is the same object."""
    parts = one._live.parts
    pairs: dict[int, Any] = {}
    back: dict[int, Any] = {}
    work: list[Any] = [(one._session.state, other._session.state)]
    while work:
        a, b = work.pop()
        if type(a) in PLAIN or type(a) is type:
            assert type(a) is type(b)
            assert a == b
        elif type(a) in (tuple, list):
            assert len(a) == len(b)
            work += zip(a, b, strict=True)
        elif id(a) in pairs or id(b) in back:
            assert pairs.get(id(a)) is b
            assert back.get(id(b)) is a
        else:
            pairs[id(a)], back[id(b)] = b, a
            if type(a) in NUMBER_OF:
                assert NUMBER_OF[type(a)] == NUMBER_OF[type(b)]
                names: Any = CLASSES[NUMBER_OF[type(a)]].__slots__  # type: ignore[attr-defined]
                work += [(getattr(a, name), getattr(b, name)) for name in names]
            elif type(a) in TABLES:
                assert len(a) == len(b)
                work += zip(a.items(), b.items(), strict=True)
            else:
                work.append((list(parts(a)), list(parts(b))))  # type: ignore[arg-type]


class SavedPlay(Play):
    """A case whose memory is saved after every action, and, if wanted, goes on from there."""

    def __init__(self, case: Case, again: bool) -> None:
        super().__init__(case)
        self.shelf = Shelf()
        self.again = again

    def _act(self, words: list[str]) -> None:
        super()._act(words)
        self.shelf.take(self.memory.save())
        if self.again:
            self.memory = self.shelf.load(self.base)

    def _end(self) -> None:
        super()._end()
        assert_alike(self.memory, self.shelf.load(self.base))


@pytest.mark.parametrize("again", [False, True], ids=["saved", "loaded again"])
@pytest.mark.parametrize("file", sorted({case.file for case in CASES if case.file != "refused"}))
def test_what_is_saved_step_by_step_is_all_there_is(file: str, again: bool, monkeypatch):
    monkeypatch.setattr(depot_module, "SMALL", 2)
    wrong = [
        case.id
        for case in CASES
        if case.file == file and outcome(SavedPlay(case, again).run()) != outcome(list(case.expect))
    ]

    assert not wrong


class Story:
    """The same random things done to several memories."""

    def __init__(self, seed: int, base: Any) -> None:
        self.chance = random.Random(seed)
        self.base = base
        self.plain = WorkingMemory(base)
        self.saved = WorkingMemory(base)
        self.shelf = Shelf()
        self.now = NOW
        self.handles: list[int] = []
        for memory in (self.plain, self.saved):
            memory.set_global("log", ())

    def step(self) -> None:
        chance = self.chance
        match chance.randrange(8):
            case 0 | 1 | 2:
                before = [self.plain.fact(one) for one in self.handles]
                items = [one.value for one in before if one and one.value.type_name == "a.Item"]
                near = None
                if items and chance.random() < 0.3:
                    near = Bean("a.Item", chance.choice(items).fields)  # a copy in both memories
                number = chance.randrange(50)
                fact = item(number, chance.randrange(7), next=near)
                if chance.random() < 0.2:
                    fact = Bean("a.Tag", Map(id=number))
                self.handles.append(self.both("insert", fact))
            case 3 if self.handles:
                handle = chance.choice(self.handles)
                self.both("update", handle, item(chance.randrange(50), chance.randrange(7)))
            case 4 if self.handles:
                handle = self.handles.pop(chance.randrange(len(self.handles)))
                self.both("delete", handle)
            case 5:
                self.now += timedelta(seconds=chance.randrange(8))
            case _:
                self.both("fire", chance.choice((1, 3, 15)), now=self.now)
        self.handles = [one for one in self.handles if self.plain.fact(one)]

    def both(self, verb: str, *given: Any, **named: Any) -> Any:
        one = getattr(self.plain, verb)(*given, **named)
        other = getattr(self.saved, verb)(*given, **named)
        assert one == other
        return one

    def save(self) -> None:
        self.shelf.take(self.saved.save())
        if self.chance.random() < 0.5:
            self.saved = self.shelf.load(self.base)


@pytest.mark.parametrize("seed", range(8))
def test_a_memory_saved_and_loaded_goes_on_as_one_that_never_was(seed: int, monkeypatch):
    monkeypatch.setattr(depot_module, "SMALL", seed)
    story = Story(seed, rules())
    for _ in range(120):
        story.step()
        if story.chance.random() < 0.4:
            story.save()

    story.save()
    assert_alike(story.shelf.load(story.base), story.saved)
    assert story.plain.get_global("log") == story.saved.get_global("log")
    assert list(story.plain.facts()) == list(story.saved.facts())
    assert len(story.plain.get_global("log")) > 20


def test_what_is_gone_leaves_nothing_behind():
    base = rules()
    memory, shelf = WorkingMemory(base), Shelf()
    memory.set_global("log", ())
    shelf.take(memory.save())
    before = sum(map(len, shelf.pages.values()))
    handles = [memory.insert(item(number, number // 2)) for number in range(300)]
    memory.fire(now=NOW)
    shelf.take(memory.save())
    full = sum(map(len, shelf.pages.values()))
    for handle in handles:
        memory.delete(handle)
    memory.set_global("log", ())
    memory.fire(now=NOW)
    shelf.take(memory.save())
    shelf.take(memory.save())

    assert sum(map(len, shelf.pages.values())) < 4 * before < full / 5


def test_the_cost_of_a_call_is_the_same_with_ten_facts_and_with_ten_thousand():
    base = rules(FEW)
    costs: dict[int, list[tuple[int, int]]] = {}
    for number in (40, 10_000):
        memory, shelf = WorkingMemory(base), Shelf()
        memory.set_global("log", ())
        handles = [memory.insert(item(one, 10 + one)) for one in range(number)]
        memory.fire(now=NOW)
        shelf.take(memory.save())
        found = costs[number] = []

        def save(memory=memory, shelf=shelf, found=found):
            shelf.take(memory.save())
            found.append((len(shelf.written), sum(shelf.written)))

        memory.insert(item(number + 1, 9))
        save()
        memory.fire(now=NOW)
        save()
        memory.update(handles[number // 2], item(number // 2, 9))
        save()
        memory.fire(now=NOW)
        save()
        memory.delete(handles[0])
        memory.fire(now=NOW)
        save()
        save()
        assert found.pop() == (0, 0)

    for few, many in zip(costs[40], costs[10_000], strict=True):
        assert many[0] <= few[0] + 3
        assert many[1] <= 1.5 * few[1] + 2_000
    assert max(size for one in costs.values() for _, size in one) < 20_000


def test_facts_that_hold_each_other_still_do_when_the_rules_are_others():
    base = rules()
    memory, shelf = WorkingMemory(base), Shelf()
    memory.set_global("log", ())
    memory.insert(item(1, 5))
    memory.insert(item(2, 5))
    memory.fire(now=NOW)
    shelf.take(memory.save())

    other = rules(
        """package a
        declare Item id : int @key  group : int  seen : boolean  next : Item  more : int end
        declare Both one : Item  other : Item end
        rule r no-loop when $i : Item(id == 1) then modify($i) { setMore(7) } end"""
    )
    memory = shelf.load(other, globals={})
    assert memory.fire(now=NOW).number == 1
    both = next(one for one in memory.facts() if one.value.type_name == "a.Both").value.fields
    assert {both["one"].fields["more"], both["other"].fields["more"]} == {7, 0}


def test_a_value_that_is_given_twice_in_one_call_is_one_object():
    base = rules("""package a
        declare Item id : int  group : int  seen : boolean end
        declare Both one : Item  other : Item end
        rule same when $i : Item() Both(one == $i, other != $i) then insert("same"); end""")
    memory = WorkingMemory(base)
    one, two = item(1), item(1)
    memory.insert(one)
    memory.insert(Bean("a.Both", Map(one=one, other=two)))
    memory.insert(two)
    memory.fire(now=NOW)

    assert [f.value for f in memory.facts()].count("same") == 1


def test_a_memory_that_was_only_looked_at_has_nothing_to_save():
    base = rules()
    memory, shelf = WorkingMemory(base), Shelf()
    memory.insert(item(1))
    shelf.take(memory.save())
    memory = shelf.load(base)
    assert memory.is_saved
    assert memory.count() == 1
    assert len(list(memory.facts())) == 1
    assert memory.is_saved
    memory.insert(item(2))
    assert not memory.is_saved
