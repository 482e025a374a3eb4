"""Texts in variables that are declared as numbers or booleans.

A value that came as a text, such as ``map_x=-1`` of a REST call, where ``x`` is declared as
``Integer``: Java and MVEL texts that read the bare name get the number. What does not read as the
declared type stays the text it is, and so does the variable itself unless the script sets it;
``kcontext.getVariable`` gives what is held.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from procession.core.conversion import convert
from procession.core.item_types import ItemType
from procession.errors import InvalidValue
from procession.values import Value

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,1000}")
_DECIMAL: Final = re.compile(
    r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,5})?"
)
_TRUTH: Final = re.compile(r"true|false", re.IGNORECASE)
_FORMS: Final = {
    **dict.fromkeys(("byte", "short", "int", "integer", "long", "biginteger"), _WHOLE),
    **dict.fromkeys(("float", "double", "bigdecimal"), _DECIMAL),
    "boolean": _TRUTH,
}


def reader_of(structure: str) -> Callable[[str], Value] | None:
    """How a text is read as a declared type; ``None`` if the type is no number or boolean."""
    word = structure.removeprefix("java.lang.").removeprefix("java.math.").rpartition(":")[2]
    form = _FORMS.get(word.lower())
    if form is None:
        return None
    item = ItemType(name="", structure=_STRUCTURES.get(structure, structure))

    def read(text: str) -> Value:
        if not form.fullmatch(text):
            return text
        try:
            return convert(item, text)
        except InvalidValue:
            return text

    return read


_STRUCTURES: Final = {
    "short": "Short",
    "byte": "Byte",
    "BigInteger": "java.math.BigInteger",
    "BigDecimal": "java.math.BigDecimal",
}
"""Short spellings that a result is not converted by."""
