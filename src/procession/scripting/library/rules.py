"""``drools`` in the consequences of rules, which is also their ``kcontext``.

These objects hold nothing: they ask the working memory of the run.
"""

from __future__ import annotations

from typing import Any, Final

from procession.core.ports import UNDEFINED
from procession.scripting.frame import Frame
from procession.scripting.freezing import freeze
from procession.scripting.hashing import LINKED_MAP
from procession.scripting.library.arguments import text
from procession.scripting.library.process import SESSION, HostObject, Session
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ListObject, from_pairs
from procession.scripting.throwables import throw
from procession.values import Long, Value


class Helper(HostObject):
    """``drools``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.rule.RuleContext"


class Rule(HostObject):
    """The rule that fires."""

    __slots__ = ()
    type_name = "org.kie.api.definition.rule.Rule"


class Match(HostObject):
    """What has matched."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.rule.Match"


class Agenda(HostObject):
    """``getAgenda()``."""

    __slots__ = ()
    type_name = "org.kie.api.runtime.rule.Agenda"


class Group(HostObject):
    """An agenda group, ruleflow group or activation group."""

    __slots__ = ("name", "sort")
    type_name = "org.kie.api.runtime.rule.AgendaGroup"

    def __init__(self, name: str, sort: str) -> None:
        self.name = name
        self.sort = sort


class EntryPoint(HostObject):
    """An entry point."""

    __slots__ = ("name",)
    type_name = "org.kie.api.runtime.rule.EntryPoint"

    def __init__(self, name: str) -> None:
        self.name = name


_HELPER, _RULE, _MATCH, _AGENDA, _SESSION = Helper(), Rule(), Match(), Agenda(), Session()


def DROOLS(f: Frame) -> Value:  # noqa: N802
    """The value of ``drools``, ``kcontext`` and ``context``."""
    return _HELPER


def memory(f: Frame) -> Any:
    """The working memory of a run."""
    host = f.context.memory
    if host is None:
        what = "there is no rule session here (insert, update, delete, rules)"
        raise throw("UnsupportedOperationException", what)
    return host


def _insert(logical: bool) -> Function:
    def insert(f: Frame, owner: Value, fact: Value) -> Value:
        f.allocate(8)
        place = owner.name if isinstance(owner, EntryPoint) else ""
        return memory(f).insert(fact, place, logical)

    return insert


def _update(f: Frame, owner: Value, target: Value, fact: Value = None) -> None:
    memory(f).update(target)


def _delete(f: Frame, owner: Value, target: Value) -> None:
    memory(f).delete(target)


def _control(what: str) -> Function:
    def control(f: Frame, owner: Value, *args: Value) -> Value:
        return memory(f).control(what, *args)

    return control


def _group(sort: str) -> Function:
    return lambda f, owner, name: Group(text(name), sort)


def _set_global(f: Frame, owner: Value, name: Value, value: Value) -> None:
    memory(f).set_global(text(name), value)


def _get_global(f: Frame, owner: Value, name: Value) -> Value:
    value = memory(f).global_object(text(name))
    return None if value is UNDEFINED else value


_FACTS: Final[dict[str, Function]] = {
    "FactHandle insert(Object)": _insert(False),
    "void update(Object)": _update,
    "void update(Object, Object)": _update,
    "void delete(Object)": _delete,
    "void retract(Object)": _delete,
}
HELPER: Final = JavaClass(Helper.type_name, Helper, doc="drools and kcontext in rules")
HELPER.all(
    {
        **_FACTS,
        "FactHandle insertLogical(Object)": _insert(True),
        "void modify(Object)": _update,
        "Rule getRule()": lambda f, o: _RULE,
        "Match getMatch()": lambda f, o: _MATCH,
        "void halt()": _control("halt"),
        "void setFocus(String)": _control("focus"),
        "KieSession getWorkingMemory()": lambda f, o: _SESSION,
        "KieSession getKieRuntime()": lambda f, o: _SESSION,
        "KieSession getKnowledgeRuntime()": lambda f, o: _SESSION,
        "EntryPoint getEntryPoint(String)": lambda f, o, name: EntryPoint(text(name)),
        "Object getDeclaration(String)": _control("binding"),
    }
)
RULE: Final = JavaClass(Rule.type_name, Rule, doc="the rule that fires")
RULE.all(
    {
        "String getName()": _control("rule"),
        "String getId()": _control("rule"),
        "String getPackageName()": _control("package"),
        "Map getMetaData()": lambda f, o: from_pairs(memory(f).control("metadata"), LINKED_MAP, f),
    }
)
MATCH: Final = JavaClass(Match.type_name, Match, doc="what has matched")
MATCH.all(
    {
        "Rule getRule()": lambda f, o: _RULE,
        "List getObjects()": lambda f, o: ListObject(memory(f).control("matched")),
        "List getDeclarationIds()": lambda f, o: ListObject(memory(f).control("bindings")),
        "Object getDeclarationValue(String)": _control("binding"),
    }
)
AGENDA: Final = JavaClass(Agenda.type_name, Agenda, doc="getAgenda()")
AGENDA.all(
    {
        "AgendaGroup getAgendaGroup(String)": _group("agenda"),
        "AgendaGroup getRuleFlowGroup(String)": _group("agenda"),
        "AgendaGroup getActivationGroup(String)": _group("activation"),
        "void clear()": _control("clear_all"),
    }
)
GROUP: Final = JavaClass(Group.type_name, Group, doc="a group of rules")
GROUP.all(
    {
        "String getName()": lambda f, o: o.name,
        "void setFocus()": lambda f, o: memory(f).control("focus", o.name),
        "void clear()": lambda f, o: memory(f).control(f"clear_{o.sort}", o.name),
    }
)
ENTRY_POINT: Final = JavaClass(EntryPoint.type_name, EntryPoint, doc="an entry point")
ENTRY_POINT.all(
    {
        **_FACTS,
        "String getEntryPointId()": lambda f, o: o.name,
        "long getFactCount()": lambda f, o: Long(len(memory(f).objects(o.name))),
        "Collection getObjects()": lambda f, o: ListObject(memory(f).objects(o.name)),
    }
)
SESSION.all(
    {
        "void halt()": _control("halt"),
        "void setFocus(String)": _control("focus"),
        "Agenda getAgenda()": lambda f, o: _AGENDA,
        "EntryPoint getEntryPoint(String)": lambda f, o, name: EntryPoint(text(name)),
        "long getFactCount()": lambda f, o: Long(len(memory(f).objects())),
    }
)


def _set_variable(f: Frame, bean: Value, name: Value, value: Value) -> None:
    held = bean.fields.get("variables")
    if held is not None:
        held.put(text(name), value, f)
    f.wish("set_variable", text(name), freeze(value, f), bean.fields.get("id") or 0)


def _variable(f: Frame, bean: Value, name: Value) -> Value:
    held = bean.fields.get("variables")
    return None if held is None else held.get(text(name), f)


def _signal(f: Frame, bean: Value, name: Value, value: Value) -> None:
    f.wish("signal", text(name), freeze(value, f), bean.fields.get("id") or 0)


OF_FACTS: Final = frozenset({"addReason"})
"""Methods of objects that only working memories have."""
PROCESS_METHODS: Final[dict[tuple[str, int], Function]] = {
    ("getVariable", 1): _variable,
    ("setVariable", 2): _set_variable,
    ("signalEvent", 2): _signal,
}
"""Methods of a fact that stands for a process instance."""
CLASSES: Final = [HELPER, RULE, MATCH, AGENDA, GROUP, ENTRY_POINT]
