"""What the names of a rule file mean: types, globals, functions, queries; and compiled texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from procession.core.live import LiveScope, LiveScripts, LiveText, Shape
from procession.core.ports import Purpose, ScriptSyntax
from procession.rules.drl.problems import Mistake
from procession.rules.matcher.network import Reader

PROCESS_NAMES: Final = frozenset(
    {"WorkflowProcessInstance", "ProcessInstance", "RuleFlowProcessInstance"}
)
_PROCESS: Final = "org.kie.api.runtime.process.WorkflowProcessInstance"
PLATFORM: Final = ("java.", "javax.", "org.kie.", "org.drools.", "org.jbpm.")


class Bound:
    """A binding: how it is read from the facts of a row, and its type where it is known."""

    __slots__ = ("read", "type_name")

    def __init__(self, read: Reader, type_name: str = "") -> None:
        self.read = read
        self.type_name = type_name


class Names:
    """What is known in one package."""

    def __init__(
        self,
        live: LiveScripts,
        package: str,
        imports: tuple[str, ...],
        globals_: Mapping[str, str],
        shapes: Mapping[str, Shape],
        known: Mapping[str, Mapping[str, str]],
        statics: tuple[str, ...] = (),
    ) -> None:
        self.live = live
        self.package = package
        self.globals = globals_
        self.shapes = shapes
        self.known = known
        self.statics = statics
        own = tuple(name for name in shapes if name.rpartition(".")[0] == package)
        self.imports = (*imports, *own)
        self.functions: dict[str, LiveText] = {}
        self.queries: dict[str, Any] = {}
        self.warnings: list[tuple[str, int]] = []

    # -- types -----------------------------------------------------------------------------------

    def type_of(self, written: str, line: int, column: int) -> str:
        """The full name of a type as written in a pattern."""
        found = self.maybe_type(written)
        if found is None:
            raise Mistake(f"the type {written} is unknown; import or declare it", line, column)
        return found

    def maybe_type(self, written: str) -> str | None:
        """The full name of a type, if it is known."""
        own = f"{self.package}.{written}" if self.package else written
        if own in self.shapes:
            return own
        for name in self.imports:
            if name == written or name.rpartition(".")[2] == written:
                return _PROCESS if written in PROCESS_NAMES else name
        if "." in written:
            return written
        platform = self.live.class_name(written, self.imports)
        if platform is not None:
            return platform
        if written in PROCESS_NAMES:
            return _PROCESS
        named = [name for name in self.known if name.rpartition(".")[2] == written]
        if len(named) == 1:
            return named[0]
        for name in self.imports:
            if name.endswith(".*"):
                inside = name[:-1] + written
                if inside in self.shapes or not name.startswith(PLATFORM):
                    return inside
        return None

    def fields(self, type_name: str) -> Mapping[str, str] | None:
        """The fields of a type with their types, where all are known."""
        shape = self.shapes.get(type_name)
        if shape is not None:
            return {name: kind for name, kind, _ in shape.fields}
        return self.known.get(type_name)

    # -- texts -----------------------------------------------------------------------------------

    def text(
        self,
        source: str,
        parameters: tuple[tuple[str, str], ...],
        line: int,
        *,
        dialect: str = "mvel",
        purpose: Purpose = Purpose.EXPRESSION,
        receiver: str = "",
        kept: tuple[str, ...] = (),
        column: int = 1,
        of_type: str = "",
    ) -> LiveText:
        """Compile a text that begins on a line of the file."""
        fields = self.fields(of_type) if receiver and of_type else None
        scope = LiveScope(
            parameters=parameters,
            receiver=receiver,
            fields=None if fields is None else frozenset(fields),
            imports=self.imports,
            globals=self.globals,
            shapes=self.shapes,
            functions=self.functions,
            kept=kept,
            statics=self.statics,
        )
        try:
            made = self.live.compile(dialect, source, purpose, scope)
        except ScriptSyntax as wrong:
            at = wrong.column if wrong.line > 1 else column
            raise Mistake(str(wrong), line + wrong.line - 1, at) from None
        self.warnings.extend((warning, line) for warning in made.warnings)
        return made
