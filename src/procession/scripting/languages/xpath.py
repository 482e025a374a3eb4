"""XPath 1.0 over process variables, read and run by ``elementpath`` (2.10).

``$name`` is a variable; ``getVariable``, ``getDataObject``, ``getDataInput``, ``getDataOutput`` and
``getProcessProperty`` find one by a name that may be computed (BPMN 2.0.2, 10.4.3), whatever their
prefix. Variables are walked as :mod:`~procession.scripting.languages.documents` says. There is no
document around them, so a path from the root finds nothing. Comparisons are those of XPath 1.0,
section 3.4, which the library follows only in part. Every step along an axis, every pair compared
and every predicate is paid for.

Loading the library takes a third of a second: the evaluator imports this module when it first needs
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from decimal import Decimal
from itertools import product
from math import fmod, isinf, isnan, nan
from typing import Any, Final

from elementpath import ElementPathError, XPath1Parser, XPathContext, XPathNode, XPathToken
from lxml import etree

from procession.core.ports import (
    UNDEFINED,
    Limits,
    Purpose,
    ScriptContext,
    ScriptResult,
    ScriptScope,
    ScriptSyntax,
)
from procession.scripting.budgeting import within_budget
from procession.scripting.frame import Frame
from procession.scripting.languages.documents import elements, read_document, value_of
from procession.scripting.throwables import Thrown, throw
from procession.values import Value

MAX_SOURCE: Final = 20_000
FUNCTIONS: Final = (
    *("getVariable", "getDataObject", "getDataInput", "getDataOutput", "getProcessProperty"),
)
FAILURE: Final = "javax.xml.xpath.XPathExpressionException"
_PREFIXED: Final = re.compile(rf"'[^']*'|\"[^\"]*\"|[\w.-]+:(?=(?:{'|'.join(FUNCTIONS)})\s*\()")
_LONE_WORDS: Final = frozenset({"true", "false"})
_EXACT: Final = 1 << 53


class XPathText:
    """A compiled expression."""

    __slots__ = ("_names", "_namespaces", "_token", "_zone", "language", "source", "warnings")

    def __init__(self, source: str, purpose: Purpose, scope: ScriptScope, zone: tzinfo) -> None:
        self.language = "XPath"
        self.source = source
        self._zone = zone
        self._namespaces = {name: uri for name, uri in scope.namespaces.items() if name}
        self._token = _parsed(source, self._namespaces)
        self._names = tuple(dict.fromkeys(_variables(self._token)))
        self.warnings = tuple(_doubts(self._token, self._names, source.strip(), purpose, scope))

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Evaluate it. Raises ``ScriptThrow`` for what the model may catch."""
        frame = Frame(context, limits, [], self._zone)
        if context.budget is None:
            return self._run(frame)
        return within_budget(frame, context.budget, limits, self._run)

    def _run(self, frame: Frame) -> ScriptResult:
        try:
            frame.burn(len(self.source))
            walk = Walk(frame, self._namespaces, self._names)
            found = list(self._token.select(walk))
            return ScriptResult(self._value(found))
        except Thrown as thrown:
            raise thrown.outside() from None
        except (ElementPathError, TypeError, ValueError, ArithmeticError) as fault:
            raise throw(FAILURE, str(fault)).outside() from None
        except RecursionError:
            raise throw(FAILURE, "the expression is nested too deeply").outside() from None

    def _value(self, found: list[Any]) -> Value:
        values = [_plain(item) for item in found]
        return values[0] if len(values) == 1 else tuple(values) or None


class XPathCondition(XPathText):
    """A compiled condition: what it finds is read as ``boolean()`` reads it."""

    __slots__ = ()

    def _value(self, found: list[Any]) -> Value:
        return bool(self._token.boolean_value(found))


def compile_xpath(source: str, purpose: Purpose, scope: ScriptScope, zone: tzinfo) -> XPathText:
    """Compile a text. Raises ``ScriptSyntax``."""
    if purpose is Purpose.SCRIPT:
        raise ScriptSyntax("XPath has expressions only, it cannot be the language of a script")
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"an XPath may have {MAX_SOURCE} characters, this has {len(source)}")
    kind = XPathCondition if purpose is Purpose.CONDITION else XPathText
    return kind(source, purpose, scope, zone)


# -- reading -------------------------------------------------------------------------------------


class ProcessXPath(XPath1Parser):
    """XPath 1.0 with the functions of BPMN; paths may begin with what a function gives."""

    PATH_STEP_LABELS = ("axis", "kind test", "function")


class Compared(XPathToken):
    """A comparison as XPath 1.0 defines it: what is compared as what depends on both sides."""

    def iter_comparison_data(self, context: Any) -> Iterator[Any]:
        """The pairs to compare, of which one must fit."""
        left = list(self[0].select(context))
        right = list(self[1].select(context))
        convert = self._conversion(left, right)
        if convert is self.boolean_value:
            yield convert(left), convert(right)
            return
        meter = context.frame if context is not None else None
        lefts, rights = (_converted(side, convert, meter) for side in (left, right))
        for one, other in product(lefts, rights):
            if meter is not None:
                meter.burn(1)
            yield one, other

    def _conversion(self, left: list[Any], right: list[Any]) -> Any:
        firsts = [side[0] for side in (left, right) if side]
        if any(isinstance(item, bool) for item in firsts):
            return self.boolean_value
        if self.symbol not in ("=", "!=") or any(_is_number(item) for item in firsts):
            return self.number_value
        return self.string_value


class Spelled(XPathToken):
    """A function that makes text: infinite numbers are written as XPath 1.0, 4.2 has them."""

    def string_value(self, obj: Any) -> str:
        """The text of a value."""
        if isinstance(obj, float) and isinf(obj):
            return "Infinity" if obj > 0 else "-Infinity"
        return super().string_value(obj)


class Remainder(XPathToken):
    """``mod``, which has the sign of what is divided (XPath 1.0, 3.5)."""

    def evaluate(self, context: Any = None) -> Any:
        """The rest of the division, of numbers that may be fractions."""
        sides = [next(iter(side.select(context)), nan) for side in (self[0], self[1])]
        one, other = [float(self.number_value(side)) for side in sides]
        return nan if isnan(one) or isinf(one) or not other else fmod(one, other)


class Joined(Spelled):
    """``concat``, whose text is paid for before it is made."""

    def evaluate(self, context: Any = None) -> Any:
        """The texts of the arguments one after the other."""
        if context is None:
            return super().evaluate(context)
        given = [self.get_argument(context, place) for place in range(len(self))]
        return "".join(_converted(given, self.string_value, context.frame))


def _converted(items: list[Any], convert: Any, meter: Frame | None) -> list[Any]:
    """The values of items; each is paid for before the next is made."""
    found = []
    for item in items:
        value = convert(item)
        if meter is not None:
            meter.make_text(len(value) if isinstance(value, str) else 0)
        found.append(value)
    return found


def _is_number(item: Any) -> bool:
    return not isinstance(item, str | XPathNode)


def _evaluate_variable(self: Any, context: Any = None) -> Any:
    """What a function that names a variable gives."""
    if context is None:
        raise self.missing_context()
    return context.variable(self.string_value(self.get_argument(context)))


def _select_variable(self: Any, context: Any = None) -> Iterator[Any]:
    found = _evaluate_variable(self, context)
    yield from found if isinstance(found, list) else [found]


def _extend() -> None:
    table: dict[str, Any] = ProcessXPath.symbol_table  # type: ignore[assignment]
    for name in FUNCTIONS:
        token: Any = ProcessXPath.function(name, nargs=(1, 2))
        token.sequence_types = ("xs:string", "xs:string?", "item()*")
        token.evaluate, token.select = _evaluate_variable, _select_variable
    kinds = {**dict.fromkeys(("=", "!=", "<", ">", "<=", ">="), Compared), "concat": Joined}
    kinds |= {"string": Spelled, "mod": Remainder}
    for sign, kind in kinds.items():
        plain = table[sign]
        table[sign] = type(plain)(plain.__name__, (kind, plain), {})


_extend()


def _parsed(source: str, namespaces: dict[str, str]) -> Any:
    text = _PREFIXED.sub(lambda m: m.group() if m.group()[0] in "'\"" else "", source.strip())
    try:
        return ProcessXPath(namespaces=namespaces).parse(text)
    except RecursionError:
        raise ScriptSyntax("the expression is nested too deeply") from None
    except (ElementPathError, TypeError, ValueError, ArithmeticError) as fault:
        raise ScriptSyntax(f"not an XPath 1.0 expression: {fault}") from None


def _variables(token: Any) -> Iterator[str]:
    for at in token.iter():
        if at.symbol == "$" and len(at):
            yield str(at[0].value)


def _doubts(
    token: Any, names: tuple[str, ...], source: str, purpose: Purpose, scope: ScriptScope
) -> Iterator[str]:
    """What is allowed and most likely not meant."""
    named = [
        str(at[0].value)
        for at in token.iter()
        if at.symbol in FUNCTIONS and len(at) and at[0].symbol == "(string)"
    ]
    for name in dict.fromkeys([*names, *named] if scope.types else []):
        if name not in scope.types and name not in scope.globals:
            yield f"no variable is called {name}"
    if source in _LONE_WORDS and purpose is Purpose.CONDITION:
        yield f"{source} is a path in XPath, which finds nothing; write {source}()"


# -- walking -------------------------------------------------------------------------------------


class Walk(XPathContext):
    """Where the evaluation stands; each step along an axis is paid for."""

    def __init__(self, frame: Frame, namespaces: dict[str, str], names: tuple[str, ...]) -> None:
        self.frame = frame
        self.weight = 1
        super().__init__(etree.ElementTree(etree.Element("process")), namespaces or None)
        for name in names:
            self.variables[name] = self.variable(name)

    def variable(self, name: str) -> Any:
        """A variable as the library takes it: an atomic value, or a list of nodes."""
        value = self.frame.resolve(name)
        if value is UNDEFINED:
            raise throw(FAILURE, f"no variable is called {name}")
        value = self.frame.context.lookup(name)
        if value is UNDEFINED or value is None or type(value) in (bool, float):
            return [] if value is None or value is UNDEFINED else value
        if isinstance(value, int | float):
            return float(value) if isinstance(value, float) else int(value)
        nodes = self._nodes(name, value)
        if nodes is None:
            return str(value)
        return [self.get_context_item(node) for node in nodes]

    def _nodes(self, name: str, value: Value) -> list[Any] | None:
        if isinstance(value, str):
            root = read_document(value, self.frame)
            nodes = None if root is None else [root]
            size = len(value) if nodes else 0
        else:
            before = self.frame.cells
            nodes = elements(name, value, self.frame)
            size = before - self.frame.cells
        self.weight += size >> 10
        return nodes

    def __copy__(self) -> Walk:
        """A predicate is asked: it may look at everything once."""
        self.frame.burn(self.weight)
        made = super().__copy__()
        assert isinstance(made, Walk)
        return made

    def _paid(self, steps: Iterator[Any]) -> Iterator[Any]:
        for step in steps:
            self.frame.burn(1)
            yield step

    def _skimmed(self, steps: Iterator[Any]) -> Iterator[Any]:
        """Steps among which more is looked at than found."""
        item: Any = self.item
        around = item if hasattr(item, "children") else getattr(item, "parent", None)
        self.frame.burn(self.weight + len(getattr(around, "children", None) or ()))
        return self._paid(steps)

    def iter_self(self) -> Iterator[Any]:
        """Axis ``self``."""
        return self._paid(super().iter_self())

    def iter_attributes(self) -> Iterator[Any]:
        """Axis ``attribute``."""
        return self._paid(super().iter_attributes())

    def iter_children_or_self(self) -> Iterator[Any]:
        """Axis ``child``."""
        return self._paid(super().iter_children_or_self())

    def iter_matching_nodes(self, name: str, default_namespace: str | None = None) -> Iterator[Any]:
        """Children of a name."""
        return self._skimmed(super().iter_matching_nodes(name, default_namespace))

    def iter_siblings(self, axis: str | None = None) -> Iterator[Any]:
        """Axes ``following-sibling`` and ``preceding-sibling``."""
        return self._skimmed(super().iter_siblings(axis))

    def iter_descendants(self, axis: str | None = None) -> Iterator[Any]:
        """Axes ``descendant`` and ``descendant-or-self``."""
        return self._paid(super().iter_descendants(axis))

    def iter_ancestors(self, axis: str | None = None) -> Iterator[Any]:
        """Axes ``ancestor`` and ``ancestor-or-self``."""
        return self._paid(super().iter_ancestors(axis))

    def iter_preceding(self) -> Iterator[Any]:
        """Axis ``preceding``."""
        return self._skimmed(super().iter_preceding())

    def iter_followings(self) -> Iterator[Any]:
        """Axis ``following``."""
        return self._skimmed(super().iter_followings())


def _plain(item: Any) -> Value:
    """What was found, as a value of the process."""
    if isinstance(item, XPathNode):
        inner: Any = item.value
        if isinstance(inner, etree._Element):
            return value_of(inner)
        return str(item.compat_string_value)
    if isinstance(item, bool | str):
        return item
    if isinstance(item, int | float | Decimal):
        number = float(item)
        return int(item) if number.is_integer() and abs(number) < _EXACT else number
    return str(item)
