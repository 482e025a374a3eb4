"""The words in which searches among tasks are told: names, sources, conditions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from procession.store.digests import who
from procession.store.phrases import ALWAYS, Phrase


class Names(msgspec.Struct, frozen=True):
    """Names to look for among a task's people, by kind."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def pairs(self) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Kind and names, without the kinds that have none."""
        kinds = (
            ("USER", self.users),
            ("GROUP", self.groups),
            ("ROLE", self.roles),
            ("PARTY", self.parties),
        )
        return [(kind, names) for kind, names in kinds if names]

    def numbers(self, relations: Sequence[str]) -> tuple[int, ...]:
        """All of them in these relations, as the index of people knows them."""
        return tuple(
            who(relation, kind, name)
            for relation in relations
            for kind, some in self.pairs()
            for name in some
        )

    @property
    def creators(self) -> tuple[str, ...]:
        """Under which names somebody may stand as the one who brought a task about."""
        return (*self.users, *self.groups)


class Source(msgspec.Struct, frozen=True):
    """Where open tasks that fit a condition are found: rows of potential owners, or tasks.

    ``singles`` say the same as ``where`` for each name; tasks have none. ``also`` must hold of the
    task besides.
    """

    where: Phrase
    singles: tuple[Phrase, ...] = ()
    claims: tuple[int, ...] = ()
    """``is_open`` of the offers: of unclaimed tasks, of claimed ones, or both."""
    also: Phrase = ALWAYS
    named: Phrase = ALWAYS
    """The same of a row ``person``, in words of the index that begins with the task."""


class Run(msgspec.Struct, frozen=True):
    """A stretch of an index with ids in order: a select of ``id``, and the column it is.

    ``state``: all its tasks are in that state. ``is_open``: what rows of people know of it;
    ``is_offer``: those of potential owners, who know whether somebody has claimed the task.
    """

    rows: Phrase
    number: str
    state: str = ""
    is_open: int | None = None
    is_offer: bool = False


class Joined(msgspec.Struct, frozen=True):
    """A check by a list that is read beside all rows, in the order of a column of both.

    ``begun`` is the check without its last bracket.
    """

    begun: Phrase
    of_task: str
    of_list: str

    def within(self, half: Half | None) -> Phrase:
        """The check, which reads no more of the list than lies in a half of the tasks."""
        if half is None or half.column != self.of_task:
            return self.begun.then(")")
        return self.begun.then(f" and {self.of_list} {half.sign} ?)", half.middle)


class Half(msgspec.Struct, frozen=True):
    """The tasks on one side of a number; those without one are in no half."""

    column: str
    sign: str
    middle: int

    @property
    def check(self) -> Phrase:
        """What holds for them."""
        return Phrase(f"{self.column} {self.sign} ?", (self.middle,))


class Condition(msgspec.Struct, frozen=True):
    """What tasks are wanted: ``check`` decides about one row.

    The ``lists`` together hold at least the ids that fit, perhaps twice, and are quickly counted;
    ``exact`` hold no others. ``is_open``: only tasks that are still to be done fit.
    """

    check: Phrase
    lists: tuple[Phrase, ...]
    exact: tuple[Phrase, ...]
    is_open: bool = False
    sources: tuple[Source, ...] = ()
    """Of offers and open tasks: together they have all that fit."""
    offer: Phrase | None = None
    """The check of a potential owner's row."""
    among: Phrase | None = None
    """The check by a set that is gathered once, for where many rows are checked."""
    is_among_enough: bool = False
    """The set holds nothing that does not fit."""
    samples: tuple[Phrase, ...] = ()
    """What is listed from an id on, which is still to be given: to estimate long lists."""
    between: Phrase | None = None
    """The check of a stretch of tasks, gathered as ``near``: by a set no wider than they lie."""
    weight: int = 1
    """How many look-ups the check of a row takes."""
    joined: Joined | None = None
    """The check as a database may make a join of it: for many rows and a list as long as they."""
    sizes: tuple[Phrase, ...] = ()
    """What is quicker counted than ``lists`` and about as long."""
    tasks: Phrase | None = None
    """The list with the tasks themselves: what a select reads, and a condition that may go on."""
    instances: Phrase | None = None
    """The process instances of all that fit, if it depends on them alone."""
    is_late: bool = False
    """The check is best made last, so a search begins with ``lists``."""
    is_all_open: bool = False
    """Every open task fits, and no other."""
    is_claimed: bool = False
    """Only claimed tasks fit: seldom those that somebody could claim."""
    is_single: bool = False
    """Tasks of one state alone."""
    is_unclaimed: bool = False
    """No claimed task fits."""
    is_narrow: bool = False
    """The index of the open tasks knows what the check asks for."""
    runs: tuple[Run, ...] = ()
    """The lists as stretches in order of ids; none, if they are too many."""
    in_states: Phrase | None = None
    """The list of those in some states alone, which are still to be given."""
    states: tuple[str, ...] = ()
    """Tasks in these states fit, and no others."""
