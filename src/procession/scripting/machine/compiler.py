"""From tree to Python closures: names are settled here, once, so that running is quick.

Each node becomes a function of the :class:`~procession.scripting.frame.Frame`. A text
without loops runs each node at most once, so it is paid for by the number of its nodes; loops pay
for their bodies round by round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from procession.core.ports import Purpose, ScriptScope, ScriptSyntax
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.library.families import LIBRARY
from procession.scripting.library.process import KCONTEXT, template_names
from procession.scripting.machine.classes import Classes
from procession.scripting.machine.typed_texts import reader_of
from procession.scripting.objects import ClassObject
from procession.scripting.tree import Dialect, Expr, Node, Stmt, TypeName
from procession.values import Value

Code: TypeAlias = Callable[[Frame], Value]
UNSET: Final = object()
"""What a slot holds for a variable that was not read yet."""
_PSEUDO: Final = frozenset({"processInstanceId", "parentProcessInstanceId"})
_STRICT: Final = (Purpose.SCRIPT, Purpose.CONDITION)


class Slot:
    """Where a local lives, and the type it was declared with."""

    __slots__ = ("index", "type")

    def __init__(self, index: int, type: TypeName | None) -> None:
        self.index = index
        self.type = type


class Compiler:
    """Compiles one text."""

    def __init__(
        self,
        dialect: Dialect,
        purpose: Purpose,
        scope: ScriptScope,
        imports: list[str],
        strict: bool,
    ) -> None:
        self.dialect = dialect
        self.purpose = purpose
        self.scope = scope
        self.strict = (strict or bool(scope.types)) and purpose in _STRICT
        self.classes = Classes(LIBRARY, scope, imports, self.strict)
        self.slots: list[Value] = []
        self.scopes: list[dict[str, Slot]] = [{}]
        self.variables: dict[str, int] = {}
        self.warnings: list[str] = []
        self.labels: tuple[str, ...] = ()
        self.pending: tuple[str, ...] = ()
        """Labels of the loop that comes next."""
        self.used: set[int] = set()
        """Slots of locals that were named."""
        self.size = 0

    # -- dispatch ------------------------------------------------------------------------------

    def expr(self, node: Expr) -> Code:
        """Compile an expression."""
        self.size += 1
        return EXPRESSIONS[type(node)](self, node)

    def stmt(self, node: Stmt) -> Code:
        """Compile a statement; its function answers what happens next, None to go on."""
        self.size += 1
        return STATEMENTS[type(node)](self, node)

    # -- names ---------------------------------------------------------------------------------

    def declare(self, name: str, kind: TypeName | None, node: Node) -> Slot:
        """A new local."""
        if len(self.slots) > 10_000:
            raise ScriptSyntax("too many local variables", node.line, node.column)
        slot = Slot(len(self.slots), kind)
        self.slots.append(None)
        self.scopes[-1][name] = slot
        return slot

    def local(self, name: str) -> Slot | None:
        """The local of that name, innermost first."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def is_variable(self, name: str) -> bool:
        """Whether a name is a local, a declared variable or a declared global."""
        return (
            self.local(name) is not None
            or name in self.scope.types
            or name in self.scope.globals
            or name in self.variables
        )

    def variable_slot(self, name: str) -> int:
        """The slot that keeps a process variable, read when first needed."""
        found = self.variables.get(name)
        if found is None:
            found = self.variables[name] = len(self.slots)
            self.slots.append(UNSET)
        return found

    def text_reader(self, name: str) -> Callable[[str], Value] | None:
        """How a text held by a variable is read as its declared type, if that is needed."""
        declared = self.scope.types.get(name)
        if not declared or self.purpose is Purpose.TEMPLATE:
            return None
        return reader_of(declared)

    def host(self, name: str) -> Code | None:
        """The host object of that name, if it is one and no variable has the name."""
        if self.is_variable(name):
            return None
        if name in ("kcontext", "context"):
            return KCONTEXT
        if self.purpose in (Purpose.TEMPLATE, Purpose.EXPRESSION):
            return template_names.get(name)
        return None

    def own_function(self, node: tree.Call, args: list[Code]) -> Code | None:
        """A call without a target that this place gives a meaning, if it does."""
        return None

    def own_constant(self, owner: str, name: str) -> Value:
        """The constant of a class that this place declares, if it does."""
        return None

    def own_static(self, owner: str, name: str, args: list[Code]) -> Code | None:
        """A static method of a class that this place declares, if it does."""
        return None

    def own_object(self, node: tree.New, name: str, args: list[Code]) -> Code | None:
        """How this place makes an object of a class, if it has a way of its own."""
        return None

    def class_reference(self, node: Expr) -> ClassObject | None:
        """The class that an expression names, if it names one."""
        parts: list[str] = []
        at = node
        while isinstance(at, tree.Field) and not at.safe:
            parts.append(at.name)
            at = at.target
        if not isinstance(at, tree.Name) or self.is_variable(at.name):
            return None
        if at.name in ("kcontext", "context"):
            return None
        return self.classes.reference((at.name, *reversed(parts)))

    def check_name(self, name: str, node: Node) -> None:
        """Refuse a name that nothing can have, where we know all names."""
        known = name in self.scope.types or name in self.scope.globals or name in _PSEUDO
        if self.strict and not known and name not in self.variables:
            raise ScriptSyntax(f"Could not find variable '{name}'", node.line, node.column)

    def warn(self, node: Node, call: str, why: str) -> None:
        """Note a call that will fail when it is reached (``reference/rulings.md`` 7)."""
        self.warnings.append(f"line {node.line}: {call}: {why}")

    # -- static types --------------------------------------------------------------------------

    def static_type(self, node: Expr) -> str | None:
        """The full class name of an expression where it is certain and known, else None."""
        match node:
            case tree.Literal():
                return self.classes.of_value(node.value)
            case tree.Name():
                return self._named_type(node.name)
            case tree.New() | tree.Cast():
                return self.classes.known(node.type)
            case tree.Field():
                reference = self.class_reference(node.target)
                known = reference and LIBRARY.classes.get(reference.name)
                if known and node.name in known.constants:
                    return self.classes.of_value(known.constants[node.name])
            case tree.Call() if node.target is not None:
                return self._returned(node.target, node.name, len(node.args))
            case tree.Chain() if node.rest[0][0] == "+":
                first = self.static_type(node.first)
                return first if first == "java.lang.String" else None
        return None

    def _named_type(self, name: str) -> str | None:
        slot = self.local(name)
        if slot is not None:
            return self.classes.known(slot.type) if slot.type else None
        if self.is_variable(name):
            declared = self.scope.types.get(name) or self.scope.globals.get(name)
            return self.classes.known(TypeName(declared)) if declared else None
        return KCONTEXT_TYPE if name in ("kcontext", "context") else None

    def _returned(self, target: Expr, name: str, count: int) -> str | None:
        reference = self.class_reference(target)
        if reference is not None:
            known = LIBRARY.classes.get(reference.name)
            member = known.statics.get((name, count)) if known else None
        else:
            owner = self.static_type(target)
            member = self.classes.method(owner, name, count) if owner else None
        return self.classes.known(TypeName(member.returns)) if member else None


KCONTEXT_TYPE: Final = "org.kie.api.runtime.process.ProcessContext"
Rule: TypeAlias = Callable[[Compiler, Value], Code]
EXPRESSIONS: Final[dict[type, Rule]] = {}
STATEMENTS: Final[dict[type, Rule]] = {}


def expression(*kinds: type) -> Callable[[Rule], Rule]:
    """Register how expressions of these kinds are compiled."""

    def register(rule: Rule) -> Rule:
        EXPRESSIONS.update(dict.fromkeys(kinds, rule))
        return rule

    return register


def statement(*kinds: type) -> Callable[[Rule], Rule]:
    """Register how statements of these kinds are compiled."""

    def register(rule: Rule) -> Rule:
        STATEMENTS.update(dict.fromkeys(kinds, rule))
        return rule

    return register
