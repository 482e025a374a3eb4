"""Sets of all kinds."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.hashing import Hashed
from procession.scripting.library.arguments import collection, rest
from procession.scripting.library.functions import invoke
from procession.scripting.library.list_operations import (
    COLLECTION_NAME,
    add_item,
    contains_all,
    iterator,
    keep,
    to_array,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    HASH_SET,
    LINKED_SET,
    TREE_SET,
    FunctionObject,
    SetObject,
    set_of,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value


def _new_set(kind: str) -> Function:
    def make(f: Frame, source: Value = None, factor: Value = None) -> SetObject:
        made = SetObject(kind)
        if isinstance(source, FunctionObject):
            by_order(f, made, source)
            return made
        if source is None or type(source) is int:
            made.presize(source or 16)
            return made
        items = collection(source, f)
        made.presize(max(int(len(items) / 0.75) + 1, 16))
        for item in items:
            made.add(item, f)
        return made

    return make


def by_order(f: Frame, made: Hashed, order: Value) -> None:
    """Let a comparator say what comes first and what is the same."""
    made.view = order
    made.less = lambda one, other: int(invoke(f, order, one, other))


def add_members(f: Frame, o: SetObject, more: Value) -> bool:
    """``addAll``."""
    return sum([o.add(item, f) for item in list(collection(more, f))]) > 0


def add_one(f: Frame, o: Value, item: Value) -> bool:
    """``Collection.add``."""
    return o.add(item, f) if isinstance(o, SetObject) else add_item(f, o, item)


def _edge(at: int) -> Function:
    def edge(f: Frame, o: SetObject) -> Value:
        members = o.members(f)
        if not members:
            raise throw("java.util.NoSuchElementException")
        return members[at]

    return edge


def _clear_set(f: Frame, o: SetObject) -> None:
    o.writable()
    o.entries.clear()


SET: Final = JavaClass("java.util.Set", SetObject, parents=(COLLECTION_NAME,))
SET.all(
    {
        "boolean add(Object)": lambda f, o, v: o.add(v, f),
        "boolean addAll(Collection)": add_members,
        "boolean remove(Object)": lambda f, o, v: o.discard(v, f),
        "boolean removeAll(Collection)": lambda f, o, c: keep(f, o, c, False),
        "boolean retainAll(Collection)": lambda f, o, c: keep(f, o, c, True),
        "boolean contains(Object)": lambda f, o, v: _member(f, o, v),
        "boolean containsAll(Collection)": contains_all,
        "int size()": lambda f, o: len(o),
        "boolean isEmpty()": lambda f, o: not o.entries,
        "void clear()": _clear_set,
        "Iterator iterator()": iterator,
        "Object[] toArray()": to_array,
        "Object[] toArray(Object[])": to_array,
        "Object first()": _edge(0),
        "Object last()": _edge(-1),
    }
)


def _member(f: Frame, o: SetObject, value: Value) -> bool:
    return o.holds(value, f)


_PARENTS: Final = {
    LINKED_SET: (HASH_SET, "java.util.Set"),
    TREE_SET: ("java.util.NavigableSet", "java.util.Set"),
}


def _set_class(name: str) -> JavaClass:
    made = JavaClass(name, parents=_PARENTS.get(name, ("java.util.Set",)))
    make = _new_set(name)
    simple = made.simple
    made.all({f"{simple}()": make, f"{simple}(Object)": make, f"{simple}(int, float)": make})
    return made


SETS: Final = [_set_class(name) for name in (HASH_SET, LINKED_SET, TREE_SET)]


def constant_set(f: Frame, *items: Value) -> SetObject:
    """``Set.of``: a set that does not change."""
    members = rest(items)
    made = SetObject(LINKED_SET)
    for member in members:
        if member is None:
            raise null_pointer("a member")
        if not made.add(member, f):
            raise throw("IllegalArgumentException", f"duplicate element: {f.text(member)}")
    made.changed, made.frozen = False, True
    return made


def _copied(f: Frame, o: Value) -> SetObject:
    made = set_of(collection(o, f), LINKED_SET, f)
    made.frozen = True
    return made


SET.add("static Set of(Object...)", constant_set)
SET.add("static Set copyOf(Collection)", _copied)

CLASSES: Final = [
    SET,
    *SETS,
    JavaClass("java.util.SortedSet", parents=("java.util.Set",)),
    JavaClass("java.util.NavigableSet", parents=("java.util.SortedSet",)),
]
