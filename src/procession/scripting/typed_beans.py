"""Objects of classes that the deployment brings: their fields hold what they are declared to hold.

What a method does that is not a getter or setter is not known, unless the operator gives a Python
function for it (``reference/rulings.md`` 7): it gets a dictionary of the fields and the arguments,
and what it changes in the dictionary is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from procession.core.data_types import DEFAULTS, DataType
from procession.errors import Fault
from procession.scripting.equality import text_hash
from procession.scripting.freezing import freeze, same, thaw
from procession.scripting.meter import Meter, unlimited
from procession.scripting.numerals import RANK, big, decimal, narrow
from procession.scripting.objects import BeanObject
from procession.scripting.throwables import Thrown, null_pointer, throw
from procession.values import Char, Value
from procession.values import freeze as frozen_value

NUMBERS: Final = {
    "int": "int",
    "Integer": "int",
    "long": "long",
    "Long": "long",
    "short": "short",
    "Short": "short",
    "byte": "byte",
    "Byte": "byte",
    "float": "float",
    "Float": "float",
    "double": "double",
    "Double": "double",
}
_PLACE: Final = re.compile(r"\{(\w+)\}")


class TypedBean(BeanObject):
    """A bean of a known class."""

    __slots__ = ("bodies", "type")

    def __init__(self, type: DataType, fields: dict[str, Value], meter: Meter) -> None:
        super().__init__(type.name, fields)
        self.type = type
        self.bodies = meter.bodies

    def put(self, name: str, value: Value) -> None:
        """Set a field, converted to its type; a class has no other fields than it declares."""
        kind = self.type.fields.get(name)
        if kind is None:
            raise throw("NoSuchMethodError", f"{self.type_name} has no field '{name}'")
        super().put(name, fitted(self.type_name, name, kind, value))

    def method(self, name: str, count: int) -> Callable[..., Value] | None:
        """A body that the operator gave, or the complaint that there is none."""
        body = self.bodies.get(f"{self.type_name}.{name}")
        if body is not None:
            return called(body, f"{self.type_name}.{name}")
        if (name, count) not in self.type.methods or self.type.field_of(name, count):
            return None
        if name in ("toString", "equals", "hashCode", "compareTo"):
            return None
        what = f"{self.type_name}.{name}: the body of this method is not known here"
        raise throw("NoSuchMethodError", what)

    def shown(self, write: Callable[[Value], str]) -> str:
        """What ``toString`` gives; ``write`` renders a field."""
        if self.type.text:
            return _PLACE.sub(lambda at: write(self.fields.get(at[1])), self.type.text)
        if ("toString", 0) not in self.type.methods:
            return f"{self.type_name}@{text_hash(self.type_name, unlimited()) & 0xFFFFFFFF:x}"
        told = ", ".join([f"{name}={write(value)}" for name, value in self.fields.items()])
        return f"{self.type.simple}[{told}]"


def made(type: DataType, given: dict[str, Value], meter: Meter) -> TypedBean:
    """An object with these fields, the others as Java leaves them; it is not changed yet."""
    fields = {name: default_of(kind) for name, kind in type.fields.items()}
    bean = TypedBean(type, fields, meter)
    for name, value in given.items():
        if name in fields:
            fields[name] = value
    return bean


def construct(type: DataType, args: list[Value], meter: Meter) -> TypedBean:
    """``new Type(args)``."""
    names = type.accepts(len(args))
    if names is None:
        what = f"{type.name} has no constructor with {len(args)} arguments"
        raise throw("NoSuchMethodError", what)
    bean = made(type, {}, meter)
    for name, value in zip(names, args, strict=True):
        if name in bean.fields:
            bean.put(name, value)
    bean.changed = True
    return bean


def default_of(kind: str) -> Value:
    """What a field of that type holds before it is set."""
    if kind in NUMBERS and kind in DEFAULTS:
        return narrow(0, kind)
    return DEFAULTS.get(kind)


def fitted(owner: str, name: str, kind: str, value: Value) -> Value:
    """A value as a field of that type holds it; what does not fit is an exception."""
    short = kind.rpartition(".")[2]
    if value is None:
        if kind in DEFAULTS:
            raise null_pointer(f"{owner}.{name} is a {kind} and cannot be null")
        return None
    if short in NUMBERS:
        return narrow(_number(value, f"{owner}.{name}"), NUMBERS[short])
    if short in ("BigDecimal", "BigInteger"):
        number = _number(value, f"{owner}.{name}")
        return decimal(number) if short == "BigDecimal" else big(int(number))
    if short in ("boolean", "Boolean"):
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if type(value) is not bool:
            raise throw("ClassCastException", f"{owner}.{name} is a {kind}")
    if short == "String" and type(value) is not str:
        if isinstance(value, Char):
            return str(value)
        if type(value) in RANK or type(value) is bool:
            return str(value).lower() if type(value) is bool else str(value)
        raise throw("ClassCastException", f"{owner}.{name} is a String")
    return value


def _number(value: Value, place: str) -> Value:
    if type(value) in RANK:
        return value
    if isinstance(value, str) and len(value) <= 100:
        try:
            return Decimal(value.strip())
        except InvalidOperation:
            pass
    raise throw("ClassCastException", f"{place} holds a number")


def called(body: Callable[..., Value], name: str) -> Callable[..., Value]:
    """A function of the frame, the object and the arguments that runs such a body."""

    def run(f: Meter, bean: BeanObject, *args: Value) -> Value:
        before = {field: freeze(value, f) for field, value in bean.fields.items()}
        fields = dict(before)
        given = [freeze(arg, f) for arg in args]
        f.burn(100)
        try:
            answer = frozen_value(body(fields, *given))
            changes = {field: frozen_value(value) for field, value in fields.items()}
        except Fault:
            raise
        except Exception as error:
            raise _failed(name, error) from error
        for field, value in changes.items():
            if field not in before or not same(before[field], value):
                bean.put(field, thaw(value, f))
        return thaw(answer, f)

    return run


def answered(f: Meter, body: Callable[..., Value], args: list[Value]) -> Value:
    """What a static method that the operator gave answers."""
    f.burn(100)
    try:
        answer = frozen_value(body(*[freeze(arg, f) for arg in args]))
    except Fault:
        raise
    except Exception as error:
        raise _failed(getattr(body, "__name__", "a method"), error) from error
    return thaw(answer, f)


def _failed(name: str, error: Exception) -> Thrown:
    return throw("RuntimeException", f"{name}: {type(error).__name__}: {error}")
