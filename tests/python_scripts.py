"""A tiny evaluator for tests of elements: Python texts, so that no language room is needed."""

from __future__ import annotations

import re
from typing import Any

from procession.bpmn.compiler import Compilation, compile_document
from procession.core.graph import ProcessDefinition
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
from procession.testing import Model, Run, compile_model, start

ANCESTORS = {
    "java.lang.RuntimeException": ("java.lang.RuntimeException", "java.lang.Exception"),
}


class Kcontext:
    """What scripts call to set variables."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.changes: list[tuple[str, Any]] = []

    def setVariable(self, name: str, value: Any) -> None:
        self.changes.append((name, value))
        self.names.set[name] = value

    def getVariable(self, name: str) -> Any:
        return self.names.get(name)


class Names(dict[str, Any]):
    """Variables by name, looked up when they are asked for."""

    def __init__(self, context: ScriptContext) -> None:
        super().__init__(__builtins__={"str": str, "len": len, "dict": dict})
        self.context = context
        self.set: dict[str, Any] = {}

    def __missing__(self, name: str) -> Any:
        if name in self.set:
            return self.set[name]
        value = self.context.lookup(name)
        if value is UNDEFINED:
            raise NameError(name)
        return value


class PythonScript:
    """A compiled text."""

    def __init__(self, language: str, source: str, purpose: Purpose) -> None:
        self.language, self.source, self.purpose = language, source, purpose
        self.warnings: tuple[str, ...] = ()
        self.thrown = re.fullmatch(r"throw (\S+)(?: (.*))?", source.strip())
        self.code = None
        if purpose is not Purpose.TEMPLATE and not self.thrown:
            mode = "exec" if purpose is Purpose.SCRIPT else "eval"
            try:
                self.code = compile(source.strip(), "<script>", mode)
            except SyntaxError as fault:
                raise ScriptSyntax(str(fault.msg), fault.lineno or 1) from None

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        names = Names(context)
        if self.thrown:
            name = self.thrown[1]
            raise ScriptThrow(name, self.thrown[2], supertypes=ANCESTORS.get(name, (name,)))
        if self.purpose is Purpose.TEMPLATE:
            return ScriptResult(self._template(names))
        kcontext = names.set["kcontext"] = Kcontext(names)
        try:
            value = eval(self.code, {"__builtins__": {}}, names)  # type: ignore[arg-type]
        except Exception as fault:
            raise ScriptThrow("java.lang.RuntimeException", str(fault)) from None
        return ScriptResult(value, tuple(kcontext.changes))

    def _template(self, names: Names) -> Any:
        def one(match: re.Match[str]) -> Any:
            try:
                value = eval(match[1], {"__builtins__": {}}, names)
            except Exception:
                return match[0]
            return "" if value is None else value

        whole = re.fullmatch(r"#\{([^}\s]+)\}", self.source)
        if whole:
            return one(whole)
        return re.sub(r"#\{([^}\s]+)\}", lambda m: str(one(m)), self.source)


NOWHERE = ScriptScope()


class PythonEvaluator:
    """Compiles Python for tests."""

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = NOWHERE
    ) -> PythonScript:
        return PythonScript(language, source, purpose)


def play(process: Model | str, **variables: Any) -> Run:
    """Compile and start a model whose scripts are Python."""
    return start(definition(process), **variables)


def definition(process: Model | str) -> ProcessDefinition:
    """A model whose scripts are Python, compiled."""
    return compile_model(process, evaluator=PythonEvaluator())


def compiled(process: Model | str, *, strict: bool = False) -> Compilation:
    """Everything that compiling a model gives, faults included."""
    xml = process if isinstance(process, str) else process.xml().decode()
    return compile_document(xml.encode(), PythonEvaluator(), resource="m.bpmn", strict=strict)


def faults(process: Model | str, *, strict: bool = False) -> list[tuple[str, str]]:
    """Element and text of each error of a model."""
    return [(p.element, p.text) for p in compiled(process, strict=strict).errors]
