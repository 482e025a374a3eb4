"""Scripts and conditions per second, language by language, beside QuickJS and plain Python.

Each text is compiled once and run many times, as a process does it; the peers do the same work in
their own way: QuickJS calls a function that it has compiled, Python one of its own. CPU time of
this thread, the best of many short runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import quickjs

from procession.core.ports import UNDEFINED, Limits, Purpose, ScriptContext, ScriptScope
from procession.scripting.evaluator import Evaluator

NAME: Final = "scripts"
VARIABLES: Final[dict[str, Any]] = {"amount": 150, "level": "gold"}
_TYPES: Final = {"amount": "Integer", "level": "String"}
_SUM: Final = "for (int i = 0; i < 100; i++) { if (i % 3 == 0) s += i * amount; }"
CONDITIONS: Final = {
    "java": 'return amount > 100 && "gold".equals(level);',
    "mvel": "amount > 100 && level == 'gold'",
    "feel": 'amount > 100 and level = "gold"',
    "juel": "${amount > 100 && level == 'gold'}",
    "python": "amount > 100 and level == 'gold'",
    "javascript": "amount > 100 && level === 'gold'",
    "xpath": "$amount > 100 and $level = 'gold'",
}
SIMPLE: Final = {
    "java": "return amount > 100;",
    "mvel": "amount > 100",
    "feel": "amount > 100",
    "juel": "${amount > 100}",
    "python": "amount > 100",
    "javascript": "amount > 100",
    "xpath": "$amount > 100",
}
SCRIPTS: Final = {
    "java": f"long s = 0; {_SUM} return s;",
    "mvel": f"long s = 0; {_SUM} s;",
    "feel": "sum(for i in 0..99 return if modulo(i, 3) = 0 then i * amount else 0)",
    "python": "s = 0\nfor i in range(100):\n    if i % 3 == 0:\n        s += i * amount\ns",
    "javascript": "let s = 0; for (let i = 0; i < 100; i++) if (i % 3 == 0) s += i * amount; s",
}
_NATIVE: Final = {
    "simple condition": "amount > 100",
    "condition": "amount > 100 && level === 'gold'",
    "script": (
        "(() => { let s = 0; for (let i = 0; i < 100; i++) if (i % 3 == 0) s += i * amount;"
        " return s; })()"
    ),
}
_ROUNDS: Final = 40


def _simple(values: dict[str, Any]) -> bool:
    return bool(values["amount"] > 100)


def _both(values: dict[str, Any]) -> bool:
    return bool(values["amount"] > 100 and values["level"] == "gold")


def _loop(values: dict[str, Any]) -> int:
    s = 0
    for i in range(100):
        if i % 3 == 0:
            s += i * values["amount"]
    return s


_PYTHON: Final = {"simple condition": _simple, "condition": _both, "script": _loop}
_TEXTS: Final = {"simple condition": SIMPLE, "condition": CONDITIONS, "script": SCRIPTS}


def context() -> ScriptContext:
    """What the texts see."""
    now = datetime(2024, 1, 5, tzinfo=UTC)
    return ScriptContext(lambda name: VARIABLES.get(name, UNDEFINED), now, 1, 1, "bench")


def runner(language: str, text: str) -> Callable[[], Any]:
    """A text of ours, compiled once."""
    purpose = Purpose.EXPRESSION if language != "java" else Purpose.CONDITION
    word = "" if language == "mvel" else language
    script = Evaluator().compile(word, text, purpose, ScriptScope(types=_TYPES))
    given, limits = context(), Limits()
    return lambda: script.run(given, limits).value


def _quickjs(text: str) -> Callable[[], Any]:
    engine = quickjs.Context()
    engine.eval(f"function f(amount, level) {{ return {text}; }}")
    call = engine.get("f")
    return lambda: call(VARIABLES["amount"], VARIABLES["level"])


def _python(function: Callable[[dict[str, Any]], Any]) -> Callable[[], Any]:
    return lambda: function(VARIABLES)


def cost(run: Callable[[], Any], rounds: int = _ROUNDS) -> float:
    """Microseconds of CPU per run, the best of many short ones."""
    count, best = 1, float("inf")
    for _ in range(rounds):
        begun = time.thread_time_ns()
        for _ in range(count):
            run()
        spent = time.thread_time_ns() - begun
        best = min(best, spent / count / 1_000)
        if spent < 2_000_000:
            count = min(count * 4, 20_000)
    return best


def run(
    wanted: Callable[[str], bool], *, peers: bool = True
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each kind of text in each language."""
    for kind, texts in _TEXTS.items():
        runs = {language: runner(language, text) for language, text in texts.items()}
        if peers:
            runs["QuickJS itself"] = _quickjs(_NATIVE[kind])
            runs["plain Python"] = _python(_PYTHON[kind])
        for language, one in runs.items():
            name = f"{NAME}/{kind}/{language}"
            if wanted(name):
                micros = cost(one)
                yield name, {"per_second": round(1e6 / micros), "cpu_us": round(micros, 2)}
