"""Calls and constructors: looked up in the library by the host type of the object, never on it."""

from __future__ import annotations

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.library.beans import call_bean, make_bean, make_throwable
from procession.scripting.library.families import LIBRARY
from procession.scripting.library.functions import invoke
from procession.scripting.library.process import FUNCTIONS
from procession.scripting.library.rules import OF_FACTS
from procession.scripting.library.table import MAX_ARGUMENTS, Function
from procession.scripting.machine.casts import NUMERIC, default_of
from procession.scripting.machine.compiler import Code, Compiler, expression
from procession.scripting.machine.expressions import read_slot
from procession.scripting.machine.members import checks_call, checks_new, static_call
from procession.scripting.machine.static_types import is_box, type_of
from procession.scripting.numerals import narrow
from procession.scripting.objects import ArrayObject, BeanObject, ClassObject
from procession.scripting.throwables import PARENTS, null_pointer, throw
from procession.scripting.tree import TypeName
from procession.values import Value


def _failing(kind: str, message: str) -> Code:
    def fail(f: Frame) -> Value:
        raise throw(kind, message)

    return fail


@expression(tree.Call)
def _call(c: Compiler, node: tree.Call) -> Code:
    if len(node.args) > MAX_ARGUMENTS:
        raise ScriptSyntax(f"at most {MAX_ARGUMENTS} arguments", node.line, node.column)
    if node.target is None:
        return _function(c, node)
    reference = c.class_reference(node.target)
    if reference is not None:
        return _static(c, node, reference)
    target = c.expr(node.target)
    _check_method(c, node)
    args = [c.expr(arg) for arg in node.args]
    constant = _constant(c, node.target)
    name, count = node.name, len(args)
    functions = LIBRARY.calls(name, count)
    if name == "remove" and count == 1 and is_box(type_of(c, node.args[0])):
        functions = {**functions, **LIBRARY.calls("removeElement", 1)}
    if constant is not None and type(constant) in functions:
        return _applied(functions[type(constant)], constant, args)
    return dispatched(functions, name, target, args, node.safe)


def _constant(c: Compiler, target: tree.Expr) -> Value:
    if isinstance(target, tree.Field):
        reference = c.class_reference(target.target)
        known = LIBRARY.classes.get(reference.name) if reference else None
        if known is not None:
            return known.constants.get(target.name)
    return None


def _check_method(c: Compiler, node: tree.Call) -> None:
    if checks_call(c, node):
        return
    owner = c.static_type(node.target) if node.target is not None else None
    name, count = node.name, len(node.args)
    if owner is not None:
        if c.classes.method(owner, name, count) is None:
            c.warn(node, f"{owner}.{name}(…)", "this method is not available in scripts")
    elif name in OF_FACTS:
        return
    elif not LIBRARY.knows_method(name) and name[:3] not in ("get", "set") and name[:2] != "is":
        c.warn(node, f"{name}(…)", "no class has this method in scripts")


def _applied(function: Function, target: Value, args: list[Code]) -> Code:
    if len(args) == 1:
        first = args[0]
        return lambda f: function(f, target, first(f))
    return lambda f: function(f, target, *[arg(f) for arg in args])


def dispatched(
    functions: dict[type, Function], name: str, target: Code, args: list[Code], safe: bool
) -> Code:
    """A method call that looks for the method by the host type of what it is called on."""
    find = functions.get
    first = args[0] if args else None

    def call(f: Frame) -> Value:
        owner = target(f)
        function = find(type(owner))
        if function is None:
            return other(f, owner)
        if first is None:
            return function(f, owner)
        return function(f, owner, *[arg(f) for arg in args])

    def other(f: Frame, owner: Value) -> Value:
        if owner is None:
            if safe:
                return None
            raise null_pointer(f"{name}(…) was called on null")
        given = [arg(f) for arg in args]
        if isinstance(owner, BeanObject):
            return call_bean(f, owner, name, given)
        if isinstance(owner, ClassObject) and owner.name in LIBRARY.classes:
            member = LIBRARY.classes[owner.name].statics.get((name, len(given)))
            if member is not None:
                return member.function(f, *given)
        what = f"{class_word(owner)}.{name} with {len(given)} arguments is not available in scripts"
        raise throw("NoSuchMethodError", what)

    return call


def _static(c: Compiler, node: tree.Call, reference: ClassObject) -> Code:
    args = [c.expr(arg) for arg in node.args]
    known = LIBRARY.classes.get(reference.name)
    member = known.statics.get((node.name, len(args))) if known else None
    own = None
    if member is None:
        own = static_call(c, reference.name, node, args)
        own = own or c.own_static(reference.name, node.name, args)
    if own is not None:
        return own
    if member is None:
        call = f"{reference.name}.{node.name}"
        why = "not available in scripts" if known else "the class is not available in scripts"
        c.warn(node, f"{call}(…)", why)
        return _failing("NoSuchMethodError" if known else "NoClassDefFoundError", f"{call}: {why}")
    function = member.function
    if len(args) == 1:
        first = args[0]
        return lambda f: function(f, first(f))
    return lambda f: function(f, *[arg(f) for arg in args])


def _function(c: Compiler, node: tree.Call) -> Code:
    args = [c.expr(arg) for arg in node.args]
    own = c.own_function(node, args)
    if own is not None:
        return own
    kie = LIBRARY.classes["org.jbpm.process.core.KieFunctions"]
    member = kie.statics.get((node.name, len(args)))
    function = member.function if member else FUNCTIONS.get((node.name, len(args)))
    if c.local(node.name) is not None:
        held = read_slot(c.local(node.name).index)  # type: ignore[union-attr]
        return lambda f: invoke(f, held(f), *[arg(f) for arg in args])
    if function is None:
        if c.dialect.coerces and node.name in c.variables:
            made = c.expr(tree.Name(node.name, line=node.line, column=node.column))
            return lambda f: invoke(f, made(f), *[arg(f) for arg in args])
        if c.strict and c.is_variable(node.name):
            raise ScriptSyntax(f"'{node.name}' is not a function", node.line, node.column)
        why = "no such function"
        c.warn(node, f"{node.name}(…)", why)
        return _failing("NoSuchMethodError", f"{node.name}(…): {why}")
    if member is None:
        return lambda f: function(f, None, *[arg(f) for arg in args])
    return lambda f: function(f, *[arg(f) for arg in args])


@expression(tree.New)
def _new(c: Compiler, node: tree.New) -> Code:
    args = [c.expr(arg) for arg in node.args]
    name = c.classes.full_name(node.type.name)
    own = c.own_object(node, name, args)
    if own is not None:
        return own
    known = LIBRARY.classes.get(name)
    if known is not None:
        member = known.constructors.get(len(args))
        if member is None:
            c.warn(node, f"new {name}(…)", "this constructor is not available in scripts")
            return _failing("NoSuchMethodError", f"new {name}(…) is not available in scripts")
        function = member.function

        def construct(f: Frame) -> Value:
            f.allocate(4)
            return function(f, *[arg(f) for arg in args])

        return construct
    if name in PARENTS or (c.classes.is_bean(name) and name.endswith(("Exception", "Error"))):
        return lambda f: make_throwable(f, name, [arg(f) for arg in args])
    if c.classes.is_bean(name):
        checks_new(c, node, name)
        return lambda f: make_bean(f, name, [arg(f) for arg in args])
    why = "the class is not available in scripts; import it to have its data kept"
    c.warn(node, f"new {name}(…)", why)
    return _failing("NoClassDefFoundError", f"{name}: {why}")


def _filled(items: list[Code], component: str) -> Code:
    if NUMERIC.get(component) == component:

        def numbers(f: Frame) -> Value:
            f.allocate(len(items) + 2)
            return ArrayObject([narrow(item(f), component) for item in items], component)

        return numbers

    def filled(f: Frame) -> Value:
        f.allocate(len(items) + 2)
        return ArrayObject([item(f) for item in items], component)

    return filled


@expression(tree.NewArray)
def _new_array(c: Compiler, node: tree.NewArray) -> Code:
    inner = TypeName(node.type.name, node.type.dims - 1)
    component = c.classes.full_name(inner.name) + "[]" * inner.dims
    if node.items is not None:
        return _filled([c.expr(item) for item in node.items], component)
    sizes = [c.expr(size) for size in node.sizes]
    empty = default_of(inner) if len(sizes) == node.type.dims else None
    last = default_of(TypeName(node.type.name)) if len(sizes) == node.type.dims else empty

    def make(f: Frame, wanted: list[int]) -> Value:
        size = wanted[0]
        f.bound_items(size)
        f.allocate(size + 2)
        f.walk(size)
        if len(wanted) > 1:
            return ArrayObject([make(f, wanted[1:]) for _ in range(size)], component)
        return ArrayObject([last] * size, component)

    def sized(f: Frame) -> Value:
        wanted = [size(f) for size in sizes]
        for size in wanted:
            if not isinstance(size, int) or isinstance(size, bool):
                raise throw("ClassCastException", "an array's size is a whole number")
            if size < 0:
                raise throw("NegativeArraySizeException", str(int(size)))
        return make(f, wanted)

    return sized
