"""Python's subscripts: reading, setting, deleting, slices, unpacking."""

from __future__ import annotations

from procession.scripting.equality import class_word, key_of
from procession.scripting.frame import Frame
from procession.scripting.objects import ArrayObject, BeanObject, ListObject, MapObject
from procession.scripting.pythonic.operators import TUPLE, iterated, unsuitable
from procession.scripting.throwables import throw
from procession.values import Value


def unpacked(f: Frame, value: Value, count: Value) -> ListObject:
    """The parts of what is assigned to several names at once."""
    items = iterated(f, value)
    if len(items) != count:
        what = f"{count} values expected to unpack, {len(items)} given"
        raise throw("IllegalArgumentException", what)
    return ListObject(items)


def subscript(f: Frame, owner: Value, at: Value) -> Value:
    """``owner[at]``; a position may be counted from the end."""
    if isinstance(owner, MapObject):
        entry = owner.entries.get(key_of(at, f))
        if entry is None:
            raise throw("IndexOutOfBoundsException", "no such key")
        return entry.value
    if isinstance(owner, BeanObject) and isinstance(at, str):
        return owner.fields.get(at)
    if isinstance(owner, str):
        return owner[_position(at, len(owner))]
    if isinstance(owner, ListObject | ArrayObject):
        return owner.items[_position(at, len(owner.items))]
    raise unsuitable("[]", owner, at)


def _position(at: Value, size: int) -> int:
    if not isinstance(at, int) or isinstance(at, bool):
        raise throw("ClassCastException", "an index is a whole number")
    if not -size <= at < size:
        raise throw("IndexOutOfBoundsException", f"index {int(at)} out of range, size {size}")
    return int(at) % size


def store(f: Frame, owner: Value, at: Value, value: Value) -> Value:
    """``owner[at] = value``."""
    if isinstance(owner, MapObject):
        owner.put(at, value, f)
    elif isinstance(owner, BeanObject) and isinstance(at, str):
        f.allocate(2)
        owner.fields[at] = value
        owner.changed = True
    elif isinstance(owner, ListObject) and owner.kind != TUPLE:
        owner.writable(grows=False)[_position(at, len(owner.items))] = value
    elif isinstance(owner, ArrayObject):
        owner.items[_position(at, len(owner.items))] = value
        owner.changed = True
    else:
        raise throw("ClassCastException", f"elements of {class_word(owner)} cannot be set")
    return value


def delete(f: Frame, owner: Value, at: Value) -> None:
    """``del owner[at]``."""
    if isinstance(owner, MapObject):
        subscript(f, owner, at)
        owner.remove(at, f)
    elif isinstance(owner, ListObject) and owner.kind != TUPLE:
        f.walk(len(owner.items))
        del owner.writable()[_position(at, len(owner.items))]
    else:
        raise throw("ClassCastException", f"elements of {class_word(owner)} cannot be deleted")


def sliced(f: Frame, owner: Value, start: Value, end: Value, step: Value) -> Value:
    """``owner[start:end:step]``."""
    for one in (start, end, step):
        if one is not None and not isinstance(one, int):
            raise throw("ClassCastException", "an index is a whole number")
    cut = slice(start, end, step)
    if isinstance(owner, str):
        f.make_text(len(owner))
        return str(owner)[cut]
    if isinstance(owner, ListObject | ArrayObject):
        f.walk(len(owner.items))
        f.allocate(len(owner.items))
        return ListObject(owner.items[cut])
    raise unsuitable("[:]", owner, start)
