"""What can have happened: the closed alphabet of facts.

``reference/architecture.md`` 5.3. Eighteen records; a new BPMN element never needs another. They
are stored by position, so fields are only ever added at the end (see ``store/upcasts.py``).
"""

from __future__ import annotations

from typing import Any

import msgspec

from procession.core.state import Caller, DefinitionKey, InstanceStatus, Role, Wait, WaitKind


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One fact about one process instance."""


class ProcessInstanceStarted(Record, frozen=True, tag=1):
    """An instance began. ``root`` is the outermost calling instance, itself if there is none."""

    definition: DefinitionKey
    root: int
    caller: Caller | None
    started_by: str
    correlation_key: str | None = None


class ProcessInstanceEnded(Record, frozen=True, tag=2):
    """It is over: completed, or aborted with the code of the error as outcome.

    ``kind`` says what the outcome was thrown as: ``error`` or ``escalation``. ``kept`` is what
    could be undone of it, if it was called (``core/recalling.py``).
    """

    status: InstanceStatus
    outcome: str | None = None
    value: Any = None
    kind: str = "error"
    kept: Any = None


class ProcessInstanceSuspended(Record, frozen=True, tag=3):
    """It rests until it is resumed."""


class ProcessInstanceResumed(Record, frozen=True, tag=4):
    """It goes on."""


class ElementActivated(Record, frozen=True, tag=5):
    """A flow node was entered, through ``flow`` if a token came that way."""

    element: int
    node: str
    scope: int
    role: Role = Role.SINGLE
    flow: str | None = None


class ElementNoted(Record, frozen=True, tag=6):
    """A node's private memory was replaced.

    With ``how`` it is the log that changed: ``added`` the memo, ``dropped`` its last entry, or
    ``logged`` the memo as the whole log.
    """

    element: int
    memo: Any
    how: str = ""


class ElementCompleted(Record, frozen=True, tag=7):
    """A flow node did what it is for."""

    element: int
    node: str
    role: Role = Role.SINGLE


class ElementCancelled(Record, frozen=True, tag=8):
    """A flow node was stopped before it was done."""

    element: int
    node: str
    role: Role = Role.SINGLE


class SequenceFlowTaken(Record, frozen=True, tag=9):
    """A token moved along a flow, out of ``source`` (0: none that still has a number)."""

    flow: str
    scope: int
    source: int


class TokenParked(Record, frozen=True, tag=10):
    """A token waits at a join; ``element`` is the number of the firing it will take part in."""

    node: str
    flow: str
    scope: int
    element: int


class TokensJoined(Record, frozen=True, tag=11):
    """One token of each of ``flows`` was taken from the join; they go on as one.

    With ``element``, the number that was kept for the join, they go nowhere: it never fires.
    """

    node: str
    flows: tuple[str, ...]
    scope: int
    element: int = 0


class VariableSet(Record, frozen=True, tag=12):
    """A variable of the scope has a new value."""

    scope: int
    name: str
    value: Any
    old: Any = None


class WaitOpened(Record, frozen=True, tag=13):
    """The instance waits for something."""

    wait: Wait


class WaitClosed(Record, frozen=True, tag=14):
    """It waits no longer: ``how`` is ``met``, ``failed`` or ``cancelled``."""

    wait: int
    kind: WaitKind
    how: str
    name: str | None = None
    owner: int = 0


class ProcessCalled(Record, frozen=True, tag=15):
    """Another process is to run; ``wait`` is 0 if nobody waits for it.

    ``binding`` says which revision: ``""`` the caller's own, else the latest, ``deployment`` only
    the caller's own, ``latest``, or ``version`` the one whose version is ``version``. With ``undo``
    it is to run only to undo what it did (``core/recalling.py``).
    """

    wait: int
    called: str
    variables: Any
    by_name: bool = False
    independent: bool = True
    element: int = 0
    binding: str = ""
    version: str = ""
    undo: Any = None


class MessageThrown(Record, frozen=True, tag=16):
    """A message left the instance, at ``node`` (``""``: by no node that message flows leave)."""

    name: str
    key: str | None
    value: Any
    node: str = ""


class SignalThrown(Record, frozen=True, tag=17):
    """A signal left the instance; ``reach`` is ``deployment``, ``instance`` or ``project``."""

    name: str
    value: Any
    reach: str = "deployment"
    instance: int = 0


class ErrorThrown(Record, frozen=True, tag=18):
    """An error was thrown at ``element`` and caught by ``catcher`` (``""``: by nobody).

    ``kind`` is ``error`` or ``escalation``.
    """

    code: str
    element: int
    value: Any = None
    catcher: str = ""
    kind: str = "error"


ALPHABET: tuple[type[Record], ...] = (
    ProcessInstanceStarted,
    ProcessInstanceEnded,
    ProcessInstanceSuspended,
    ProcessInstanceResumed,
    ElementActivated,
    ElementNoted,
    ElementCompleted,
    ElementCancelled,
    SequenceFlowTaken,
    TokenParked,
    TokensJoined,
    VariableSet,
    WaitOpened,
    WaitClosed,
    ProcessCalled,
    MessageThrown,
    SignalThrown,
    ErrorThrown,
)

REACTIVE: frozenset[type[Record]] = frozenset(
    {
        ProcessInstanceEnded,
        WaitOpened,
        WaitClosed,
        ProcessCalled,
        MessageThrown,
        SignalThrown,
        ErrorThrown,
    }
)
"""Facts that something may follow from outside of the instance (``architecture.md`` 9.1); most are
not of these."""
