"""Python: a safe subset, read with the standard ``ast`` module and run by our machine.

Values, statements, functions and comprehensions of everyday Python. Nothing of the host's Python is
ever reached: names are locals, process variables and the functions of
:mod:`procession.scripting.pythonic`, methods come from its tables and from the library of
:mod:`procession.scripting.library` (``kcontext`` included). No classes, decorators, generators,
``async``, ``global``, ``with``, ``match``; imports are of Java classes, or of ``math`` and the
like, whose functions are there anyway. A process variable that is assigned to is set when the
script ends. Statements stand in :mod:`~procession.scripting.languages.python_statements`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final, Never

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.languages.cursor import MAX_NESTING
from procession.scripting.objects import LINKED_MAP, LINKED_SET, ListObject, from_pairs, set_of
from procession.scripting.pythonic import elements, forms, operators, texts
from procession.scripting.pythonic.functions import (
    BUILTINS,
    CONSTANTS,
    MATH,
    called,
    instance_of,
)
from procession.scripting.pythonic.methods import NAMES, caller
from procession.scripting.tree import Expr
from procession.values import Value

MAX_SOURCE: Final = 100_000
HOSTS: Final = frozenset({"kcontext", "context"})
BINARY: Final[dict[type, str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_UNARY: Final[dict[type, Callable[..., Value]]] = {
    ast.Not: operators.opposite,
    ast.USub: operators.negative,
    ast.UAdd: operators.positive,
    ast.Invert: operators.inverted,
}
_COMPARE: Final[dict[type, Callable[..., Value]]] = {
    ast.Eq: operators.equal,
    ast.NotEq: operators.unequal,
    ast.Lt: operators.ordering("<"),
    ast.LtE: operators.ordering("<="),
    ast.Gt: operators.ordering(">"),
    ast.GtE: operators.ordering(">="),
    ast.In: operators.contained,
    ast.NotIn: operators.absent,
    ast.Is: operators.identical,
    ast.IsNot: operators.different,
}


class Reader:
    """Reads expressions into our tree; ``known`` are the names that the text itself gives."""

    def __init__(self, known: frozenset[str], offset: int = 0) -> None:
        self.known = [known]
        self.depth = 0
        self.offset = offset

    def place(self, node: Any) -> dict[str, Any]:
        """Where a node stands."""
        line = getattr(node, "lineno", 1)
        return {"line": line, "column": getattr(node, "col_offset", 0) + 1 - self.offset}

    def refuse(self, node: Any, what: str) -> Never:
        """Complain about a node."""
        raise ScriptSyntax(what, **self.place(node))

    def is_own(self, name: str) -> bool:
        """Whether the text itself gives this name."""
        return any(name in names for names in self.known)

    def checked(self, name: str, node: Any) -> str:
        """A name that may be used."""
        if name.startswith("__") or (isinstance(node, ast.Attribute) and name.startswith("_")):
            self.refuse(node, f"'{name}' is not available in scripts")
        return name

    def expr(self, node: ast.expr) -> Expr:
        """An expression."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.refuse(node, f"nested more than {MAX_NESTING} levels deep")
        rule = _RULES.get(type(node))
        if rule is None:
            self.refuse(node, f"{_word(node)} is not part of the Python that scripts may use")
        made = rule(self, node)
        self.depth -= 1
        return made

    def all(self, nodes: list[ast.expr]) -> tuple[Expr, ...]:
        """Several expressions."""
        for node in nodes:
            if isinstance(node, ast.Starred):
                self.refuse(node, "'*' is not available in scripts")
        return tuple([self.expr(node) for node in nodes])

    def apply(self, node: Any, function: Callable[..., Value], *args: Expr) -> Expr:
        """An operation."""
        return tree.Apply(function, args, **self.place(node))

    def test(self, node: ast.expr) -> Expr:
        """An expression as a condition."""
        return self.apply(node, operators.truth, self.expr(node))

    # -- rules ---------------------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> Expr:
        """A literal."""
        value = node.value
        if isinstance(value, complex | bytes) or value is ...:
            self.refuse(node, f"{_word(node)} of this kind is not available in scripts")
        if isinstance(value, int) and not isinstance(value, bool):
            value = operators.shaped(value)
        return tree.Literal(value, **self.place(node))

    def name(self, node: ast.Name) -> Expr:
        """A name."""
        name = self.checked(node.id, node)
        if not self.is_own(name) and name in BUILTINS:
            return tree.Form(forms.builtin(name), (), **self.place(node))
        return tree.Name(name, **self.place(node))

    def attribute(self, node: ast.Attribute) -> Expr:
        """``owner.name``."""
        name = self.checked(node.attr, node)
        if isinstance(node.value, ast.Name) and node.value.id == "math" and name in CONSTANTS:
            return tree.Literal(CONSTANTS[name], **self.place(node))
        return tree.Field(self.expr(node.value), name, **self.place(node))

    def subscript(self, node: ast.Subscript) -> Expr:
        """``owner[at]``, ``owner[a:b]``."""
        owner, at = self.expr(node.value), node.slice
        if isinstance(at, ast.Slice):
            ends = [
                self.expr(end) if end else tree.Literal(None)
                for end in (at.lower, at.upper, at.step)
            ]
            return self.apply(node, elements.sliced, owner, *ends)
        return self.apply(node, elements.subscript, owner, self.expr(at))

    def unary(self, node: ast.UnaryOp) -> Expr:
        """``not a``, ``-a``."""
        return self.apply(node, _UNARY[type(node.op)], self.expr(node.operand))

    def binary(self, node: ast.BinOp) -> Expr:
        """``a + b``: those of one chain do not nest."""
        rest: list[ast.BinOp] = []
        at: ast.expr = node
        while isinstance(at, ast.BinOp):
            rest.append(at)
            at = at.left
        made = self.expr(at)
        operations: list[Callable[..., Value]] = []
        operands: list[Expr] = []
        for one in reversed(rest):
            if type(one.op) not in BINARY:
                self.refuse(one, "this operator is not available in scripts")
            operations.append(operators.calculation(BINARY[type(one.op)]))
            operands.append(self.expr(one.right))
        if len(operations) == 1:
            return self.apply(node, operations[0], made, operands[0])
        return tree.Form(forms.chain(operations), (made, *operands), **self.place(node))

    def logical(self, node: ast.BoolOp) -> Expr:
        """``a and b``: gives the operand that decides."""
        make = forms.choice(isinstance(node.op, ast.Or))
        return tree.Form(make, self.all(node.values), **self.place(node))

    def comparison(self, node: ast.Compare) -> Expr:
        """``a < b <= c``."""
        operations = [_COMPARE[type(op)] for op in node.ops]
        operands = self.all([node.left, *node.comparators])
        if len(operations) == 1:
            return self.apply(node, operations[0], *operands)
        return tree.Form(forms.comparisons(operations), operands, **self.place(node))

    def ternary(self, node: ast.IfExp) -> Expr:
        """``a if test else b``."""
        parts = (self.test(node.test), self.expr(node.body), self.expr(node.orelse))
        return tree.Ternary(*parts, **self.place(node))

    def listed(self, node: ast.List | ast.Tuple) -> Expr:
        """``[a, b]`` and ``(a, b)``."""
        kind = operators.TUPLE if isinstance(node, ast.Tuple) else ""

        def make(f: Any, *items: Value) -> Value:
            f.allocate(len(items) + 2)
            return ListObject(items, kind) if kind else ListObject(items)

        return self.apply(node, make, *self.all(node.elts))

    def set(self, node: ast.Set) -> Expr:
        """``{a, b}``."""
        return self.apply(
            node, lambda f, *items: set_of(items, LINKED_SET, f), *self.all(node.elts)
        )

    def dict(self, node: ast.Dict) -> Expr:
        """``{a: b}``."""
        keys = [key for key in node.keys if key is not None]
        if len(keys) != len(node.keys):
            self.refuse(node, "'**' is not available in scripts")
        count = len(keys)

        def make(f: Any, *items: Value) -> Value:
            pairs = zip(items[:count], items[count:], strict=True)
            return from_pairs(pairs, LINKED_MAP, f)

        return self.apply(node, make, *self.all(keys), *self.all(node.values))

    def joined(self, node: ast.JoinedStr) -> Expr:
        """``f"…"``."""
        return self.apply(node, texts.joined, *self.all(node.values))

    def formatted(self, node: ast.FormattedValue) -> Expr:
        """``{value:spec}`` inside of ``f"…"``."""
        value = self.expr(node.value)
        if node.conversion == ord("r"):
            value = self.apply(node, texts.quoted, value)
        spec = self.expr(node.format_spec) if node.format_spec else tree.Literal("")
        return self.apply(node, texts.formatted, value, spec)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Expr:
        """``[a for b in c if d]`` and its sisters; a generator is a list here."""
        collect = forms.COLLECTED[type(node).__name__]
        return self.apply(node, collect, self._generated(node, node.generators))

    def _generated(self, node: Any, generators: list[ast.comprehension]) -> Expr:
        first, *rest = generators
        if first.is_async:
            self.refuse(node, "async is not available in scripts")
        names = loop_names(self, first.target)
        source = self.expr(first.iter)
        self.known.append(frozenset(names))
        tests = [self.test(test) for test in first.ifs]
        if rest:
            body = self._generated(node, rest)
        elif isinstance(node, ast.DictComp):
            pair = ast.List([node.key, node.value], ast.Load())
            body = self.expr(ast.copy_location(pair, node))
        else:
            body = self.expr(node.elt)
        self.known.pop()
        is_single = isinstance(first.target, ast.Name)
        make = forms.each(len(tests), is_single, bool(rest))
        return tree.Form(make, (source,), (*tests, body), tuple(names), **self.place(node))

    def nameless(self, node: ast.Lambda) -> Expr:
        """``lambda a: b``."""
        names = self.parameters(node.args)
        self.known.append(frozenset(names))
        result = tree.Return(self.expr(node.body), **self.place(node))
        self.known.pop()
        return tree.Lambda(names, tree.Block((result,)), **self.place(node))

    def parameters(self, given: ast.arguments) -> tuple[str, ...]:
        """The names of a function's parameters."""
        more = (given.posonlyargs, given.kwonlyargs, given.defaults, given.vararg, given.kwarg)
        if any(more):
            where = given.args[0] if given.args else None
            self.refuse(where, "functions take plain parameters only in scripts")
        return tuple([self.checked(arg.arg, arg) for arg in given.args])

    def call(self, node: ast.Call) -> Expr:
        """``function(…)``, ``owner.method(…)``."""
        function, keywords = node.func, [word.arg or "" for word in node.keywords]
        if "" in keywords:
            self.refuse(node, "'**' is not available in scripts")
        given = [*node.args, *[word.value for word in node.keywords]]
        if isinstance(function, ast.Attribute):
            return self._method(node, function, given, tuple(keywords))
        if not isinstance(function, ast.Name):
            return self.apply(node, called, self.expr(function), *self.all(given))
        name = self.checked(function.id, function)
        if self.is_own(name):
            if keywords:
                self.refuse(node, "arguments of a script's own functions are given by position")
            return self.apply(
                node, called, tree.Name(name, **self.place(function)), *self.all(given)
            )
        if name == "isinstance" and len(given) == 2 and not keywords:
            return self._instance(node, given)
        builtin = BUILTINS.get(name)
        if builtin is not None:
            return self.apply(node, forms.keyworded(builtin, tuple(keywords)), *self.all(given))
        if name[:1].isupper() and not keywords:
            kind = tree.TypeName(self.exception(name))
            return tree.New(kind, self.all(given), **self.place(node))
        return tree.Call(None, name, self.all(given), **self.place(node))

    def exception(self, name: str) -> str:
        """The Java class that a class of Python stands for."""
        return forms.EXCEPTIONS.get(name, name)

    def _instance(self, node: ast.Call, given: list[ast.expr]) -> Expr:
        kinds = given[1].elts if isinstance(given[1], ast.Tuple) else [given[1]]
        names = [kind.id if isinstance(kind, ast.Name) else "" for kind in kinds]
        if not set(names) <= forms.KINDS:
            self.refuse(node, f"isinstance knows {', '.join(sorted(forms.KINDS))}")
        literals = [tree.Literal(name) for name in names]
        return self.apply(node, instance_of, self.expr(given[0]), *literals)

    def _method(
        self,
        node: ast.Call,
        function: ast.Attribute,
        given: list[ast.expr],
        keywords: tuple[str, ...],
    ) -> Expr:
        name = self.checked(function.attr, function)
        owner = function.value
        first = _first(owner)
        if first == "math" and isinstance(owner, ast.Name) and name in MATH:
            return self.apply(node, MATH[name], *self.all(given))
        is_class = first is not None and not self.is_own(first) and first[:1].isupper()
        if name in NAMES and first not in HOSTS and not is_class:
            method = caller(name, len(given), keywords)
            return self.apply(node, method, self.expr(owner), *self.all(given))
        if keywords:
            self.refuse(node, f"{name}(…) takes no named arguments in scripts")
        return tree.Call(self.expr(owner), name, self.all(given), **self.place(function))


def _first(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def loop_names(reader: Reader, target: ast.expr) -> list[str]:
    """The plain names that a loop runs over."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = []
    for part in parts:
        if not isinstance(part, ast.Name):
            reader.refuse(target, "a loop runs over plain names")
        names.append(reader.checked(part.id, part))
    return names


def _word(node: ast.AST) -> str:
    return forms.WORDS.get(type(node).__name__, type(node).__name__)


_RULES: Final[dict[type, Callable[..., Expr]]] = {
    ast.Constant: Reader.constant,
    ast.Name: Reader.name,
    ast.Attribute: Reader.attribute,
    ast.Subscript: Reader.subscript,
    ast.UnaryOp: Reader.unary,
    ast.BinOp: Reader.binary,
    ast.BoolOp: Reader.logical,
    ast.Compare: Reader.comparison,
    ast.IfExp: Reader.ternary,
    ast.List: Reader.listed,
    ast.Tuple: Reader.listed,
    ast.Set: Reader.set,
    ast.Dict: Reader.dict,
    ast.JoinedStr: Reader.joined,
    ast.FormattedValue: Reader.formatted,
    ast.ListComp: Reader.comprehension,
    ast.SetComp: Reader.comprehension,
    ast.GeneratorExp: Reader.comprehension,
    ast.DictComp: Reader.comprehension,
    ast.Lambda: Reader.nameless,
    ast.Call: Reader.call,
}
