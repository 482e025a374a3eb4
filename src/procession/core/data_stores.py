"""Data stores: values that all instances of a deployment share, and that outlive them.

BPMN 2.0.2, 10.4.1.4. A step is given a look-up with its environment; what it writes leaves it as a
wish that the turn carries out, and is seen at once by what the step does next. What was read goes
into the records like any value, so replay asks no store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from procession.core.ports import Wish
from procession.values import Value

if TYPE_CHECKING:
    from procession.core.transition import Transition

WISH: Final = "data_store"
"""The kind of wish that sets a data store: its name and value."""


def read(t: Transition, store: str) -> Value:
    """What a data store holds now; null if nothing was ever written."""
    for wish in reversed(t.wishes):
        if wish.kind == WISH and wish.name == store:
            return wish.value
    return t.env.stores(store)


def write(t: Transition, store: str, value: Value) -> None:
    """Have a data store hold something else from now on."""
    t.wishes.append(Wish(WISH, store, value))
