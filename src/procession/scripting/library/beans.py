"""Objects of classes we have not got: records with properties (2.9), and exceptions."""

from __future__ import annotations

from procession.scripting.equality import class_word, equals, hash_code, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.table import Function
from procession.scripting.objects import BeanObject, ClassObject, MapObject
from procession.scripting.throwables import Throwable, throw
from procession.scripting.typed_beans import TypedBean, called, construct
from procession.values import Value


def make_bean(f: Frame, name: str, args: list[Value]) -> BeanObject:
    """``new X(a, b)``: the arguments are kept as ``arg0``, ``arg1``."""
    f.allocate(len(args) * 2 + 4)
    known = f.data_types.named(name)
    if known is not None:
        return construct(known, args, f)
    made = BeanObject(name, {f"arg{at}": value for at, value in enumerate(args)})
    made.changed = True
    return made


_OUT_OF_RANGE = {
    "java.lang.IndexOutOfBoundsException": "Index out of range: ",
    "java.lang.ArrayIndexOutOfBoundsException": "Array index out of range: ",
    "java.lang.StringIndexOutOfBoundsException": "String index out of range: ",
}


def make_throwable(f: Frame, name: str, args: list[Value]) -> Throwable:
    """``new SomeException(message, cause)``."""
    f.allocate(4)
    made = Throwable(name)
    causes = [value for value in args if isinstance(value, Throwable)]
    texts = [value for value in args if not isinstance(value, Throwable)]
    if causes:
        made.cause = causes[0]
    if texts:
        made.message = None if texts[0] is None else f.text(texts[0])
        if type(texts[0]) is int and name in _OUT_OF_RANGE:
            made.message = _OUT_OF_RANGE[name] + str(made.message)
    elif causes:
        made.message = causes[0].text()
    return made


def _decapital(name: str) -> str:
    return name if len(name) > 1 and name[:2].isupper() else name[:1].lower() + name[1:]


def call_bean(f: Frame, bean: BeanObject, name: str, args: list[Value]) -> Value:
    """A method of a data bean: getters and setters, ``toString``, ``equals``, ``hashCode``."""
    own = bean.method(name, len(args))
    if own is not None:
        return own(f, bean, *args)
    if len(args) == 1 and name.startswith("set") and len(name) > 3:
        set_field(f, bean, _decapital(name[3:]), args[0])
        return None
    if not args and isinstance(bean, TypedBean) and name != "getClass":
        field = bean.type.field_of(name, 0)
        if field is not None:
            return bean.fields[field]
    elif not args and name.startswith("get") and len(name) > 3 and name != "getClass":
        return bean.fields.get(_decapital(name[3:]))
    elif not args and name.startswith("is") and len(name) > 2:
        value = bean.fields.get(_decapital(name[2:]))
        return False if value is None else value
    if not args and name == "toString":
        return f.text(bean)
    if not args and name == "hashCode":
        return hash_code(bean, f)
    if not args and name == "getClass":
        return ClassObject(bean.type_name)
    if len(args) == 1 and name == "equals":
        return equals(bean, args[0], f)
    if not args and name in bean.fields:
        return bean.fields[name]
    body = f.bodies.get(f"{bean.type_name}.{name}")
    if body is not None:
        return called(body, f"{bean.type_name}.{name}")(f, bean, *args)
    what = f"{bean.type_name}.{name}: only the data of this class is available in scripts"
    raise throw("NoSuchMethodError", what)


def set_field(f: Frame, bean: BeanObject, name: str, value: Value) -> None:
    """Set a property of a bean."""
    if name not in bean.fields:
        f.allocate(2)
    bean.put(name, value)


def _accessed(f: Frame, owner: TypedBean, name: str) -> Value:
    """A property that is no field: what a getter with a body gives."""
    capital = name[:1].upper() + name[1:]
    for getter in (f"get{capital}", f"is{capital}", name):
        if f"{owner.type_name}.{getter}" in f.bodies:
            return call_bean(f, owner, getter, [])
    what = f"unresolvable property: {name} of {owner.type_name}"
    raise throw("org.mvel2.PropertyAccessException", what)


def _entry(f: Frame, owner: MapObject, name: str) -> Value:
    entry = owner.entries.get(key_of(name, f))
    if entry is None:
        what = f"unresolvable property: {name} of a map without that key"
        raise throw("org.mvel2.PropertyAccessException", what)
    return entry.value


def get_property(
    f: Frame,
    owner: Value,
    name: str,
    getters: list[dict[type, Function]],
    *,
    fails: bool = False,
) -> Value:
    """``owner.name``: a bean's field, a map's entry, or what a getter gives.

    ``fails`` where a map without that key has no such property.
    """
    if isinstance(owner, BeanObject):
        if isinstance(owner, TypedBean) and name not in owner.fields:
            return _accessed(f, owner, name)
        return owner.fields.get(name)
    kind = type(owner)
    if isinstance(owner, MapObject) and name not in ("size", "empty"):
        return _entry(f, owner, name) if fails else owner.get(name, f)
    for getter in getters:
        function = getter.get(kind)
        if function is not None:
            return function(f, owner)
    if name == "length" and hasattr(owner, "items"):
        return len(owner.items)
    if name == "length" and isinstance(owner, bytes):
        return len(owner)
    if owner is None:
        raise throw("NullPointerException", f"property '{name}' of null")
    what = f"unresolvable property: {name} of {class_word(owner)}"
    raise throw("org.mvel2.PropertyAccessException", what)


def set_property(
    f: Frame, owner: Value, name: str, value: Value, setters: dict[type, Function]
) -> None:
    """``owner.name = value``."""
    if isinstance(owner, BeanObject):
        set_field(f, owner, name, value)
        return
    if isinstance(owner, MapObject):
        owner.put(name, value, f)
        return
    function = setters.get(type(owner))
    if function is not None:
        function(f, owner, value)
        return
    if owner is None:
        raise throw("NullPointerException", f"property '{name}' of null")
    what = f"property {name} of {class_word(owner)} cannot be set"
    raise throw("org.mvel2.PropertyAccessException", what)
