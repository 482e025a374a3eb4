"""Statements of the Python subset; see :mod:`~procession.scripting.languages.python`."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any, Final

from procession.core.ports import Purpose, ScriptSyntax
from procession.scripting import tree
from procession.scripting.languages.python import (
    BINARY,
    MAX_SOURCE,
    Reader,
    loop_names,
)
from procession.scripting.pythonic import elements, forms, operators
from procession.scripting.tree import Block, Dialect, Expr, Stmt, TypeName

DIALECT: Final = Dialect("Python", coerces=True)
_LIBRARIES: Final = frozenset({"math", "decimal", "datetime", "typing", "__future__"})


class Statements(Reader):
    """Reads statements."""

    def __init__(self, known: frozenset[str], offset: int = 0) -> None:
        super().__init__(known, offset)
        self.imports: list[str] = []

    def body(self, nodes: list[ast.stmt]) -> tuple[Stmt, ...]:
        """Several statements."""
        return tuple([made for node in nodes for made in self.stmt(node)])

    def block(self, nodes: list[ast.stmt]) -> Block:
        """The same as a block."""
        return Block(self.body(nodes), **self.place(nodes[0]))

    def stmt(self, node: ast.stmt) -> list[Stmt]:
        """A statement, as one or more of ours."""
        self.depth += 1
        rule = _RULES.get(type(node))
        if rule is None or self.depth > 60:
            word = forms.WORDS.get(type(node).__name__, type(node).__name__)
            what = f"{word} is not part of the Python that scripts may use"
            self.refuse(node, what if rule is None else "nested too deeply")
        made = rule(self, node)
        self.depth -= 1
        return made

    def _do(self, node: ast.stmt | ast.expr, value: Expr) -> Stmt:
        return tree.Expression(value, **self.place(node))

    def expression(self, node: ast.Expr) -> list[Stmt]:
        """An expression for its effect."""
        return [self._do(node, self.expr(node.value))]

    def assign(self, node: ast.Assign) -> list[Stmt]:
        """``a = b = value``, ``a, b = pair``."""
        made: list[Stmt] = []
        value = self.expr(node.value)
        for target in node.targets[:-1]:
            made.append(self._do(node, self._set(target, value)))
            value = self.expr(target)
        target = node.targets[-1]
        if not isinstance(target, ast.Tuple | ast.List):
            return [*made, self._do(node, self._set(target, value))]
        return [*made, *self._unpack(node, target.elts, value)]

    def _unpack(self, node: ast.stmt, targets: list[ast.expr], value: Expr) -> list[Stmt]:
        hidden = tree.Name("unpacked parts", **self.place(node))
        count = tree.Literal(len(targets))
        parts = self.apply(node, elements.unpacked, value, count)
        made: list[Stmt] = [tree.Local(None, (("unpacked parts", 0, parts),), **self.place(node))]
        for at, target in enumerate(targets):
            part = self.apply(node, elements.subscript, hidden, tree.Literal(at))
            made.append(self._do(node, self._set(target, part)))
        return [Block(tuple(made), **self.place(node))]

    def _set(self, target: ast.expr, value: Expr) -> Expr:
        match target:
            case ast.Name():
                name = tree.Name(self.checked(target.id, target), **self.place(target))
                return tree.Assign(name, "", value, **self.place(target))
            case ast.Attribute():
                field = tree.Field(
                    self.expr(target.value), self.checked(target.attr, target), **self.place(target)
                )
                return tree.Assign(field, "", value, **self.place(target))
            case ast.Subscript() if not isinstance(target.slice, ast.Slice):
                owner, at = self.expr(target.value), self.expr(target.slice)
                return self.apply(target, elements.store, owner, at, value)
        self.refuse(target, "this cannot be assigned to in scripts")

    def augmented(self, node: ast.AugAssign) -> list[Stmt]:
        """``a += b``."""
        operation = operators.calculation(BINARY.get(type(node.op), "+"))
        made = self.apply(node, operation, self.expr(node.target), self.expr(node.value))
        return [self._do(node, self._set(node.target, made))]

    def annotated(self, node: ast.AnnAssign) -> list[Stmt]:
        """``a: int = b``; the annotation says nothing here."""
        if node.value is None:
            return []
        return [self._do(node, self._set(node.target, self.expr(node.value)))]

    def conditional(self, node: ast.If) -> list[Stmt]:
        """``if … elif … else``."""
        no = self.block(node.orelse) if node.orelse else None
        return [tree.If(self.test(node.test), self.block(node.body), no, **self.place(node))]

    def loop(self, node: ast.While) -> list[Stmt]:
        """``while``."""
        if node.orelse:
            self.refuse(node, "'else' of a loop is not available in scripts")
        return [tree.While(self.test(node.test), self.block(node.body), **self.place(node))]

    def each(self, node: ast.For) -> list[Stmt]:
        """``for``."""
        if node.orelse:
            self.refuse(node, "'else' of a loop is not available in scripts")
        loop_names(self, node.target)
        source = self.apply(node, operators.looped, self.expr(node.iter))
        item = tree.Name("looped item", **self.place(node))
        if isinstance(node.target, ast.Tuple | ast.List):
            first = self._unpack(node, node.target.elts, item)
        else:
            first = [self._do(node, self._set(node.target, item))]
        body = Block((*first, *self.body(node.body)), **self.place(node))
        return [tree.ForEach(None, "looped item", source, body, **self.place(node))]

    def give_back(self, node: ast.Return) -> list[Stmt]:
        """``return``."""
        value = self.expr(node.value) if node.value else tree.Literal(None)
        return [tree.Return(value, **self.place(node))]

    def leave(self, node: ast.Break) -> list[Stmt]:
        """``break``."""
        return [tree.Break(**self.place(node))]

    def go_on(self, node: ast.Continue) -> list[Stmt]:
        """``continue``."""
        return [tree.Continue(**self.place(node))]

    def nothing(self, node: ast.Pass) -> list[Stmt]:
        """``pass``."""
        return []

    def throw(self, node: ast.Raise) -> list[Stmt]:
        """``raise``."""
        if node.exc is None:
            self.refuse(node, "raise needs an exception")
        if isinstance(node.exc, ast.Name) and not self.is_own(node.exc.id):
            kind = TypeName(self.exception(node.exc.id))
            value: Expr = tree.New(kind, (), **self.place(node))
        else:
            value = self.expr(node.exc)
        return [tree.Throw(value, **self.place(node))]

    def assertion(self, node: ast.Assert) -> list[Stmt]:
        """``assert``."""
        test = self.apply(node, operators.opposite, self.expr(node.test))
        message = (self.expr(node.msg),) if node.msg else ()
        failure = tree.New(TypeName("java.lang.AssertionError"), message, **self.place(node))
        return [tree.If(test, tree.Throw(failure, **self.place(node)), **self.place(node))]

    def guarded(self, node: ast.Try) -> list[Stmt]:
        """``try … except … finally``."""
        if node.orelse:
            self.refuse(node, "'else' of try is not available in scripts")
        catches = []
        for handler in node.handlers:
            name = handler.name or "caught"
            self.known.append(frozenset({name}))
            catches.append((self._kinds(handler), name, self.block(handler.body)))
            self.known.pop()
        last = self.block(node.finalbody) if node.finalbody else None
        return [tree.Try(self.block(node.body), tuple(catches), last, **self.place(node))]

    def _kinds(self, handler: ast.ExceptHandler) -> tuple[TypeName, ...]:
        if handler.type is None:
            return (TypeName("java.lang.Exception"),)
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        return tuple([TypeName(self.exception(ast.unparse(kind))) for kind in kinds])

    def delete(self, node: ast.Delete) -> list[Stmt]:
        """``del owner[at]``."""
        made: list[Stmt] = []
        for target in node.targets:
            if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
                self.refuse(node, "only elements can be deleted in scripts")
            parts = (self.expr(target.value), self.expr(target.slice))
            made.append(self._do(node, self.apply(node, elements.delete, *parts)))
        return made

    def function(self, node: ast.FunctionDef) -> list[Stmt]:
        """``def``: the function is held by a local of its name."""
        if node.decorator_list:
            self.refuse(node, "decorators are not available in scripts")
        names = self.parameters(node.args)
        own = assigned(node.body) - set(names)
        self.known.append(frozenset(names) | own)
        body = (*_declared(own, self.place(node)), *self.body(node.body))
        self.known.pop()
        value = tree.Lambda(names, Block(body, **self.place(node)), **self.place(node))
        target = tree.Name(self.checked(node.name, node), **self.place(node))
        return [self._do(node, tree.Assign(target, "", value, **self.place(node)))]

    def importing(self, node: ast.Import | ast.ImportFrom) -> list[Stmt]:
        """``import``: of Java classes, or of what is there without one."""
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for name in node.names:
            full = f"{module}.{name.name}" if module else name.name
            first = full.partition(".")[0]
            if first in _LIBRARIES:
                continue
            if first not in ("java", "com", "org") or name.asname or name.name == "*":
                self.refuse(node, f"import {full} is not available in scripts")
            self.imports.append(full)
        return []


def assigned(nodes: list[ast.stmt]) -> frozenset[str]:
    """The names that statements assign to, without those inside of functions."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.GeneratorExp):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _declared(names: frozenset[str], place: dict[str, Any]) -> tuple[Stmt, ...]:
    if not names:
        return ()
    return (tree.Local(None, tuple([(name, 0, None) for name in sorted(names)]), **place),)


def parse(
    source: str, purpose: Purpose, known: frozenset[str]
) -> tuple[tuple[Stmt, ...], list[str]]:
    """The statements of a text and what it imports; ``known`` are the declared variables."""
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"a Python script may have {MAX_SOURCE} characters")
    module, offset = _parsed(source, purpose)
    names = assigned(module.body)
    reader = Statements(names | known, offset)
    body = reader.body(module.body)
    functions = frozenset({n.name for n in ast.walk(module) if isinstance(n, ast.FunctionDef)})
    head = _declared(functions - known, {"line": 1, "column": 1})
    if purpose is not Purpose.SCRIPT:
        return (*head, *tree.valued(body)), reader.imports
    return (tree.WriteBack((*head, *body), tuple(sorted(names - functions))),), reader.imports


def _parsed(source: str, purpose: Purpose) -> tuple[ast.Module, int]:
    text = _outdented(source)
    if purpose is not Purpose.SCRIPT and "\n" in text.strip():
        wrapped = _read(f"({text.strip()}\n)", quiet=True)
        if wrapped is not None:
            return wrapped, 1
    if purpose is not Purpose.SCRIPT:
        text = text.strip()
    found = _read(text, quiet=False)
    assert found is not None
    return found, 0


def _read(text: str, *, quiet: bool) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        if quiet:
            return None
        message = error.msg or "this is not Python"
        raise ScriptSyntax(message, error.lineno or 1, error.offset or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise ScriptSyntax("the script cannot be read: too deep, or odd characters") from None


def _outdented(source: str) -> str:
    """The text without the indentation that all its lines share; lines keep their numbers."""
    lines = source.expandtabs(4).split("\n")
    told = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    if len(told) > 1 and not lines[0][:1].isspace() and lines[0].strip():
        return "\n".join(lines)
    margin = min([len(line) - len(line.lstrip()) for line in told], default=0)
    return "\n".join([line[margin:] if line[:margin].isspace() else line for line in lines])


_RULES: Final[dict[type, Callable[..., list[Stmt]]]] = {
    ast.Expr: Statements.expression,
    ast.Assign: Statements.assign,
    ast.AugAssign: Statements.augmented,
    ast.AnnAssign: Statements.annotated,
    ast.If: Statements.conditional,
    ast.While: Statements.loop,
    ast.For: Statements.each,
    ast.Return: Statements.give_back,
    ast.Break: Statements.leave,
    ast.Continue: Statements.go_on,
    ast.Pass: Statements.nothing,
    ast.Raise: Statements.throw,
    ast.Assert: Statements.assertion,
    ast.Try: Statements.guarded,
    ast.Delete: Statements.delete,
    ast.FunctionDef: Statements.function,
    ast.Import: Statements.importing,
    ast.ImportFrom: Statements.importing,
}
