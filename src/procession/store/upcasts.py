"""Old stored forms lifted to the present one, numbered.

When the form of a state, of records or of a value changes, raise ``codec.FORMAT``, add a function
here under the number it lifts *from*, and keep one stored sample of the old form under
``tests/store/samples``. A function gets the body as plain lists and mappings (extension types as
:class:`msgspec.msgpack.Ext`) and gives the next form. Fields that are only added at the end with a
default need no lift.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from procession.errors import StoreFault

Lift = Callable[[Any], Any]

LIFTS: Mapping[tuple[str, int], Lift] = {}
"""By kind (``state``, ``records``, ``value``) and the format lifted from."""


def lift(
    kind: str, present: int, data: bytes, lifts: Mapping[tuple[str, int], Lift] = LIFTS
) -> bytes:
    """The body of ``data`` in the present form."""
    if not data:
        raise StoreFault(f"a stored {kind} is empty")
    form = data[0]
    if form > present or form == 0:
        raise StoreFault(
            f"a stored {kind} has format {form}; this program knows formats up to {present}"
        )
    body = msgspec.msgpack.decode(data[1:])
    for number in range(form, present):
        body = lifts[kind, number](body)
    return msgspec.msgpack.encode(body)
