"""What ``--demo`` deploys on the first start: two processes, and people to play them with.

``Evaluation`` is the example every user of jBPM knows, told in our words; ``Booking Room`` is the
walk-through of the ONEWEB interface (``reference/oneweb-rest-api.md`` 2.13). Passwords are not
kept here: the server makes them up on the first start and prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec


class DemoUnit(msgspec.Struct, frozen=True):
    """A deployment of the demo: its id and the names of its files."""

    deployment_id: str
    file_names: tuple[str, ...]

    def read(self) -> Mapping[str, bytes]:
        """The files by name, as a deployment wants them."""
        folder = files(__name__)
        return {name: folder.joinpath(name).read_bytes() for name in self.file_names}


class DemoUser(msgspec.Struct, frozen=True):
    """Somebody who may log in, with what he or she does."""

    name: str
    display_name: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


UNITS: Final = (
    DemoUnit("org.jbpm:Evaluation:1.0", ("evaluation.bpmn2",)),
    DemoUnit("com.oneweb:Hotel:v.0.1.0", ("booking_room.bpmn",)),
)

GROUPS: Final[Mapping[str, str]] = {
    "PM": "Project management: second opinion of an evaluation",
    "HR": "Human resources: remarks on an evaluation",
    "Reservations": "Chooses rooms; the lane of that name in Booking Room",
    "Front Desk": "Enters customers; the lane of that name in Booking Room",
}

ROLES: Final[Mapping[str, str]] = {"Booking_Clerk": "R0001", "Booking_Approver": "R0002"}
"""Roles of the hotel and their codes, as the ONEWEB interface may ask for either."""

USERS: Final = (
    DemoUser("krisv", "Kris, whose work is evaluated"),
    DemoUser("john", "John, project manager", groups=("PM",)),
    DemoUser("mary", "Mary, human resources", groups=("HR",)),
    DemoUser("mali", "Mali, reservations", groups=("Reservations",), roles=("Booking_Clerk",)),
    DemoUser(
        "somchai",
        "Somchai, front desk",
        groups=("Front Desk",),
        roles=("Booking_Clerk", "Booking_Approver"),
    ),
)
