"""Functions of FEEL that are static methods of Java: ``external { java: { class: …, … } }``.

What can be called is what scripts in Java can call, with the arguments as the signature has them;
what does not fit gives null, as a failing method does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from procession.scripting.feel.operators import noted
from procession.scripting.feel.values import FeelFunction, plain
from procession.scripting.frame import Frame
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.statements import HOST_ERRORS
from procession.scripting.numerals import narrow
from procession.scripting.objects import BeanObject, ListObject, MapObject
from procession.scripting.rendering import float_text
from procession.scripting.throwables import Thrown, translated
from procession.values import Char, Float, Value

_SIGNATURE: Final = re.compile(r"\s*([\w$]+)\s*\(([^()]*)\)\s*")
_WHOLE: Final = {
    "int": "int",
    "java.lang.Integer": "int",
    "long": "long",
    "java.lang.Long": "long",
    "short": "short",
    "java.lang.Short": "short",
    "byte": "byte",
    "java.lang.Byte": "byte",
}
_REAL: Final = ("double", "java.lang.Double", "float", "java.lang.Float")


class _Unfit(Exception):
    """An argument that is none of the parameter's type."""


def external(f: Frame, names: Sequence[str], described: Value) -> Value:
    """The function that a context describes; null, with a note, if there is none."""
    java = _entries(f, described)
    java = _entries(f, java["java"]) if "java" in java else java
    owner, signature = java.get("class"), java.get("method signature")
    found = _SIGNATURE.fullmatch(signature) if isinstance(signature, str) else None
    if found is None:
        return noted(f, "an external function needs java: {class: …, method signature: …}")
    kinds = [kind.strip() for kind in found[2].split(",") if kind.strip()]
    known = LIBRARY.classes.get(str(owner))
    count = len(names) if kinds and _is_many(kinds[-1]) else len(kinds)
    member = known.statics.get((found[1], count)) if known is not None else None
    if member is None or (count != len(names)):
        return noted(f, f"the method {owner}.{signature} is not available")
    function = member.function

    def call(f: Frame, *args: Value) -> Value:
        f.burn(8)
        try:
            given = [_fitted(arg, kinds[min(at, len(kinds) - 1)]) for at, arg in enumerate(args)]
            return _back(function(f, *given))
        except _Unfit as unfit:
            return noted(f, str(unfit))
        except Thrown as thrown:
            return noted(f, str(thrown))
        except HOST_ERRORS as error:
            return noted(f, str(translated(error)))

    return FeelFunction(tuple(names), call, arity=len(names))


def external_function(names: tuple[str, ...]) -> Callable[..., Callable[[Frame], Value]]:
    """``function(a, b) external { … }``."""

    def make(
        slots: list[int],
        outer: list[Callable[[Frame], Value]],
        parts: list[Callable[[Frame], Value]],
        cost: int,
    ) -> Callable[[Frame], Value]:
        described = outer[0]
        return lambda f: external(f, names, described(f))

    return make


def _is_many(kind: str) -> bool:
    return kind.startswith("[L") or kind.endswith(("[]", "..."))


def _entries(f: Frame, value: Value) -> dict[str, Value]:
    if isinstance(value, MapObject):
        return {" ".join(str(e.key).split()): plain(e.value) for e in value.ordered(f)}
    return {}


def _fitted(value: Value, kind: str) -> Value:
    """An argument as Java takes it."""
    value = plain(value)
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if kind in _REAL or kind in _WHOLE:
        if not is_number:
            raise _Unfit(f"{value!r} is no {kind}")
        if kind in _REAL:
            made = float(value)
            return narrow(made, "float") if kind in ("float", "java.lang.Float") else made
        if value != int(value):
            raise _Unfit(f"{value} is no {kind}")
        return narrow(int(value), _WHOLE[kind])
    if kind in ("char", "java.lang.Character"):
        if not isinstance(value, str) or len(value) != 1:
            raise _Unfit(f"{value!r} is no character")
        return Char(value)
    if kind in ("java.lang.String", "String"):
        if value is not None and not isinstance(value, str):
            raise _Unfit(f"{value!r} is no text")
        return value
    if kind in ("boolean", "java.lang.Boolean") and not isinstance(value, bool):
        raise _Unfit(f"{value!r} is no boolean")
    return value


def _back(value: Value) -> Value:
    """What a method gave, as FEEL has it."""
    if isinstance(value, Char):
        return str(value)
    if type(value) is Float:
        return Decimal(float_text(value))
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, str | int | bool | Decimal | ListObject | MapObject | BeanObject):
        return plain(value)
    return None if value is None else str(value)
