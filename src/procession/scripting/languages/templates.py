"""Texts with ``#{…}`` (2.5).

Each occurrence is a variable of that name, else an MVEL expression over the variables and
``nodeInstance``, ``processInstance``, ``processInstanceId``, ``parentProcessInstanceId``. Null is
the empty text, and an occurrence that fails stays as it is written. A text that is one single
occurrence gives its value with its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from procession.core.ports import (
    UNDEFINED,
    Limits,
    ScriptContext,
    ScriptResult,
    ScriptSyntax,
    ScriptThrow,
)
from procession.scripting.frame import Frame
from procession.scripting.machine.program import Program
from procession.scripting.throwables import Thrown
from procession.values import Value

_OCCURRENCE: Final = re.compile(r"#\{([^{}]*)\}")


class Template:
    """A compiled template."""

    __slots__ = ("_parts", "_zone", "language", "source", "warnings")

    def __init__(self, source: str, compile_part: Callable[[str], Program], zone: Value) -> None:
        self.language = "MVEL"
        self.source = source
        self.warnings: tuple[str, ...] = ()
        self._zone = zone
        self._parts: list[tuple[str, str, Program | None]] = []
        at = 0
        for found in _OCCURRENCE.finditer(source):
            if found.start() > at:
                self._parts.append((source[at : found.start()], "", None))
            inner = found.group(1).strip()
            try:
                program = compile_part(inner) if inner else None
            except ScriptSyntax:
                program = None
            self._parts.append((found.group(), inner, program))
            at = found.end()
        if at < len(source):
            self._parts.append((source[at:], "", None))

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Put the values in."""
        if len(self._parts) == 1:
            return ScriptResult(self._value(*self._parts[0], context, limits))
        frame = Frame(context, limits, [], self._zone)
        made: list[str] = []
        for part in self._parts:
            value = self._value(*part, context, limits)
            text = "" if value is None else frame.text(value)
            frame.make_text(len(text))
            made.append(text)
        return ScriptResult("".join(made))

    def _value(
        self, text: str, name: str, program: Program | None, context: ScriptContext, limits: Limits
    ) -> Value:
        if not name:
            return text
        value = context.lookup(name)
        if value is not UNDEFINED:
            return value
        if program is None:
            return text
        try:
            return program.run(context, limits).value
        except (ScriptThrow, Thrown):
            return text
