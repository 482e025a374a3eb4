"""Functions that scripts make, and the operations and forms that languages bring along.

A function keeps its locals in the slots of the whole script; while it runs, those it had before are
put aside, so that it may call itself. Each call is paid for, and calls nest only so deep.
"""

from __future__ import annotations

from collections.abc import Callable

from procession.core.ports import UNDEFINED
from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.freezing import freeze, same
from procession.scripting.library.beans import call_bean
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.compiler import UNSET, Code, Compiler, expression, statement
from procession.scripting.machine.statements import RETURN, sequence
from procession.scripting.objects import BeanObject, FunctionObject
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value


@expression(tree.Apply)
def _apply(c: Compiler, node: tree.Apply) -> Code:
    function = node.function
    args = [c.expr(arg) for arg in node.args]
    if len(args) == 1:
        only = args[0]
        return lambda f: function(f, only(f))
    if len(args) == 2:
        left, right = args
        return lambda f: function(f, left(f), right(f))
    return lambda f: function(f, *[arg(f) for arg in args])


@expression(tree.Form)
def _form(c: Compiler, node: tree.Form) -> Code:
    outer = [c.expr(part) for part in node.outer]
    c.scopes.append({})
    slots = [c.declare(name, None, node).index for name in node.names]
    before = c.size
    parts = [c.expr(part) for part in node.parts]
    cost = c.size - before + 1
    c.scopes.pop()
    made: Code = node.make(slots, outer, parts, cost)
    return made


@expression(tree.MaybeName)
def _maybe(c: Compiler, node: tree.MaybeName) -> Code:
    name = node.name
    if c.is_variable(name):
        return c.expr(tree.Name(name, line=node.line, column=node.column))

    def read(f: Frame) -> Value:
        value = f.resolve(name)
        return None if value is UNDEFINED else value

    return read


@expression(tree.Lambda)
def _lambda(c: Compiler, node: tree.Lambda) -> Code:
    c.scopes.append({})
    low, before = len(c.slots), c.size
    itself = c.declare(node.name, None, node).index if node.name else -1
    given = [c.declare(name, None, node).index for name in node.parameters]
    outer, c.used = c.used, set()
    labels, c.labels, c.pending = c.labels, (), ()
    body = sequence(c, node.body.body)
    cost = c.size - before + 1
    c.scopes.pop()
    shared = set(c.variables.values())
    own = [at for at in range(low, len(c.slots)) if at not in shared and at != itself]
    taken = [at for at in sorted(c.used) if at < low] if c.dialect.name == "Java" else []
    c.used, c.labels = outer | c.used, labels
    arity = len(given)

    def call(f: Frame, *args: Value) -> Value:
        if len(args) != arity:
            what = f"the function takes {arity} arguments, not {len(args)}"
            raise throw("IllegalArgumentException", what)
        f.burn(cost)
        f.depth += 1
        slots, value = f.slots, f.value
        kept = [slots[at] for at in own]
        try:
            if f.depth > f.depth_limit:
                f.burn(200)
                raise throw("StackOverflowError")
            for at, arg in zip(given, args, strict=True):
                slots[at] = arg
            f.value = None
            return f.value if body(f) == RETURN else None
        finally:
            f.value = value
            f.depth -= 1
            for at, before in zip(own, kept, strict=True):
                slots[at] = before

    def make(f: Frame) -> Value:
        f.allocate(4)
        if taken:
            return _enclosing(f, arity, call, taken)
        made = FunctionObject(arity, call)
        if itself >= 0:
            f.slots[itself] = made
        return made

    return make


def _enclosing(
    f: Frame, arity: int, call: Callable[..., Value], taken: list[int]
) -> FunctionObject:
    """A function of Java keeps the locals around it as they were when it was made."""
    held = [(at, f.slots[at]) for at in taken]
    f.allocate(len(held))

    def called(f: Frame, *args: Value) -> Value:
        slots = f.slots
        kept = [slots[at] for at, _ in held]
        for at, value in held:
            slots[at] = value
        try:
            return call(f, *args)
        finally:
            for (at, _), value in zip(held, kept, strict=True):
                slots[at] = value

    return FunctionObject(arity, called)


@statement(tree.WriteBack)
def _write_back(c: Compiler, node: tree.WriteBack) -> Code:
    body = sequence(c, node.body)
    slots = [(name, c.variables[name]) for name in node.names if name in c.variables]

    def run(f: Frame) -> Value:
        sign = body(f)
        value = f.value
        for name, at in slots:
            made = f.slots[at]
            if made is UNSET or name in f.current:
                continue
            before = f.context.lookup(name)
            if before is not UNDEFINED and not same(freeze(made, f), before):
                held = f.held.get(name)
                if held is None or held[0] is not made:
                    f.set_variable(name, made)
        f.value = value
        return sign

    return run


@expression(tree.MethodReference)
def _method_reference(c: Compiler, node: tree.MethodReference) -> Code:
    reference = c.class_reference(node.target)
    name = node.name
    if reference is None:
        target = c.expr(node.target)

        def bound(f: Frame) -> Value:
            owner = target(f)
            return FunctionObject(-1, lambda f, *args: method_of(f, owner, name, args))

        return bound
    known = LIBRARY.classes.get(reference.name)

    def unbound(f: Frame, *args: Value) -> Value:
        if name == "new":
            member = known.constructors.get(len(args)) if known else None
        else:
            member = known.statics.get((name, len(args))) if known else None
        if member is not None:
            return member.function(f, *args)
        if not args or name == "new":
            what = f"{reference.name}::{name} is not available in scripts"
            raise throw("NoSuchMethodError", what)
        return method_of(f, args[0], name, args[1:])

    value = FunctionObject(-1, unbound)
    return lambda f: value


def method_of(f: Frame, owner: Value, name: str, args: tuple[Value, ...]) -> Value:
    """Call a method that is known by its name only."""
    if owner is None:
        raise null_pointer(f"{name}(…) was called on null")
    if isinstance(owner, BeanObject):
        return call_bean(f, owner, name, list(args))
    function = LIBRARY.calls(name, len(args)).get(type(owner))
    if function is None:
        what = f"{class_word(owner)}.{name} is not available in scripts"
        raise throw("NoSuchMethodError", what)
    return function(f, owner, *args)
