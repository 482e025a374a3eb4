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


def _same(body: Any) -> Any:
    return body


def _with_a_number_for_each_token(body: Any) -> Any:
    """Format 1 kept one number for each join; surplus tokens have got theirs since."""
    parked: list[Any] = []
    for scope, node, (number, flows) in body[11]:
        came: dict[str, list[int]] = {}
        further: dict[int, int] = {0: number}
        numbers = []
        for flow in flows:
            rank = len(came.setdefault(flow, []))
            if rank not in further:
                further[rank], body[4] = body[4], body[4] + 1
            came[flow].append(rank)
            numbers.append(further[rank])
        parked.append((scope, node, (numbers, flows)))
    body[11] = parked
    return body


LIFTS: Mapping[tuple[str, int], Lift] = {
    ("state", 1): _with_a_number_for_each_token,
    ("records", 1): _same,
    ("value", 1): _same,
}
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
        try:
            body = lifts[kind, number](body)
        except (LookupError, TypeError, ValueError) as error:
            raise StoreFault(f"a stored {kind} of format {form} cannot be read") from error
    return msgspec.msgpack.encode(body)
