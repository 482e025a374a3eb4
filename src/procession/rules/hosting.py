"""The working memory as consequences reach it, during one run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from procession.core.ports import UNDEFINED, ScriptThrow
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.session import Session
from procession.rules.matcher.state import Change

DEFAULT: Final = "DEFAULT"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SMALL: Final = (str, bool, int, float)


class Host:
    """What ``insert``, ``update``, ``drools`` and the globals of consequences act upon."""

    def __init__(self, session: Session, declared: Mapping[str, str]) -> None:
        self.session = session
        self._declared = declared

    def insert(self, fact: Any, entry_point: str = "", logical: bool = False) -> Any:
        """Put a fact in; one that is in already is not put in twice."""
        if fact is None:
            raise ScriptThrow("java.lang.NullPointerException", "null cannot be inserted")
        place = entry_point or DEFAULT
        if logical:
            return self.session.justify(fact, place)
        known = self.session.handle_of(fact)
        if known is not None and known.entry_point == place and known.justifiers is None:
            return known
        return self.session.add(fact, place)

    def _handle(self, target: Any, what: str) -> Handle:
        found = self.session.handle_of(target)
        if found is None:
            text = f"{what}: this object is no fact; insert it first"
            raise ScriptThrow("java.lang.IllegalArgumentException", text)
        return found

    def update(self, target: Any) -> None:
        """A fact has changed."""
        self.session.change(self._handle(target, "update"))

    def delete(self, target: Any) -> None:
        """A fact goes."""
        self.session.remove(self._handle(target, "delete"))

    def objects(self, entry_point: str | None = None) -> list[Any]:
        """All facts."""
        place = entry_point or DEFAULT
        handles = self.session.state.handles.values()
        return [handle.object for handle in handles if handle.entry_point == place]

    def global_object(self, name: str) -> Any:
        """A global."""
        if name in self.session.state.globals:
            return self.session.state.globals[name]
        return None if name in self._declared else UNDEFINED

    def set_global(self, name: str, value: Any) -> None:
        """Set a global."""
        if name not in self._declared:
            text = f"there is no global '{name}'"
            raise ScriptThrow("java.lang.RuntimeException", text)
        self.session.state.globals[name] = value

    def control(self, what: str, *args: Any) -> Any:
        """Everything else."""
        s = self.session
        rule = s.path.rule if s.path is not None else None
        match what:
            case "halt":
                s.firing, s.halted = False, True
            case "focus":
                s.state.agenda.focus(str(args[0]), s.state.recency)
            case "clear_agenda":
                s.state.post(Change("clear", None, s.cause(None), str(args[0])))
            case "clear_activation":
                s.clear_activation_group(str(args[0]))
            case "clear_all":
                for name in list(s.state.agenda.groups):
                    s.clear(name)
            case "rule":
                return rule.name if rule else None
            case "package":
                return rule.package if rule else None
            case "metadata":
                return list(rule.metadata.items()) if rule else []
            case "fire":
                return 0
            case "moment":
                return self._moment(args[0])
            case _:
                return self._match(what, args)
        return None

    def _moment(self, fact: Any) -> int:
        """When a fact was inserted, in milliseconds; now, if it is none."""
        handle = self.session.handle_of(fact)
        now: datetime = self.session.run.context.now
        since = None if handle is None else handle.moment
        return ((since or now) - _EPOCH) // timedelta(milliseconds=1)

    def _match(self, what: str, args: tuple[Any, ...]) -> Any:
        s = self.session
        if s.path is None or s.row is None:
            return None
        facts, run = s.row.facts, s.run
        if what == "matched":
            return [fact.object for fact in facts if fact.number]
        if what == "bindings":
            return list(s.path.bindings)
        read = s.path.bindings.get(str(args[0])) if args else None
        return None if read is None else read(run, facts)
