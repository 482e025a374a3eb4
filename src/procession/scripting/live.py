"""Texts over live objects: conditions and consequences of rules, on the machine of all scripts.

Such a text gets its arguments by position and runs in a :class:`LiveRun` that many texts share,
so that a whole round of firings has one meter. Bare names are parameters, globals of the session,
fields of the receiver, or declared functions; see :class:`~procession.core.live.LiveScope`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, Final

import procession.scripting.machine.every_node  # noqa: F401
from procession.core.live import Known, LiveScope, LiveText, Shape
from procession.core.ports import (
    UNDEFINED,
    Limits,
    Purpose,
    ScriptContext,
    ScriptScope,
    ScriptSyntax,
)
from procession.errors import LimitExceeded
from procession.scripting import facts, tree
from procession.scripting.equality import key_of
from procession.scripting.frame import Frame
from procession.scripting.freezing import freeze
from procession.scripting.languages import java, mvel
from procession.scripting.library.beans import get_property
from procession.scripting.library.families import LIBRARY
from procession.scripting.library.rules import DROOLS
from procession.scripting.live_operators import OPERATORS
from procession.scripting.machine.calls import dispatched
from procession.scripting.machine.classes import lineage_of
from procession.scripting.machine.compiler import Code, Compiler
from procession.scripting.machine.statements import HOST_ERRORS, sequence
from procession.scripting.meter import unlimited
from procession.scripting.numerals import RANK
from procession.scripting.objects import BeanObject, ListObject, elements
from procession.scripting.throwables import Thrown, throw, translated
from procession.scripting.tree import Node, Return, valued
from procession.values import Value

_GRAMMARS: Final = {"java": java, "mvel": mvel}
_HOSTS: Final = frozenset({"drools", "kcontext", "context"})
_PLACE: Final = tree.Literal(None)
_METER: Final = unlimited()
_SIMPLE_KEYS: Final = frozenset({str, type(None), *(kind for kind in RANK if kind is not bool)})


class LiveRun(Frame):
    """What many texts share while rules are matched and fired."""

    def lines(self) -> tuple[str, ...]:
        """What was printed so far."""
        return (*self.printed, self.line) if self.line else tuple(self.printed)


class LiveCompiler(Compiler):
    """Compiles one text; names that it does not declare come from its place."""

    def __init__(
        self, grammar: Any, purpose: Purpose, place: LiveScope, imports: list[str]
    ) -> None:
        scope = ScriptScope(imports=place.imports)
        super().__init__(grammar.DIALECT, purpose, scope, imports, False)
        self.place = place
        for name, kind in place.parameters:
            self.declare(name, tree.TypeName(kind) if kind else None, _PLACE)

    def host(self, name: str) -> Code | None:
        """Session globals, ``drools``, and the fields of the receiver."""
        if self.is_variable(name):
            return None
        if name in self.place.globals:
            return _global(name)
        if name in _HOSTS:
            return DROOLS
        for owner in self._owners(name):
            constants = LIBRARY.classes[owner].constants
            if name in constants:
                constant = constants[name]
                return lambda f: constant
        receiver = self.local(self.place.receiver) if self.place.receiver else None
        if receiver is None or not self._may_be_field(name):
            return None
        index, getters = receiver.index, [LIBRARY.calls(one, 0) for one in _getters(name)]

        def field(f: Frame) -> Value:
            owner = f.slots[index]
            if type(owner) is facts.FactObject:
                return owner.fields.get(name)
            return get_property(f, owner, name, getters)

        return field

    def _may_be_field(self, name: str) -> bool:
        fields = self.place.fields
        if fields is not None and name in fields:
            return True
        if self.classes.reference((name,)) is not None or name[:1].isupper():
            return False
        if fields is not None:
            raise ScriptSyntax(f"'{name}' is neither a field nor a binding nor a global")
        return True

    def check_name(self, name: str, node: Node) -> None:
        """Refuse a name that nothing has."""
        if name not in self.variables:
            raise ScriptSyntax(f"Could not find variable '{name}'", node.line, node.column)

    def own_function(self, node: tree.Call, args: list[Code]) -> Code | None:
        """Functions of the rules, operators, and methods of the receiver."""
        name = node.name
        operator = OPERATORS.get(name)
        if operator is not None:
            return lambda f: operator(f, *[arg(f) for arg in args])
        function = self.place.functions.get(name)
        if function is not None:
            return lambda f: function.within(f, [arg(f) for arg in args])  # type: ignore[attr-defined]
        for owner in self._owners(name):
            member = LIBRARY.classes[owner].statics.get((name, len(args)))
            if member is not None:
                static = member.function
                return lambda f: static(f, *[arg(f) for arg in args])
        receiver = self.local(self.place.receiver) if self.place.receiver else None
        if receiver is None:
            return None
        index = receiver.index
        return dispatched(
            LIBRARY.calls(name, len(args)), name, lambda f: f.slots[index], args, False
        )

    def _owners(self, name: str) -> list[str]:
        """The classes whose static members of that name are imported."""
        split = [one.rpartition(".") for one in self.place.statics]
        return [owner for owner, _, member in split if member in (name, "*")]

    def own_constant(self, owner: str, name: str) -> Value:
        """The constant of a declared enum."""
        shape = self.place.shapes.get(owner)
        return None if shape is None else facts.constants_of(shape).get(name)

    def own_static(self, owner: str, name: str, args: list[Code]) -> Code | None:
        """``values()`` and ``valueOf(text)`` of a declared enum."""
        shape = self.place.shapes.get(owner)
        if shape is None or not shape.constants:
            return None
        known = facts.constants_of(shape)
        if (name, len(args)) == ("values", 0):
            return lambda f: ListObject(list(known.values()))
        if (name, len(args)) != ("valueOf", 1):
            return None
        wanted = args[0]

        def value_of(f: Frame) -> Value:
            text = f.text(wanted(f))
            if text not in known:
                raise throw("IllegalArgumentException", f"No enum constant {owner}.{text}")
            return known[text]

        return value_of

    def own_object(self, node: tree.New, name: str, args: list[Code]) -> Code | None:
        """Objects of declared types and of classes we have not got."""
        shape = self.place.shapes.get(name)
        if shape is None and not self.classes.is_bean(name):
            return None
        if name.endswith(("Exception", "Error")):
            return None
        if shape is not None and shape.constants:
            raise ScriptSyntax(f"{name} is an enum; name a constant", node.line, node.column)
        names = _arguments(shape, len(args))
        if names is None:
            what = f"new {name}(…) takes no, all or the key fields, not {len(args)} arguments"
            raise ScriptSyntax(what, node.line, node.column)

        def make(f: Frame) -> Value:
            f.allocate(len(args) * 2 + 4)
            made = facts.make_fact(name, shape)
            for field, arg in zip(names, args, strict=True):
                made.fields[field] = facts.fitted(shape, field, arg(f))
            return made

        return make


def _arguments(shape: Shape | None, count: int) -> tuple[str, ...] | None:
    if shape is None:
        return tuple(f"arg{at}" for at in range(count))
    if count == 0:
        return ()
    if count == len(shape.fields):
        return tuple(field[0] for field in shape.fields)
    return shape.keys if count == len(shape.keys) else None


def _global(name: str) -> Code:
    def read(f: Frame) -> Value:
        value = f.context.memory.global_object(name)
        if value is UNDEFINED:
            raise throw("org.mvel2.PropertyAccessException", f"there is no global '{name}'")
        return value

    return read


def _getters(name: str) -> list[str]:
    capital = name[:1].upper() + name[1:]
    return [f"get{capital}", f"is{capital}", name]


class Text:
    """One compiled text."""

    __slots__ = ("_blank", "_code", "_kept", "_single", "_size", "locals", "warnings")

    def __init__(self, compiler: LiveCompiler, body: tuple[tree.Stmt, ...]) -> None:
        only = body[0] if len(body) == 1 else None
        self._single = isinstance(only, Return) and only.value is not None
        try:
            if isinstance(only, Return) and only.value is not None:
                self._code = compiler.expr(only.value)
            else:
                self._code = sequence(compiler, body)
        except RecursionError:
            raise ScriptSyntax("the text is nested too deeply") from None
        count = len(compiler.place.parameters)
        given = [name for name, _ in compiler.place.parameters]
        self.locals = tuple(name for name in compiler.scopes[0] if name not in given)
        self._kept = tuple(compiler.scopes[0][name].index for name in compiler.place.kept)
        self._blank = compiler.slots[count:]
        self._size = compiler.size
        self.warnings = tuple(compiler.warnings)

    def within(self, f: Frame, args: list[Value]) -> Value:
        """Run it as a part of another text, whose frame it is given."""
        f.fuel -= self._size
        if f.fuel < 0:
            f.burn(0)
        if f.depth > 50:
            raise throw("StackOverflowError")
        f.depth += 1
        outer, before = f.slots, f.value
        f.slots = [*args, *self._blank]
        try:
            if self._single:
                return self._code(f)
            f.value = None
            self._code(f)
            if self._kept:
                return tuple([f.slots[at] for at in self._kept])
            return f.value
        finally:
            f.slots, f.value = outer, before
            f.depth -= 1

    def __call__(self, run: Any, /, *args: Any) -> Any:
        """Run it within a run. Raises ``ScriptThrow``."""
        try:
            return self.within(run, list(args))
        except Thrown as thrown:
            raise thrown.outside() from None
        except HOST_ERRORS as error:
            raise translated(error).outside() from None
        except MemoryError:
            raise LimitExceeded("the script needs too much memory") from None


class Live:
    """The script machine as rules use it."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def compile(self, language: str, source: str, purpose: Purpose, scope: LiveScope) -> LiveText:
        """Compile a text in Java or MVEL. Raises ``ScriptSyntax``."""
        grammar = _GRAMMARS.get(language.lower())
        if grammar is None:
            raise ScriptSyntax(f"dialect '{language}' is unknown; write java or mvel")
        try:
            body, imports = grammar.parse(source)
        except RecursionError:
            raise ScriptSyntax("the text is nested too deeply") from None
        if purpose is not Purpose.SCRIPT or (grammar is mvel and not scope.kept):
            body = valued(body)
        return Text(LiveCompiler(grammar, purpose, scope, imports), body)

    def run(self, context: ScriptContext, limits: Limits) -> LiveRun:
        """A run that many texts share."""
        return LiveRun(context, limits, [], self._zone)

    def live(self, value: Value, shapes: Mapping[str, Shape], known: Known | None = None) -> Any:
        """A live object of a value."""
        return facts.live(value, shapes, known)

    def value(self, live: Any) -> Value:
        """The value a live object has now."""
        try:
            return freeze(live, unlimited())
        except Thrown:
            return None

    def parts(self, live: Any) -> tuple[str, str, list[Any]] | None:
        """A container taken apart."""
        return facts.parts(live)

    def empty(self, sort: str, type_name: str, shapes: Mapping[str, Shape]) -> Any:
        """A container without content."""
        return facts.empty(sort, type_name, shapes)

    def fill(self, live: Any, parts: list[Any]) -> None:
        """Fill a container."""
        facts.fill(live, parts)

    def watch(self, live: Any, keeper: Any) -> None:
        """Have a container tell of changes."""
        live.keeper = keeper

    def key(self, run: Any, live: Any) -> Any:
        """Something hashable that is equal where ``==`` of MVEL is."""
        return live if type(live) in _SIMPLE_KEYS else facts.join_key(live, run or _METER)

    def identity(self, run: Any, live: Any) -> Any:
        """Something hashable that is equal where ``equals`` of Java is."""
        return key_of(live, run or _METER)

    def class_names(self, live: Any, shapes: Mapping[str, Shape]) -> tuple[str, ...]:
        """The class of an object and all its ancestors."""
        if isinstance(live, BeanObject):
            return facts.bean_classes(live.type_name, shapes)
        found = lineage_of(LIBRARY, live) or ()
        return (*found, *(() if "java.lang.Object" in found else ("java.lang.Object",)))

    def has_static(self, name: str) -> bool:
        """Whether a class of the platform has a static member of this full name (or ``.*``)."""
        owner, _, member = name.rpartition(".")
        known = LIBRARY.classes.get(owner)
        if known is None:
            return False
        statics = {one for one, _ in known.statics}
        return member == "*" or member in known.constants or member in statics

    def class_name(self, written: str, imports: tuple[str, ...]) -> str | None:
        """The full name of a known class of the platform."""
        if written in LIBRARY.classes:
            return written
        return LIBRARY.simple.get(written)

    def elements(self, run: Any, live: Any) -> list[Any]:
        """What a loop over an object visits: its members, or itself."""
        if live is None:
            return []
        found = elements(live, run)
        return [live] if found is None else list(found)
