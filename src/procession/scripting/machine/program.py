"""A compiled text: what the evaluator hands out."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Final

import procession.scripting.machine.every_node  # noqa: F401 - registers what a compiler knows
from procession.core.ports import (
    Limits,
    Purpose,
    ScriptContext,
    ScriptResult,
    ScriptScope,
    ScriptSyntax,
)
from procession.errors import LimitExceeded
from procession.scripting.budgeting import within_budget
from procession.scripting.frame import Frame
from procession.scripting.machine.compiler import Compiler
from procession.scripting.machine.statements import HOST_ERRORS, sequence
from procession.scripting.throwables import Thrown, translated
from procession.scripting.tree import Dialect, Return, Stmt
from procession.values import Value

_TRUE: Final = ScriptResult(True)
_FALSE: Final = ScriptResult(False)


class Program:
    """One compiled text; immutable, shared by all instances."""

    __slots__ = (
        "_bodies",
        "_code",
        "_data_types",
        "_place",
        "_single",
        "_size",
        "_slots",
        "_zone",
        "language",
        "source",
        "warnings",
    )

    def __init__(
        self,
        language: str,
        source: str,
        body: tuple[Stmt, ...],
        compiler: Compiler,
        zone: tzinfo = UTC,
    ) -> None:
        self.language = language
        self.source = source
        self._data_types = compiler.scope.data_types or None
        self._bodies = compiler.scope.bodies
        self._place = (body[0].line, body[0].column) if body else (1, 1)
        try:
            only = body[0] if len(body) == 1 else None
            self._single = isinstance(only, Return) and only.value is not None
            if isinstance(only, Return) and only.value is not None:
                self._code = compiler.expr(only.value)
            else:
                self._code = sequence(compiler, body)
        except RecursionError:
            raise ScriptSyntax("the script is nested too deeply") from None
        self._size = compiler.size
        self._slots = compiler.slots
        self._zone = zone
        self.warnings = tuple(compiler.warnings)

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Run it. Raises ``ScriptThrow`` for what the model may catch."""
        frame = Frame(context, limits, self._slots.copy(), self._zone)
        if context.budget is None:
            return self.evaluate(frame)
        return within_budget(frame, context.budget, limits, self.evaluate)

    def _tell(self, frame: Frame) -> None:
        if self._data_types is not None:
            frame.data_types = self._data_types
        if self._bodies:
            frame.bodies = self._bodies

    def raw(self, frame: Frame) -> Value:
        """Run it in a given frame; answers the value as the script itself has it."""
        self._tell(frame)
        try:
            frame.burn(self._size)
            found = self._code(frame)
        except Thrown as thrown:
            raise thrown.outside() from None
        except HOST_ERRORS as error:
            raise translated(error).outside() from None
        return found if self._single else frame.value

    def evaluate(self, frame: Frame) -> ScriptResult:
        """Run it in a given frame."""
        self._tell(frame)
        try:
            frame.burn(self._size)
            if self._single:
                value = self._code(frame)
                if value is True and frame.is_silent():
                    return _TRUE
                if value is False and frame.is_silent():
                    return _FALSE
                frame.value = value
            else:
                self._code(frame)
            return frame.result()
        except Thrown as thrown:
            if not thrown.line:
                thrown.line, thrown.column = self._place
            raise thrown.outside() from None
        except HOST_ERRORS as error:
            raise translated(error).outside() from None
        except MemoryError:
            raise LimitExceeded("the script needs too much memory") from None


def compile_program(
    language: str,
    source: str,
    body: tuple[Stmt, ...],
    dialect: Dialect,
    purpose: Purpose,
    scope: ScriptScope,
    imports: list[str],
    strict: bool,
    zone: tzinfo,
) -> Program:
    """Compile parsed statements."""
    compiler = Compiler(dialect, purpose, scope, imports, strict)
    return Program(language, source, body, compiler, zone)
