"""Lists, iterators and arrays as such."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, rest
from procession.scripting.library.list_operations import (
    COLLECTION_NAME,
    FIXED,
    LINKED_LIST,
    PRIORITY_QUEUE,
    QUEUE,
    STACK,
    add_all,
    add_item,
    become,
    by_kind,
    clear_list,
    contains_all,
    end_of,
    find_item,
    insert_all,
    insert_at,
    item_at,
    iterator,
    keep,
    last_of,
    list_iterator,
    maker,
    part_of,
    push_first,
    push_last,
    remove_item,
    remove_value,
    search_stack,
    set_item,
    sort_list,
    to_array,
)
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import (
    ARRAY_LIST,
    ArrayObject,
    IteratorObject,
    ListObject,
    MapObject,
    SetObject,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value

LIST: Final = JavaClass("java.util.List", ListObject, parents=(COLLECTION_NAME,))
LIST.all(
    {
        "boolean add(Object)": add_item,
        "void add(int, Object)": insert_at,
        "boolean addAll(Collection)": add_all,
        "boolean addAll(int, Collection)": insert_all,
        "Object remove()": end_of(0, take=True, strict=True),
        "Object element()": end_of(0, take=False, strict=True),
        "ListIterator listIterator()": list_iterator,
        "ListIterator listIterator(int)": list_iterator,
        "Object peekFirst()": end_of(0, take=False, strict=False),
        "Object peekLast()": end_of(-1, take=False, strict=False),
        "Object pollFirst()": end_of(0, take=True, strict=False),
        "Object pollLast()": end_of(-1, take=True, strict=False),
        "Object firstElement()": end_of(0, take=False, strict=True),
        "Object lastElement()": end_of(-1, take=False, strict=True),
        "Object elementAt(int)": item_at,
        "void addElement(Object)": add_item,
        "void removeAllElements()": clear_list,
        "boolean offerLast(Object)": add_item,
        "boolean offerFirst(Object)": lambda f, o, v: push_first(f, o, v) is v,
        "boolean empty()": lambda f, o: not o.items,
        "int search(Object)": search_stack,
        "Iterator descendingIterator()": lambda f, o: IteratorObject(o.items[::-1], o),
        "void ensureCapacity(int)": lambda f, o, n: None,
        "void trimToSize()": lambda f, o: None,
        "Object get(int)": item_at,
        "Object set(int, Object)": set_item,
        "Object remove(Object)": remove_item,
        "boolean removeElement(Object)": remove_value,
        "boolean removeAll(Collection)": lambda f, o, c: keep(f, o, c, False),
        "boolean retainAll(Collection)": lambda f, o, c: keep(f, o, c, True),
        "int size()": lambda f, o: len(o.items),
        "boolean isEmpty()": lambda f, o: not o.items,
        "boolean contains(Object)": lambda f, o, v: find_item(f, o.items, v) >= 0,
        "boolean containsAll(Collection)": contains_all,
        "int indexOf(Object)": lambda f, o, v: find_item(f, o.items, v),
        "int lastIndexOf(Object)": lambda f, o, v: (
            len(o.items) - 1 - at if (at := find_item(f, o.items[::-1], v)) >= 0 else -1
        ),
        "void clear()": clear_list,
        "List subList(int, int)": part_of,
        "Object[] toArray()": to_array,
        "Object[] toArray(Object[])": to_array,
        "Iterator iterator()": iterator,
        "void sort(Comparator)": sort_list,
        "void addFirst(Object)": push_first,
        "void addLast(Object)": add_item,
        "boolean offer(Object)": add_item,
        "Object push(Object)": by_kind(push_first, push_last),
        "Object getFirst()": end_of(0, take=False, strict=True),
        "Object getLast()": end_of(-1, take=False, strict=True),
        "Object removeFirst()": end_of(0, take=True, strict=True),
        "Object removeLast()": end_of(-1, take=True, strict=True),
        "Object peek()": by_kind(end_of(0, take=False, strict=False), last_of(False)),
        "Object poll()": end_of(0, take=True, strict=False),
        "Object pop()": by_kind(end_of(0, take=True, strict=True), last_of(True)),
    }
)


def fixed_list(f: Frame, *items: Value) -> ListObject:
    """``Arrays.asList``: a list that does not grow."""
    made = ListObject(rest(items), FIXED)
    f.allocate(len(made.items) + 2)
    made.fixed = True
    return made


def constant_list(f: Frame, *items: Value) -> ListObject:
    """``List.of``: a list that does not change."""
    made = fixed_list(f, *items)
    if any(item is None for item in made.items):
        raise null_pointer("an element")
    made.kind = "java.util.ImmutableCollections$ListN"
    made.frozen = True
    return made


LIST.add("static List of(Object...)", constant_list)
LIST.add(
    "static List copyOf(Collection)",
    lambda f, o: constant_list(f, ArrayObject(collection(o, f), "java.lang.Object")),
)
DEQUE: Final = ("java.util.Deque", "java.util.Queue")
_PARENTS: Final = {
    ARRAY_LIST: ("java.util.List", "java.util.RandomAccess"),
    LINKED_LIST: ("java.util.List", *DEQUE),
    "java.util.Vector": ("java.util.List", "java.util.RandomAccess"),
    STACK: ("java.util.Vector", "java.util.List", "java.util.RandomAccess"),
    QUEUE: (*DEQUE, COLLECTION_NAME),
    PRIORITY_QUEUE: ("java.util.Queue", COLLECTION_NAME),
}


def _list_class(name: str) -> JavaClass:
    made = JavaClass(name, parents=_PARENTS.get(name, ("java.util.List",)))
    make, simple = maker(name), made.simple
    made.all({f"{simple}()": make, f"{simple}(Object)": make})
    if name == PRIORITY_QUEUE:
        made.add(f"{simple}(int, Comparator)", make)
    return made


LISTS: Final = [
    _list_class(name)
    for name in (ARRAY_LIST, LINKED_LIST, "java.util.Vector", STACK, QUEUE, PRIORITY_QUEUE,
                 "java.util.concurrent.CopyOnWriteArrayList")
]  # fmt: skip


# -- iterators and arrays --------------------------------------------------------------------


def _next(f: Frame, o: IteratorObject) -> Value:
    if o.at >= len(o.items):
        raise throw("java.util.NoSuchElementException")
    o.at += 1
    return o.items[o.at - 1]


def _drop(f: Frame, o: IteratorObject) -> None:
    if not o.at:
        raise throw("IllegalStateException")
    last = o.items[o.at - 1]
    if isinstance(o.owner, ListObject) and isinstance(o.owner.owner, MapObject):
        become(f, o.owner, [item for item in o.owner.items if item is not last])
    elif isinstance(o.owner, ListObject):
        place = next((at for at, item in enumerate(o.owner.items) if item is last), -1)
        f.walk(len(o.owner.items))
        if place >= 0:
            o.owner.writable().pop(place)
    elif isinstance(o.owner, SetObject):
        o.owner.discard(last, f)
    elif isinstance(o.owner, MapObject):
        o.owner.remove(getattr(last, "key", last), f)


def _previous(f: Frame, o: IteratorObject) -> Value:
    if o.at <= 0:
        raise throw("java.util.NoSuchElementException")
    o.at -= 1
    return o.items[o.at]


def _set_last(f: Frame, o: IteratorObject, value: Value) -> None:
    if not o.at or not isinstance(o.owner, ListObject):
        raise throw("IllegalStateException")
    set_item(f, o.owner, o.at - 1, value)


ITERATOR: Final = JavaClass("java.util.Iterator", IteratorObject)
ITERATOR.all(
    {
        "boolean hasNext()": lambda f, o: o.at < len(o.items),
        "Object next()": _next,
        "void remove()": _drop,
        "boolean hasPrevious()": lambda f, o: o.at > 0,
        "Object previous()": _previous,
        "int nextIndex()": lambda f, o: o.at,
        "int previousIndex()": lambda f, o: o.at - 1,
        "void set(Object)": _set_last,
        "boolean hasMoreElements()": lambda f, o: o.at < len(o.items),
        "Object nextElement()": _next,
    }
)


def _clone(f: Frame, o: ArrayObject) -> ArrayObject:
    f.allocate(len(o.items) + 2)
    return ArrayObject(o.items, o.component)


ARRAY: Final = JavaClass("java.lang.Object[]", ArrayObject, doc="arrays; also .length and [i]")
ARRAY.add("Object[] clone()", _clone)


COLLECTION: Final = JavaClass(
    COLLECTION_NAME, parents=("java.lang.Iterable",), doc="lists and sets"
)
CLASSES: Final = [
    LIST,
    *LISTS,
    ITERATOR,
    ARRAY,
    COLLECTION,
    JavaClass("java.util.Queue", parents=(COLLECTION_NAME,)),
    JavaClass("java.util.Deque", parents=("java.util.Queue",)),
    JavaClass("java.util.ListIterator", parents=("java.util.Iterator",)),
    JavaClass("java.util.RandomAccess"),
    JavaClass("java.lang.Iterable"),
]
