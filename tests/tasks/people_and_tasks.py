"""Tasks and people to test with."""

from __future__ import annotations

from typing import ClassVar

from procession.identity.model import WorkParty
from procession.store.rows import TaskPersonRow, TaskRow
from procession.tasks.people import Who

AT = 1_767_600_000_000


class Town:
    """A small directory: ann and bob sell, carl leads, mary is in no group."""

    users = frozenset({"ann", "bob", "carl", "mary", "Administrator"})
    groups: ClassVar = {"sales": {"ann", "bob"}, "leads": {"carl"}, "Administrators": {"root"}}
    roles: ClassVar = {"approver": {"carl"}}
    parties: ClassVar = {
        "Front desk": WorkParty("Front desk", (("USER", "ann"), ("ROLE", "approver")), "carl"),
        "Nobody": WorkParty("Nobody"),
    }

    def exists_user(self, name: str) -> bool:
        return name in self.users

    def exists_group(self, name: str) -> bool:
        return name in self.groups

    def groups_of(self, user: str) -> frozenset[str]:
        return frozenset(name for name, users in self.groups.items() if user in users)

    def roles_of(self, user: str) -> frozenset[str]:
        return frozenset(name for name, users in self.roles.items() if user in users)

    def since(self, user: str) -> int:
        return 0

    def parties_of(self, user: str) -> frozenset[str]:
        mine = {("USER", user), *(("ROLE", role) for role in self.roles_of(user))}
        return frozenset(p.name for p in self.parties.values() if mine & set(p.members))

    def members_of(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        return tuple(u for u in self.users if name in self.parties_of(u))

    def party(self, name: str) -> WorkParty | None:
        return self.parties.get(name)


def a_task(status: str = "Ready", **fields: object) -> TaskRow:
    """A task in some state."""
    row = TaskRow(
        id=5,
        uuid="494baede-088f-46bb-8a24-77b049ef996c",
        version=3,
        root_id=1,
        instance_id=1,
        wait_id=4,
        work_item_id=2,
        deployment_id="acme:hr:1",
        process_id="hiring",
        process_name="Hiring",
        node_id="review",
        name="Review",
        subject="",
        description="",
        form_name=None,
        status=status,
        previous_status=None,
        priority=0,
        skipable=True,
        actual_owner=None,
        owner=None,
        created_by=None,
        created_at=AT,
        activated_at=AT,
        expires_at=None,
        due_at=None,
        parent_id=None,
        sub_task_strategy="NoAction",
        lane=None,
        load_entity=None,
        load_param="=",
        language="en-UK",
        input_content_id=None,
        output_content_id=None,
        fault_content_id=None,
        fault_name=None,
        fault_type=None,
    )
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def someone(relation: str, name: str, kind: str = "USER") -> TaskPersonRow:
    """Somebody in a relation to :func:`a_task`."""
    return TaskPersonRow(5, relation, kind, name)


def user(name: str, *groups: str) -> Who:
    """A user in groups."""
    return Who(name, frozenset(groups), actor=name)
