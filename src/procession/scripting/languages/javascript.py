"""JavaScript: run by QuickJS, each time in a fresh context of its own (2.10).

A text that only reads runs in an engine that others have used and will use
(:mod:`procession.scripting.javascript.engines`), which costs a hundredth; when it fails there, it
is run again in one of its own, for an error with its place.

``kcontext``, ``print`` and the variables and globals a text names are there; nothing else of the
host is, and nothing is called back: values go in as JSON and come out as JSON. Time, memory and
stack are bounded by the same limits as other scripts; none can be caught. The clock and random
numbers are the turn's. The value of the last expression counts; a text with a ``return`` at its top
is read as the body of a function. A named variable that is assigned or changed in place is set when
the script ends.

Loading the engine takes time: the evaluator imports this module when it first needs it.
"""

from __future__ import annotations

import json
import re
from datetime import tzinfo
from functools import partial
from typing import Any, Final

import quickjs

from procession.core.ports import (
    UNDEFINED,
    Limits,
    Purpose,
    ScriptContext,
    ScriptResult,
    ScriptScope,
    ScriptSyntax,
    ScriptThrow,
)
from procession.errors import LimitExceeded
from procession.scripting.budgeting import ENGINE, within_budget
from procession.scripting.equality import millis
from procession.scripting.frame import Frame
from procession.scripting.javascript.doubts import doubts_of
from procession.scripting.javascript.engines import STACK, Engines, memory, seconds
from procession.scripting.javascript.marshalling import inward, outward
from procession.scripting.javascript.prelude import PRELUDE
from procession.scripting.javascript.reading import Reading, reading_of
from procession.scripting.library.facts import ScriptFacts
from procession.scripting.throwables import Throwable, Thrown, throw
from procession.values import Map, Value

MAX_SOURCE: Final = 100_000
FAILURE: Final = "javax.script.ScriptException"
_WORD: Final = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_ASKED: Final = re.compile(
    r"\bget(?:Variables?|Globals?|CaseData|Data)\b|\.(?:globals|variables|caseData)\b"
)
_BY_LITERAL: Final = re.compile(r"get(?:Variable|Global)\s*\(\s*(?:'[^'\\]*'|\"[^\"\\]*\")\s*\)")
_PLACE: Final = re.compile(r"<(?:evalScript|anonymous|input|eval)>:(\d+):(\d+)|<input>:(\d+)")
_CHECK: Final = "new Function(source); 1"
_BEFORE: Final = "(function () { throw 0 })();\n"
_CHECK_EVAL: Final = f"(0, eval)({_BEFORE!r} + source)"
_KNOWN: Final = frozenset({"kcontext", "context"})
_NO_MEMORY: Final = "the script needs too much memory; raise script_cells"
_ENGINES: Final = Engines()
_LEFT: Final = object()
_FULL: Final = ("InternalError: out of memory", "InternalError: string too long")
_NO_TIME: Final = "the script takes too many steps; raise script_steps or shorten it"


class JavaScriptText:
    """A text that was found to be JavaScript."""

    __slots__ = (
        "_all",
        "_as_function",
        "_candidates",
        "_purpose",
        "_reading",
        "_zone",
        "language",
        "source",
        "warnings",
    )

    def __init__(self, source: str, purpose: Purpose, scope: ScriptScope, zone: tzinfo) -> None:
        self.language = "JavaScript"
        self.source = source
        self._purpose = purpose
        self._zone = zone
        self._candidates = tuple(dict.fromkeys(_WORD.findall(source)))
        self._all = len(_ASKED.findall(source)) > len(_BY_LITERAL.findall(source))
        self._as_function = _checked(source)
        self._reading = None if purpose is Purpose.SCRIPT else _compiled(reading_of(source))
        self.warnings = doubts_of(source, frozenset({*scope.types, *scope.globals}))

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Run it. Raises ``ScriptThrow`` for what the model may catch."""
        frame = Frame(context, limits, [], self._zone)
        if context.budget is None:
            return self._run(frame, limits)
        run = partial(self._run, limits=limits)
        return within_budget(frame, context.budget, limits, run)

    def _run(self, frame: Frame, limits: Limits) -> ScriptResult:
        try:
            frame.burn(100 + (len(self.source) >> 4))
            if self._reading is not None:
                value = _read(self._reading, frame, limits)
                if value is not _LEFT:
                    return ScriptResult(value)
            frame.burn(ENGINE)
            made = _run(self.source, self._as_function, self._input(frame), limits)
            frame.make_text(len(made))
            return self._result(json.loads(made), frame)
        except Thrown as thrown:
            raise thrown.outside() from None
        except RecursionError:
            raise ScriptThrow("java.lang.StackOverflowError", None) from None

    def _input(self, frame: Frame) -> str:
        context = frame.context
        variables: dict[str, Any] = {}
        names = [*self._candidates]
        if self._all:
            names += [*context.process_variables(), *context.globals]
        for name in names:
            value = _variable(name, frame)
            if value is not UNDEFINED:
                variables[name] = inward(value, frame)
        return json.dumps(
            {
                "variables": variables,
                "names": [name for name in self._candidates if name not in _KNOWN],
                "now": millis(context.now),
                "seed": context.seed & 0xFFFFFFFF,
                "wanted": self._purpose is not Purpose.SCRIPT,
                "context": _surroundings(context),
                "visible": dict.fromkeys(variables.keys() - context.globals.keys(), True),
                "metadata": inward(context.metadata, frame),
                "nodeMetadata": inward(
                    Map({"UniqueId": context.node, **context.node_metadata}), frame
                ),
            }
        )

    def _result(self, made: dict[str, Any], frame: Frame) -> ScriptResult:
        if made["error"] is not None:
            raise _thrown(*made["error"])
        for line in made["printed"]:
            frame.print(line, ends_line=True)
        for kind, name, value, instance in made["wishes"]:
            frame.wish(kind, name, outward(value, frame), _instance(instance, frame))
        if made["facts"]:
            _tell_rules(made["facts"], frame)
        changes = tuple([(name, outward(value, frame)) for name, value in made["changes"]])
        return ScriptResult(
            outward(made["value"], frame), changes, tuple(frame.printed), tuple(frame.wishes)
        )


def _instance(number: Value, frame: Frame) -> int:
    return -1 if number == frame.context.instance else int(number or 0)


def _tell_rules(told: list[Any], frame: Frame) -> None:
    """What the script did to the working memory, done after it in the same order."""
    rules = frame.context.rules
    if rules is None:
        what = "there is no working memory here (insert, update, delete, rules)"
        raise throw("java.lang.UnsupportedOperationException", what)
    memory = ScriptFacts(frame, rules)
    handles: dict[int, Value] = {}
    for at, (what, *args) in enumerate(told):
        if what == "insert":
            handles[at] = memory.insert(outward(args[0], frame))
        elif what == "update":
            memory.update(handles[args[0]], outward(args[1], frame))
        elif what == "delete":
            memory.delete(handles[args[0]])
        else:
            memory.control("fire")


def _surroundings(context: ScriptContext) -> dict[str, Any]:
    return {
        "process": context.process,
        "processName": context.process_name,
        "version": context.process_version,
        "instance": context.instance,
        "parent": context.parent_instance,
        "status": context.status,
        "node": context.node,
        "nodeName": context.node_name,
        "nodeInstance": context.node_instance,
        "deployment": context.deployment,
        "correlationKey": context.correlation_key,
    }


def _compiled(reading: Reading | None) -> Reading | None:
    """The reading of a text if the engine takes it for an expression too."""
    if reading is None:
        return None
    engine = _ENGINES.take()
    try:
        engine.function(reading, packed=False)
    except quickjs.JSException:
        return None
    finally:
        _ENGINES.give_back(engine)
    return reading


def _read(reading: Reading, frame: Frame, limits: Limits) -> Value:
    """The value of a text that only reads, or that it is left to an engine of its own."""
    given = _arguments(reading, frame)
    if given is None:
        return _LEFT
    packed = list in map(type, given)
    engine = _ENGINES.take()
    try:
        function = engine.function(reading, packed)
        engine.bound(limits.script_steps, limits.script_cells)
        made = function(json.dumps(given)) if packed else function(*given)
    except quickjs.JSException as error:
        if not isinstance(error, quickjs.StackOverflow):
            _stop(str(error))
            _ENGINES.give_back(engine)
        return _LEFT
    except MemoryError:
        raise LimitExceeded(_NO_MEMORY) from None
    if made is True or made is False:
        _ENGINES.give_back(engine)
        return bool(made)
    if not isinstance(made, str):
        raise LimitExceeded(_NO_MEMORY)
    _ENGINES.give_back(engine)
    frame.make_text(len(made))
    return outward(json.loads(made), frame)


def _arguments(reading: Reading, frame: Frame) -> list[Any] | None:
    """What a text reads, or None if it reads something that is no variable."""
    given: list[Any] = []
    for name in reading.names:
        value = _variable(name, frame)
        if value is UNDEFINED:
            return None
        given.append(inward(value, frame))
    for name in reading.globals:
        if _variable(name, frame) is not UNDEFINED:
            return None
    for name in reading.asked:
        value = _variable(name, frame)
        given.append(None if value is UNDEFINED else inward(value, frame))
    return given


def _variable(name: str, frame: Frame) -> Value:
    value = frame.context.lookup(name)
    return frame.context.globals.get(name, UNDEFINED) if value is UNDEFINED else value


def _stop(said: str) -> None:
    """Raise what an engine says of a limit."""
    first = said.split("\n", 1)[0]
    if first == "InternalError: interrupted":
        raise LimitExceeded(_NO_TIME) from None
    if first.startswith(_FULL) or said.strip() in ("null", ""):
        raise LimitExceeded(_NO_MEMORY) from None


def _run(source: str, as_function: bool, given: str, limits: Limits) -> str:
    engine = _engine(limits)
    engine.set("procession_input", given)
    engine.set("procession_source", source)
    call = f"(procession_input, procession_source, {'true' if as_function else 'false'})"
    try:
        made = engine.eval(PRELUDE + call)
    except quickjs.StackOverflow:
        raise Thrown(Throwable("java.lang.StackOverflowError")) from None
    except quickjs.JSException as error:
        text = str(error)
        _stop(text)
        raise _thrown("", text.split("\n", 1)[0], "") from None
    except MemoryError:
        raise LimitExceeded(_NO_MEMORY) from None
    if not isinstance(made, str):
        raise LimitExceeded(_NO_MEMORY)
    return made


def _engine(limits: Limits) -> Any:
    engine = quickjs.Context()
    engine.set_time_limit(seconds(limits.script_steps))
    engine.set_memory_limit(memory(limits.script_cells))
    engine.set_max_stack_size(STACK)
    return engine


def _thrown(name: str, message: str, stack: str) -> Thrown:
    if f"{name}: {message}".startswith(_FULL):
        raise LimitExceeded(_NO_MEMORY)
    if name == "RangeError" and "call stack" in message:
        thrown = Thrown(Throwable("java.lang.StackOverflowError"))
    elif "." in name:
        thrown = Thrown(Throwable(name, message))
    else:
        shown = f"{name}: {message}" if name not in ("", "Error") else message
        thrown = Thrown(Throwable(FAILURE, shown))
    place = _PLACE.search(stack)
    if place is not None and place[1]:
        thrown.line, thrown.column = int(place[1]), int(place[2])
    return thrown


def _checked(source: str) -> bool:
    """Whether the text has to be read as the body of a function. Raises ``ScriptSyntax``."""
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"a script may have {MAX_SOURCE} characters")
    fault = _fault(source, _CHECK_EVAL)
    if fault is None:
        return False
    if _fault(source, _CHECK) is None:
        return True
    raise fault


def _fault(source: str, check: str) -> ScriptSyntax | None:
    """What is wrong with the text; it is read only: what stands before it throws at once."""
    engine = _engine(Limits())
    engine.set("source", source)
    try:
        engine.eval(check)
    except quickjs.JSException as error:
        message = str(error)
        if "SyntaxError" not in message and not isinstance(error, quickjs.StackOverflow):
            return None
        first, _, rest = message.partition("\n")
        place = _PLACE.search(rest)
        line, column = (int(place[1] or place[3]) - 1, int(place[2] or 1)) if place else (1, 1)
        return ScriptSyntax(first.removeprefix("SyntaxError: "), max(1, line), column)
    return None


def compile_javascript(
    source: str, purpose: Purpose, scope: ScriptScope, zone: tzinfo
) -> JavaScriptText:
    """Check a text. Raises ``ScriptSyntax``."""
    return JavaScriptText(source, purpose, scope, zone)
