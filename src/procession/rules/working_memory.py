"""The working memory: facts, globals, agenda, and the rules that fire over them.

One :class:`WorkingMemory` is one rule session. It is used by one thread at a time; several of them
may share a :class:`RuleBase` in several threads. It is pure: time and seed are given with each
call that needs them, what consequences ask of the world outside comes back as wishes.

How to use it in a turn::

    memory = WorkingMemory(base, stored)        # or WorkingMemory(base) for a new session
    mark = memory.mark()
    try:
        handle = memory.insert(bean)
        memory.activate_ruleflow_group("prices")
        firings = memory.fire(now=env.now, seed=env.seed, limits=env.limits)
    except Fault:
        memory.back_to(mark)                     # as if nothing had been
        raise
    delta = memory.save()                        # plain values, to be written with the turn

``save`` gives what has changed since the last time, in pages of a few kilobytes, by which
``WorkingMemory.load`` makes the very same memory again. ``stored`` is all of it at once.

Facts are values of :mod:`procession.values`; a :class:`~procession.values.Bean` is matched by its
type name, a Map by ``Map``, texts, numbers and dates by their Java class. Inside, facts are live
objects that consequences change; :meth:`WorkingMemory.fact` gives the value as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from procession.core.live import Known
from procession.core.ports import UNDEFINED, Limits, ScriptContext, ScriptThrow
from procession.errors import InvalidValue, NotFound, ScriptFailure
from procession.rules.hosting import Host
from procession.rules.keeping import (
    Delta,
    Head,
    Stored,
    delta_of,
    loaded,
    match_afresh,
    rebuild,
    restored,
    stored_of,
)
from procession.rules.matcher.depot import Depot
from procession.rules.matcher.firing import fire_all
from procession.rules.matcher.fresh import OPEN, rows_with_bindings
from procession.rules.matcher.moments import moments
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.session import Session
from procession.rules.matcher.state import Change, new_state
from procession.rules.outcomes import DEFAULT, Fact, FactChange, Fired, Firings
from procession.rules.rule_base import (
    PROCESS_INSTANCE,
    QueryInfo,
    RuleBase,
    RuleInfo,
    RuleProblem,
    RuleSource,
    compile_rules,
)
from procession.values import EMPTY, Bean, Map, Value

__all__ = [
    "PROCESS_INSTANCE",
    "Delta",
    "Fact",
    "FactChange",
    "Fired",
    "Firings",
    "Head",
    "QueryInfo",
    "RuleBase",
    "RuleInfo",
    "RuleProblem",
    "RuleSource",
    "Stored",
    "WorkingMemory",
    "compile_rules",
]


class WorkingMemory:
    """A rule session over a rule base without errors.

    Raises :class:`~procession.errors.InvalidValue` for an unknown global,
    :class:`~procession.errors.NotFound` for an unknown handle or query.
    """

    def __init__(self, base: RuleBase, stored: Stored | None = None) -> None:
        if base.errors:
            raise InvalidValue("rules with errors cannot be run: " + str(base.errors[0]))
        self._base = base
        self._live = base.scripts.live
        self._kept: Stored | None = None
        self._depot: Depot | None = None
        self._known: Known = {}
        state = None if stored is None else restored(base, stored)
        self._session = Session(base.network, state or new_state(base.network), self._live)
        if stored is not None and state is None:
            rebuild(self._session, base, stored)
        self._kept = stored if state is not None else None

    @classmethod
    def load(
        cls,
        base: RuleBase,
        head: Head,
        pages: Mapping[int, tuple[Any, ...]],
        globals: Mapping[str, Value] = EMPTY,
    ) -> WorkingMemory:
        """A memory from what was saved; ``globals`` are taken if the rules are others now."""
        made = cls(base)
        found = loaded(base, head, pages)
        if found is None:
            match_afresh(made._session, base, head, pages, globals)
        else:
            state, made._depot = found
            made._session = Session(base.network, state, made._live)
        return made

    def _touch(self) -> None:
        self._kept = None

    def _begin(
        self,
        now: datetime,
        seed: int = 0,
        limits: Limits | None = None,
        context: ScriptContext | None = None,
    ) -> None:
        host = Host(self._session, self._base.globals)
        if context is None:
            given = ScriptContext(_nothing, now, seed, 0, "", memory=host)
        else:
            given = msgspec.structs.replace(context, now=now, seed=seed, memory=host)
        self._session.begin(given, limits or Limits())

    # -- facts -----------------------------------------------------------------------------------

    def insert(
        self, value: Value, entry_point: str = DEFAULT, *, now: datetime | None = None
    ) -> int:
        """Put a fact in and answer its handle. Handles ascend and are never used twice.

        ``now`` is when it happened, for events; without it, when rules are next asked.
        """
        if value is None:
            raise InvalidValue("null cannot be a fact")
        self._touch()
        shapes, known = self._base.network.shapes, self._known
        thing = self._live.live(value, shapes, known)
        if id(value) in known and self._session.is_fact(thing):
            first = known.pop(id(value))
            thing = self._live.live(value, shapes, known)
            known[id(value)] = first
        made = self._session.add(thing, entry_point)
        made.moment = now
        return made.number

    def _handle(self, handle: int) -> Handle:
        found = self._session.state.handles.get(handle)
        if found is None:
            raise NotFound(f"there is no fact with the handle {handle}")
        return found

    def update(self, handle: int, value: Value) -> None:
        """Give a fact another value; rules see it as changed, whether or not it differs."""
        found = self._handle(handle)
        self._touch()
        objects = self._session.by_object
        if objects.get(id(found.object)) is found:
            del objects[id(found.object)]
        self._known.pop(id(value), None)
        found.object = self._live.live(value, self._base.network.shapes, self._known)
        objects[id(found.object)] = found
        self._session.change(found)

    def delete(self, handle: int) -> None:
        """Take a fact out, with whatever it alone justified."""
        found = self._handle(handle)
        self._touch()
        self._session.remove(found)

    def fact(self, handle: int) -> Fact | None:
        """A fact, or None if there is none with that handle (any more)."""
        found = self._session.state.handles.get(handle)
        return None if found is None else self._shown(found)

    def _shown(self, handle: Handle) -> Fact:
        value = self._live.value(handle.object)
        if isinstance(value, Bean):
            self._known[id(value)] = (value, handle.object)
        return Fact(handle.number, value, handle.entry_point, handle.justifiers is not None)

    def facts(self, entry_point: str | None = None) -> Iterator[Fact]:
        """All facts, oldest first; of all entry points if none is named."""
        for handle in list(self._session.state.handles.values()):
            if entry_point is None or handle.entry_point == entry_point:
                yield self._shown(handle)

    def count(self) -> int:
        """How many facts there are, in all entry points."""
        return len(self._session.state.handles)

    # -- globals ---------------------------------------------------------------------------------

    def get_global(self, name: str) -> Value:
        """A global as rules have left it; None if it is unknown or was never set."""
        return self._live.value(self._session.state.globals.get(name))

    def set_global(self, name: str, value: Value) -> None:
        """Set a declared global. An undeclared one is an :class:`InvalidValue`."""
        if name not in self._base.globals:
            raise InvalidValue(f"there is no global '{name}'; declare it in a rule file")
        self._touch()
        live = self._live.live(value, self._base.network.shapes, self._known)
        self._session.state.globals[name] = live

    # -- agenda ----------------------------------------------------------------------------------

    def _later(self, kind: str, name: str) -> None:
        self._touch()
        state = self._session.state
        state.post(Change(kind, None, self._session.cause(None), name))

    def focus(self, group: str) -> None:
        """Put an agenda group on top of the stack: its rules fire first, then those below."""
        self._later("focus", group)

    def activate_ruleflow_group(self, name: str) -> None:
        """Let the rules of a ruleflow group fire, as a business rule task does."""
        self._later("focus", name)

    def clear_group(self, name: str) -> None:
        """Forget what waits to be fired in an agenda or ruleflow group."""
        self._later("clear", name)

    def fire(
        self,
        limit: int = -1,
        *,
        now: datetime,
        seed: int = 0,
        limits: Limits | None = None,
        context: ScriptContext | None = None,
        rules: frozenset[str] | None = None,
    ) -> Firings:
        """Fire until nothing is left to fire, ``halt()`` was called, or ``limit`` rules have fired.

        Each consequence has the steps and memory of ``limits.script_steps`` and ``script_cells``,
        all of them and the matching together ``limits.rule_steps``. More than
        ``limits.firings_per_turn`` firings are a :class:`~procession.errors.LimitExceeded` that
        names the rules which kept firing. ``context`` gives consequences the process around them;
        ``rules`` lets only the rules of these names fire, matches of others are dropped. An
        exception of a consequence comes out as :class:`~procession.errors.ScriptFailure` naming
        the rule; the memory is then to be taken back to a mark.
        """
        self._touch()
        session = self._session
        self._begin(now, seed, limits, context)
        try:
            number = fire_all(session, limit, lambda path: rules is None or path.rule.name in rules)
        except ScriptThrow as thrown:
            what = thrown.type_name + (f": {thrown.text}" if thrown.text else "")
            text = "the conditions of a rule failed: "
            raise ScriptFailure(text + what, logged=text + thrown.type_name) from None
        return Firings(
            number,
            tuple(Fired(p.rule.name, p.rule.package, shown) for p, _, shown in session.fired),
            session.run.lines(),
            tuple(session.run.wishes),
            tuple(FactChange(kind, handle) for kind, handle in session.changes),
            session.halted,
        )

    def matches(
        self, rule: str, *, now: datetime, limits: Limits | None = None
    ) -> tuple[tuple[int, ...], ...]:
        """The handles of every match of a rule that has not fired yet; nothing is fired.

        For conditions of sequence flows and events: one that holds has at least one.
        """
        paths = self._base.network.by_rule.get(rule)
        if paths is None:
            raise NotFound(f"there is no rule '{rule}'")
        self._touch()
        self._begin(now, limits=limits)
        session = self._session
        found: list[tuple[int, ...]] = []
        try:
            session.flush()
            for path in paths:
                item = session.state.items[path.number]
                if item.dirty:
                    session.evaluate(item)
                found.extend(tuple(h.number for h in row.facts if h.number) for row in item.rows)
        except ScriptThrow as thrown:
            text = f'the condition "{rule}" failed: '
            raise ScriptFailure(f"{text}{thrown}", logged=text + thrown.type_name) from None
        return tuple(found)

    def begin(self, rule: str, found: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
        """Matches that were not there when this was last asked; they are remembered.

        For conditions that begin something once for each match.
        """
        begun, present = self._session.state.begun, set(found)
        for gone in [one for one in begun if one[0] == rule and one[1] not in present]:
            del begun[gone]
        for match in found:
            if (rule, match) not in begun:
                begun[rule, match] = None
                yield match

    def query(
        self,
        name: str,
        args: Sequence[Value] = (),
        *,
        now: datetime,
        limits: Limits | None = None,
    ) -> tuple[Map, ...]:
        """The rows of a query: each binding and parameter by its name. None leaves an argument
        open, to be found. Without ``limits`` those of the last call that gave some."""
        query = self._base.network.queries.get(name)
        if query is None:
            raise NotFound(f"there is no query '{name}'")
        if len(args) != len(query.parameters):
            raise InvalidValue(f"the query '{name}' takes {len(query.parameters)} arguments")
        self._begin(now, limits=limits or self._session.limits)
        session, live, shapes = self._session, self._live, self._base.network.shapes
        given = tuple(OPEN if one is None else live.live(one, shapes) for one in args)
        made: list[Map] = []
        try:
            for bindings, facts in rows_with_bindings(session, query, given):
                found = {n: live.value(read(session.run, facts)) for n, read in bindings.items()}
                made.append(Map(found))
        except ScriptThrow as thrown:
            text = f'the query "{name}" failed: '
            raise ScriptFailure(f"{text}{thrown}", logged=text + thrown.type_name) from None
        return tuple(made)

    def due(self, now: datetime | None = None) -> datetime | None:
        """When to call ``fire`` next: a timer goes on, or a rule becomes effective.

        ``date-effective`` counts while matches of the rule wait and it lies after ``now``; firing
        earlier drops them, as Drools does. ``date-expires`` lets nothing fire, so it is not told.
        """
        return min(moments(self._session, now), default=None)

    # -- keeping ---------------------------------------------------------------------------------

    @property
    def is_saved(self) -> bool:
        """Whether nothing has changed since the memory was loaded or saved."""
        return self._depot is not None and self._depot.is_clean

    def save(self) -> Delta:
        """What has changed since the last time; it costs by that, not by how much there is.

        What came of firing is forgotten, and which values from outside are which objects.
        """
        self._session.rest()
        self._known = {}
        is_first = self._depot is None
        depot = self._depot or Depot(self._live.parts, self._live.watch)
        self._depot = depot
        return delta_of(self._session, self._base, depot, is_first)

    def stored(self) -> Stored:
        """Everything there is to keep. Costs nothing if nothing has changed since the last time."""
        if self._kept is None:
            self._kept = stored_of(self._session, self._base)
        return self._kept

    def mark(self) -> Stored:
        """A place to come back to. Free if the memory is as it was last stored or marked."""
        return self.stored()

    def back_to(self, mark: Stored) -> None:
        """Be again as at the mark; costs as much as reading the memory from the store."""
        self.__init__(self._base, mark)  # type: ignore[misc]


def _nothing(name: str) -> Value:
    return UNDEFINED
