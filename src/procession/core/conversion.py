"""Results of work as declared variables hold them (``reference/jbpm-engine.md`` 1.3).

Only what comes back from work items and events is converted; variables set through a door or by a
script are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from procession.core.item_types import ItemType
from procession.errors import InvalidValue
from procession.values import BigInteger, Byte, Float, Long, Short, Value


def convert(item: ItemType, value: Value) -> Value:
    """A result as the variable holds it: texts are read, misfits among plain types refused.

    Texts for classes we cannot read stay as they are. Raises :class:`InvalidValue`.
    """
    if value is None or item.is_collection or item.is_untyped:
        return value
    kind = item.structure.removeprefix("java.lang.").rpartition(":")[2]
    if isinstance(value, str):
        read = _READERS.get(kind)
        return read(value) if read else value
    accepted = _PLAIN.get(kind)
    if accepted and isinstance(value, _SCALARS) and type(value) not in accepted:
        found = type(value).__name__
        raise InvalidValue(f"{item.name} is declared as {item.structure}, not {found}")
    return value


_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,4000}")
"""As Java reads whole numbers: no white space, no underscores, no digits of other scripts."""


def _number(kind: Callable[[str], Value], bits: int, what: str) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        if not _WHOLE.fullmatch(text):
            raise InvalidValue(f"{text!r} is no {what}")
        value = int(text)
        if value.bit_length() >= bits and value != -(2 ** (bits - 1)):
            raise InvalidValue(f"{text!r} is no {what}")
        return kind(text)

    return read


def _float(text: str) -> Value:
    try:
        return Float(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is no Float") from None


def _double(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is no Double") from None


def _decimal(text: str) -> Value:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidValue(f"{text!r} is no BigDecimal") from None


def _date(text: str) -> Value:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _truth(text: str) -> Value:
    return text.lower() == "true"


_INTEGER: Final = _number(int, 32, "Integer")
_LONG: Final = _number(Long, 64, "Long")
_READERS: Final[dict[str, Callable[[str], Value]]] = {
    "Integer": _INTEGER,
    "int": _INTEGER,
    "integer": _INTEGER,
    "Long": _LONG,
    "long": _LONG,
    "Short": _number(Short, 16, "Short"),
    "Byte": _number(Byte, 8, "Byte"),
    "java.math.BigInteger": _number(BigInteger, 13_000, "BigInteger"),
    "java.math.BigDecimal": _decimal,
    "Float": _float,
    "float": _float,
    "Double": _double,
    "double": _double,
    "Boolean": _truth,
    "boolean": _truth,
    "java.util.Date": _date,
    "Date": _date,
}

_SCALARS: Final = (bool, int, float, Decimal)
_PLAIN: Final[dict[str, frozenset[type]]] = {
    "Boolean": frozenset({bool}),
    "Integer": frozenset({int, Long, Short, Byte, BigInteger}),
    "Float": frozenset({int, float, Float, Long, Short, Byte, Decimal}),
}
"""What of numbers and truths a declared type takes as it is."""
