"""Who takes part in which process instances: as a list of their numbers, or row by row.

The same as :meth:`procession.services.access.Access.sees_instance` asks about one instance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from procession.store.columns import CALLED
from procession.store.digests import who
from procession.store.phrases import Phrase, any_of, is_long, join
from procession.store.store import Reader

VIEWING: Final = ("potential_owner", "business_administrator", "stakeholder")
"""Who stands in one of these relations to a task sees its process instance."""


class Part(msgspec.Struct, frozen=True):
    """The names under which rows may belong to somebody; rows older than ``since`` do not.

    They belong to an earlier user of the same name (``since`` in epoch ms).
    """

    name: str
    since: int = 0
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def kinds(self) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Kind and names."""
        return (
            ("USER", (self.name,)),
            ("GROUP", self.groups),
            ("ROLE", self.roles),
            ("PARTY", self.parties),
        )

    def numbers(self) -> tuple[int, ...]:
        """All of them where they may see a task, as the index of people knows them."""
        return tuple(
            who(relation, kind, name)
            for relation in VIEWING
            for kind, names in self.kinds()
            for name in names
        )

    def is_named(self, kind: str, name: str) -> bool:
        """Whether a user, group, role or work party of that name is or includes them."""
        match kind:
            case "USER":
                return name == self.name
            case "GROUP":
                return name in self.groups
            case "ROLE":
                return name in self.roles
            case _:
                return name in self.parties


def visible_to(part: Part, instance_id: str) -> Phrase:
    """The rows of instances that somebody started, themselves or their root, or works in.

    The same as :meth:`procession.services.access.Access.sees_instance` asks about one instance.
    One list of numbers, so that a database may as well begin with it.
    """
    began = (part.name, part.since)
    offered = Phrase(_OFFERED, (part.numbers(), part.since))
    numbers = join(" union ", (Phrase(_OWN, began * 5), offered))
    return numbers.within(f"{instance_id} in (", ")")


_BEGUN: Final = "select instance_id from process_log where identity = ? and started_at >= ?"
_RUNS: Final = "select id from process_instance where started_by = ? and started_at >= ?"
_OWN: Final = " union ".join(
    (
        _BEGUN,
        _RUNS,
        f"select instance_id from process_log where {CALLED} and root_id in ({_BEGUN})",  # noqa: S608
        f"select id from process_instance where root_id in ({_RUNS})",  # noqa: S608
        "select instance_id from task"
        " where actual_owner = ? and created_at >= ? and instance_id is not null",
    )
)
_OFFERED: Final = (
    "select task.instance_id from task_person person join task on task.id = person.task_id"
    " where person.who in ?? and task.created_at >= ? and task.instance_id is not null"
)


def visible_by_row(part: Part, instance_id: str) -> Phrase:
    """The same, looked up for one row after the other."""
    began = (part.name, part.since)
    named = [
        Phrase(f"(person.kind = '{kind}' and person.name in $$)", (names,))
        for kind, names in part.kinds()
        if names
    ]
    offered = any_of(*named).within(_OFFERED_TO, " @apart)")
    own = Phrase(_OWN_ROW.format(x=instance_id), began * 4)
    works = Phrase(_WORKS_ON.format(x=instance_id), (part.since, part.name))
    return join("", (own, works, offered.then(") @apart))")))


def is_much_to_see(reader: Reader, part: Part | None) -> bool:
    """Whether so many instances are visible that a page is sooner found by looking at each."""
    if part is None:
        return True
    people = Phrase("select 1 from task_person where who in ??", (part.numbers(),))
    sizes = join(" union all ", (Phrase(_SIZES, (part.name,) * 3), people))
    return is_long(reader, sizes)


_OWN_ROW: Final = (
    "(exists (select 1 from process_log mine where mine.instance_id = {x} and"
    " (mine.identity = ? and mine.started_at >= ?"
    " or exists (select 1 from process_log root where root.instance_id = mine.root_id"
    " and root.identity = ? and root.started_at >= ? @apart)"
    " or exists (select 1 from process_instance root where root.id = mine.root_id"
    " and root.started_by = ? and root.started_at >= ? @apart)) @apart)"
    " or exists (select 1 from process_instance run where run.id = {x}"
    " and run.started_by = ? and run.started_at >= ? @apart)"
)
_WORKS_ON: Final = (
    " or exists (select 1 from task work where work.instance_id = {x} and work.created_at >= ?"
    " and (work.actual_owner = ? or "
)
_OFFERED_TO: Final = (
    "exists (select 1 from task_person person where person.task_id = work.id and person.relation in"
    " ('potential_owner', 'business_administrator', 'stakeholder') and "
)
_SIZES: Final = (
    "select 1 as one from process_log where identity = ?"
    " union all select 1 from process_instance where started_by = ?"
    " union all select 1 from task where actual_owner = ?"
)
