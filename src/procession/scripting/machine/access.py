"""Properties, elements, assignment, and MVEL's inline collections."""

from __future__ import annotations

from collections.abc import Callable

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import index as position
from procession.scripting.library.beans import get_property, set_property
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.casts import NUMERIC, declared
from procession.scripting.machine.compiler import Code, Compiler, Slot, expression
from procession.scripting.machine.each import of_each
from procession.scripting.machine.expressions import (
    application,
    meaning,
    read_slot,
    read_variable,
)
from procession.scripting.machine.members import checks_field, constant_of
from procession.scripting.numerals import PRIMITIVE, RANK, narrow
from procession.scripting.objects import (
    HASH_MAP,
    ArrayObject,
    ListObject,
    MapObject,
    elements,
    from_pairs,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Char, Value


@expression(tree.Field)
def _field(c: Compiler, node: tree.Field) -> Code:
    own = c.class_reference(node)
    reference = c.class_reference(node.target)
    if reference is not None:
        known = LIBRARY.classes.get(reference.name)
        if known is not None and node.name in known.constants:
            constant = known.constants[node.name]
            return lambda f: constant
        if own is not None:
            return lambda f: own
        named = constant_of(c, reference.name, node.name)
        if named is None:
            named = c.own_constant(reference.name, node.name)
        if named is not None:
            return lambda f: named
        c.warn(node, f"{reference.name}.{node.name}", "this constant is not available in scripts")
        message = f"{reference.name}.{node.name} is not available in scripts"

        def fail(f: Frame) -> Value:
            raise throw("NoSuchFieldError", message)

        return fail
    if own is not None:
        return lambda f: own
    checks_field(c, node)
    target, name, safe = c.expr(node.target), node.name, node.safe
    getters = [LIBRARY.calls(one, 0) for one in _getters(name, c.dialect.coerces)]
    fails = c.dialect.absent_fails and not safe

    def get(f: Frame) -> Value:
        owner = target(f)
        if owner is None:
            if safe:
                return None
            raise null_pointer(f"property '{name}' of null")
        return get_property(f, owner, name, getters, fails=fails)

    return get


def _getters(name: str, loose: bool) -> list[str]:
    capital = name[:1].upper() + name[1:]
    return [f"get{capital}", f"is{capital}", *([name] if loose else [])]


@expression(tree.Index)
def _index(c: Compiler, node: tree.Index) -> Code:
    target, at = c.expr(node.target), c.expr(node.index)
    return lambda f: element(f, target(f), at(f))


def element(f: Frame, owner: Value, at: Value) -> Value:
    """``owner[at]``: of an array, a list, a map, or a letter of a text."""
    if isinstance(owner, ArrayObject):
        return owner.items[_in_array(at, len(owner.items))]
    if isinstance(owner, ListObject):
        return owner.items[position(at, len(owner.items))]
    if isinstance(owner, MapObject):
        return owner.get(at, f)
    if type(owner) is str:
        return Char(owner[position(at, len(owner))])
    if owner is None:
        raise null_pointer("element of null")
    if type(at) is str:
        return get_property(f, owner, at, [])
    raise throw("ClassCastException", f"{class_word(owner)} has no elements")


def _in_array(at: Value, size: int) -> int:
    if type(at) not in RANK or not isinstance(at, int):
        raise throw("ClassCastException", "the index of an array is a whole number")
    if not 0 <= at < size:
        what = f"Index {int(at)} out of bounds for length {size}"
        raise throw("ArrayIndexOutOfBoundsException", what)
    return int(at)


def _set_element(f: Frame, owner: Value, at: Value, value: Value) -> None:
    if isinstance(owner, ArrayObject):
        kind = owner.component
        if NUMERIC.get(kind) == kind:
            value = narrow(value, kind)
        owner.items[_in_array(at, len(owner.items))] = value
        owner.changed = True
    elif isinstance(owner, ListObject):
        owner.writable(grows=False)[position(at, len(owner.items))] = value
    elif isinstance(owner, MapObject):
        owner.put(at, value, f)
    elif owner is None:
        raise null_pointer("element of null")
    else:
        raise throw("ClassCastException", f"elements of {class_word(owner)} cannot be set")


# -- assignment ------------------------------------------------------------------------------


class Place:
    """Something assignable: ``prepare`` runs its parts once, the others get what it answered."""

    __slots__ = ("prepare", "read", "slot", "write")

    def __init__(
        self,
        prepare: Code,
        read: Callable[[Frame, Value], Value],
        write: Callable[[Frame, Value, Value], None],
        slot: Slot | None = None,
    ) -> None:
        self.prepare = prepare
        self.read = read
        self.write = write
        self.slot = slot


def _place(c: Compiler, target: tree.Expr) -> Place:
    if isinstance(target, tree.Name):
        return _name_place(c, target)
    if isinstance(target, tree.Index):
        owner, at = c.expr(target.target), c.expr(target.index)
        return Place(
            lambda f: (owner(f), at(f)),
            lambda f, found: element(f, found[0], found[1]),
            lambda f, found, value: _set_element(f, found[0], found[1], value),
        )
    if not isinstance(target, tree.Field) or c.class_reference(target.target) is not None:
        raise ScriptSyntax("this cannot be assigned to", target.line, target.column)
    holder, name = c.expr(target.target), target.name
    setters = LIBRARY.calls(f"set{name[:1].upper()}{name[1:]}", 1)
    getters = [LIBRARY.calls(one, 0) for one in _getters(name, c.dialect.coerces)]
    return Place(
        holder,
        lambda f, found: get_property(f, found, name, getters),
        lambda f, found, value: set_property(f, found, name, value, setters),
    )


def _name_place(c: Compiler, target: tree.Name) -> Place:
    name = target.name
    slot = c.local(name)
    if slot is None and not c.is_variable(name):
        if c.host(name) is not None:
            raise ScriptSyntax(f"'{name}' cannot be assigned to", target.line, target.column)
        if not c.dialect.coerces:
            c.check_name(name, target)
    index = c.variable_slot(name) if slot is None else slot.index
    typed = read_variable(name, index, c.text_reader(name))
    read = typed if slot is None else read_slot(index)

    def write(f: Frame, found: Value, value: Value) -> None:
        f.slots[index] = value

    return Place(lambda f: None, lambda f, found: read(f), write, slot)


@expression(tree.Assign)
def _assign(c: Compiler, node: tree.Assign) -> Code:
    place = _place(c, node.target)
    value = c.expr(node.value)
    convert = declared(c, place.slot.type) if place.slot else None
    prepare, read, write = place.prepare, place.read, place.write
    apply = meaning(c, node.op) if node.op else None
    narrows = apply is not None and convert is None and not c.dialect.coerces

    def assign(f: Frame) -> Value:
        found = prepare(f)
        if apply is None:
            made = value(f)
        else:
            before = read(f, found)
            made = apply(f, before, value(f))
            if narrows and type(made) is not type(before) and type(before) in PRIMITIVE:
                made = narrow(made, PRIMITIVE[type(before)])
        if convert is not None:
            made = convert(f, made)
        write(f, found, made)
        return made

    return assign


@expression(tree.Step)
def _step(c: Compiler, node: tree.Step) -> Code:
    place = _place(c, node.target)
    apply, before = application(node.op, False), node.before
    convert = declared(c, place.slot.type) if place.slot else None
    prepare, read, write = place.prepare, place.read, place.write

    def step(f: Frame) -> Value:
        found = prepare(f)
        old = read(f, found)
        if type(old) is str:
            raise throw("ClassCastException", f"'{node.op * 2}' needs a number")
        new = apply(f, old, 1)
        if convert is not None:
            new = convert(f, new)
        elif type(old) in PRIMITIVE and type(new) is not type(old):
            new = narrow(new, PRIMITIVE[type(old)])
        write(f, found, new)
        return new if before else old

    return step


# -- inline collections ------------------------------------------------------------------------


@expression(tree.ListLiteral)
def _list(c: Compiler, node: tree.ListLiteral) -> Code:
    items = [c.expr(item) for item in node.items]

    def make(f: Frame) -> Value:
        f.allocate(len(items) + 2)
        return ListObject([item(f) for item in items])

    return make


@expression(tree.MapLiteral)
def _map(c: Compiler, node: tree.MapLiteral) -> Code:
    pairs = [(c.expr(key), c.expr(value)) for key, value in node.pairs]
    return lambda f: from_pairs([(key(f), value(f)) for key, value in pairs], HASH_MAP, f)


@expression(tree.Projection)
def _projection(c: Compiler, node: tree.Projection) -> Code:
    source = c.expr(node.source)
    c.scopes.append({})
    item = c.declare("$", None, node).index
    before = c.size
    body = c.expr(of_each(c, node.body))
    test = c.expr(node.test) if node.test is not None else None
    cost = c.size - before + 1
    c.scopes.pop()

    def project(f: Frame) -> Value:
        over = elements(source(f), f)
        if over is None:
            raise throw("ClassCastException", "a projection needs a collection")
        made: list[Value] = []
        for one in over:
            f.burn(cost)
            f.slots[item] = one
            if test is None or test(f) is True:
                f.allocate(1)
                made.append(body(f))
        return ListObject(made)

    return project
