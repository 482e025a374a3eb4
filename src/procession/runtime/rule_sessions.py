"""Rule sessions: working memories that outlive the turn, and what a turn does with them.

``reference/jbpm-engine.md`` 4.9 and 7. A unit has one session that all its instances share, one for
each root instance, or one for each turn, as its strategy says. A session is one row with a version
of its own and pages with all that it remembers, of which a turn writes those it has changed; a turn
that uses it claims it until it is durable, so that turns which share one follow each other. What a
turn has changed in memory is given back when it is durable: a turn that fails leaves nothing, and
the next one reads the row and its pages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from procession.core.commands import AskConditions
from procession.core.ports import RULE_CONDITION, ScriptContext
from procession.core.state import WaitKind
from procession.errors import Invalid, NotFound
from procession.rules.rule_base import RuleBase
from procession.rules.working_memory import Firings, Head, Stored, WorkingMemory
from procession.runtime.clock import to_ms
from procession.runtime.conditions import started_at
from procession.runtime.rule_bases import RuleBases, UnitRules
from procession.store.codec import decode_value, encode_value
from procession.store.repositories import deployments as repository
from procession.store.repositories.rule_sessions import end_sessions, save_pages, save_session
from procession.store.rows import JobRow
from procession.values import EMPTY, Bean, Map, Value

if TYPE_CHECKING:
    from procession.runtime.held import Held
    from procession.runtime.turn import Turn

SINGLETON: Final = "SINGLETON"
PER_REQUEST: Final = "PER_REQUEST"
JOB: Final = "rules"
"""Kind of the job that fires rules whose time has come."""
_OVER: Final = "rules of what is over"
MOST_KEPT: Final = 500
MOST_GLOBALS: Final = 1_000
Key = tuple[str, int]


class RuleSession(msgspec.Struct):
    """A session in a turn: ``version`` 0 has no row yet, ``is_kept`` says that it will have one.

    ``globals`` are those that no rule declares, ``names`` all of them as they are stored; ``due``
    is when the last job was set for (epoch ms).
    """

    key: Key
    revision: int
    rules: UnitRules
    memory: WorkingMemory
    version: int
    is_kept: bool
    globals: dict[str, Value] = {}
    names: bytes = b""
    due: int = 0
    has_changed: bool = False

    def global_value(self, name: str) -> Value:
        """A global; ``None`` if it was never set."""
        if name in self.rules.base.globals:
            return self.memory.get_global(name)
        return self.globals.get(name)

    def all_globals(self) -> dict[str, Value]:
        """Every global that has a value."""
        declared = {name: self.memory.get_global(name) for name in self.rules.base.globals}
        return {**self.globals, **{n: v for n, v in declared.items() if v is not None}}

    def set_global(self, name: str, value: Value) -> None:
        """Set a global, whether rules declare it or not."""
        if name in self.rules.base.globals:
            self.memory.set_global(name, value)
        elif name not in self.globals and len(self.globals) >= MOST_GLOBALS:
            raise Invalid(f"a session may have {MOST_GLOBALS} globals")
        else:
            self.globals[name] = value
            self.names = b""
        self.has_changed = True

    @property
    def is_as_stored(self) -> bool:
        """Whether nobody has changed anything that is not durable."""
        return self.memory.is_saved and not self.has_changed


class RuleSessions:
    """The sessions in memory; the row is always the truth."""

    def __init__(self, bases: RuleBases) -> None:
        self.bases = bases
        self._kept: OrderedDict[Key, RuleSession] = OrderedDict()

    def session(self, turn: Turn, deployment: str, revision: int, root: int) -> RuleSession:
        """The session that an instance with that root uses, in this turn."""
        turn.need_not_be_quick()
        rules = self.bases.of(deployment, revision)
        if rules.strategy == PER_REQUEST or (_OVER, root) in turn.objects:
            return self.passing(turn, deployment, revision)
        key = (deployment, 0 if rules.strategy == SINGLETON else root)
        place = (f"rules {deployment}", key[1])
        found = turn.objects.get(place)
        if found is None:
            turn.touch(*place)
            found = turn.objects[place] = self._read(turn, key, revision, rules)
            turn.at_end(partial(self._write, turn, found))
        assert isinstance(found, RuleSession)
        return found

    def globals_of(self, turn: Turn, deployment: str, root: int) -> Map:
        """The globals that an instance with that root sees, without keeping others from them."""
        for place in (root, 0, -1):
            session = turn.objects.get((f"rules {deployment}", place))
            if session is not None:
                return Map(session.all_globals())
        return self._stored(turn, deployment, root) or self._stored(turn, deployment, 0)

    def passing(self, turn: Turn, deployment: str, revision: int) -> RuleSession:
        """A session that is gone with the turn."""
        place = (f"rules {deployment}", -1)
        found = turn.objects.get(place)
        if found is None:
            turn.need_not_be_quick()
            rules = self.bases.of(deployment, revision)
            memory = WorkingMemory(rules.base)
            found = RuleSession((deployment, 0), revision, rules, memory, 0, False)
            turn.objects[place] = found
        assert isinstance(found, RuleSession)
        return found

    def fresh(self, base: RuleBase) -> WorkingMemory:
        """A working memory that nobody keeps."""
        return WorkingMemory(base)

    def end(self, turn: Turn, deployment: str, root: int | None = None) -> None:
        """Forget the session of a root instance, or all of a unit."""
        end_sessions(turn.uow, deployment, root)
        for key in [k for k in self._kept if k[0] == deployment and root in (None, k[1])]:
            self._kept.pop(key, None)

    def ended(self, turn: Turn, held: Held) -> None:
        """A root instance is over: so is the session that was its own, wherever it was used."""
        deployment = held.definition.key.deployment
        found = turn.objects.get((f"rules {deployment}", held.id))
        if found is not None:
            found.is_kept = False
        turn.objects[_OVER, held.id] = True
        turn.later(partial(self.end, turn, deployment, held.id))

    def _read(self, turn: Turn, key: Key, revision: int, rules: UnitRules) -> RuleSession:
        known = self._kept.get(key)
        if known is not None and known.revision == revision and known.is_as_stored:
            rows = turn.reader.hot("rule_session_version", key)
            if rows and rows[0][0] == known.version:
                self._kept.move_to_end(key)
                return known
        self._kept.pop(key, None)
        rows = turn.reader.hot("rule_session", key)
        if not rows:
            return RuleSession(key, revision, rules, WorkingMemory(rules.base), 0, True)
        row = decode_value(bytes(rows[0][0]))
        names = self._stored(turn, *key)
        memory = self._load(turn, key, rules, row, names)
        version, due = int(rows[0][1]), int(row["due"])
        others = {n: v for n, v in names.items() if n not in rules.base.globals}
        return RuleSession(key, revision, rules, memory, version, True, others, due=due)

    @staticmethod
    def _load(turn: Turn, key: Key, rules: UnitRules, row: Any, names: Map) -> WorkingMemory:
        if "head" not in row:  # as it was written before there were pages
            return WorkingMemory(rules.base, msgspec.convert(dict(row["memory"]), Stored))
        pages = {
            number: cast("tuple[Any, ...]", decode_value(bytes(body)))
            for number, body in turn.reader.hot("rule_pages", key)
        }
        head = msgspec.convert(dict(row["head"]), Head)
        return WorkingMemory.load(rules.base, head, pages, cast("Any", names))

    def _stored(self, turn: Turn, deployment: str, root: int) -> Map:
        for found, names in turn.reader.hot("rule_session_globals", (deployment, root)):
            if found == root:
                return Map(decode_value(bytes(names)))
        return EMPTY

    def _write(self, turn: Turn, session: RuleSession) -> None:
        if not session.is_kept:
            return
        if session.has_changed or (session.version and not session.memory.is_saved):
            self._save(turn, session)
        turn.after_commit(lambda: self._keep(session))

    def _save(self, turn: Turn, session: RuleSession) -> None:
        self._kept.pop(session.key, None)  # until the turn is durable
        delta = session.memory.save()
        self._set_job(turn, session)
        body = encode_value(Map(head=Map(msgspec.structs.asdict(delta.head)), due=session.due))
        names = None
        if delta.may_concern_globals or not session.names:
            names = encode_value(Map(session.all_globals()))
            session.names, names = names, None if names == session.names else names
        save_session(turn.uow, session.key, session.version, body, names)
        pages = {
            number: encode_value(entries) if entries else None
            for number, entries in delta.pages.items()
        }
        save_pages(turn.uow, session.key, pages, delta.whole and session.version > 0)
        session.version += 1
        session.has_changed = False

    def _set_job(self, turn: Turn, session: RuleSession) -> None:
        """See to it that rules fire when their time has come."""
        due = session.memory.due(turn.now)
        if due is not None and to_ms(due) != session.due:
            session.due = to_ms(due)
            what = Map(root=session.key[1], revision=session.revision)
            turn.uow.insert(_job(turn, session.key[0], session.due, what))
            turn.wake_at(session.due)

    def _keep(self, session: RuleSession) -> None:
        self._kept[session.key] = session
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def fire(
    turn: Turn,
    session: RuleSession,
    limit: int = -1,
    *,
    context: ScriptContext | None = None,
) -> Firings:
    """Fire rules; who waits for a condition looks again afterwards."""
    seed = context.seed if context is not None else turn.request.seed
    session.has_changed = True
    firings = session.memory.fire(
        limit, now=turn.now, seed=seed, limits=turn.limits, context=context
    )
    turn.later(lambda: _look_again(turn, session))
    return firings


def fire_alone(turn: Turn, session: RuleSession, limit: int = -1) -> Firings:
    """Fire rules without a process that asks, and do what they wish."""
    firings = fire(turn, session, limit)
    turn.printed.extend((0, line) for line in firings.printed)
    for wish in firings.wishes:
        turn.executive.reactions.fulfil_for(turn, session.key[0], wish)
    turn.follow_up()
    return firings


def fire_due(turn: Turn, job: JobRow) -> None:
    """The turn of a job: rules whose time has come."""
    what = decode_value(job.payload)
    deployment = job.deployment_id or ""
    unit = repository.unit(turn.reader, deployment)
    rows = turn.reader.hot("rule_session_version", (deployment, what["root"]))
    if unit is not None and unit.status == repository.DEPLOYED and rows:
        sessions = turn.executive.loaded.rule_sessions
        fire_alone(turn, sessions.session(turn, deployment, unit.revision, what["root"]))


def _look_again(turn: Turn, session: RuleSession) -> None:
    """Have those look who wait for facts, and begin what facts begin."""
    deployment, root = session.key
    for name, process, node in session.rules.starts:
        found = session.memory.matches(name, now=turn.now, limits=turn.limits)
        for _ in session.memory.begin(name, found):
            definition = turn.executive.definitions.get(deployment, process, session.revision)
            turn.later(partial(turn.start, definition, started_at(node)))
    for number in _waiting(turn, deployment, root):
        turn.later(partial(_ask, turn, number))


def _waiting(turn: Turn, deployment: str, root: int) -> Iterator[int]:
    """Instances of the session that wait for a rule condition, each once."""
    seen = set()
    for number, _ in turn.waits(WaitKind.CONDITION, RULE_CONDITION, deployment=deployment):
        if number not in seen and root in (0, turn.held(number).root_id):
            seen.add(number)
            yield number


def _ask(turn: Turn, number: int) -> None:
    try:
        is_over = turn.held(number).state.is_over
    except NotFound:
        return
    if not is_over:
        turn.execute(AskConditions(), instance_id=number)


def is_of(memory: WorkingMemory, handle: int, instance: int) -> bool:
    """A match that binds a process instance is for that instance alone."""
    fact = memory.fact(handle)
    value: Any = fact.value if fact else None
    if not isinstance(value, Bean) or not value.type_name.endswith("ProcessInstance"):
        return True
    return int(value.fields.get("id") or 0) == instance


def _job(turn: Turn, deployment: str, due: int, what: Map) -> JobRow:
    number, payload = turn.next_id("job"), encode_value(what)
    return JobRow(
        number, JOB, None, None, None, None, deployment, None, due, "ready", 3, 0,
        None, None, None, payload,
    )  # fmt: skip
