"""Comments and attachments: what people add to a task, within limits, kept in the store or
in files.

``reference/jbpm-engine.md`` 5.9. Whoever may work on a task or see to it may add, while it is open;
to take away takes who added, or an administrator. Whoever sees the task may read.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from sqlalchemy import delete

from procession.errors import Fault, Invalid, NotFound, NotPermitted, StoreUnavailable
from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import change, query
from procession.services.tasks.desk import Desk, Sheet
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import AttachmentView, CommentView, TaskView
from procession.store.codec import decode_value, encode_value
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskAttachmentRow, TaskCommentRow, TaskContentRow
from procession.store.store import Reader
from procession.store.tables import task_attachment, task_comment, task_content
from procession.tasks.cabinet import KIND as KIND_FILE
from procession.tasks.changes import ADMINISTRATORS, WRITERS, changed, require_part
from procession.values import Map, Value

KIND_HERE: Final = "attach"
ACCESS_TYPES: Final = ("Inline", "Url", "Unknown")
LONGEST_COMMENT: Final = 10_000
LONGEST_NAME: Final = 255
MOST: Final = 1_000
"""Comments of one task, and attachments of one task."""


class Papers(Deskwork):
    """The part of the task service that keeps what people add."""

    # -- comments ----------------------------------------------------------------------------

    @change
    def add_comment(self, actor: Actor, task_id: int, text: str) -> CommentView:
        """Say something about a task."""
        desk, sheet = self._writing(actor, task_id)
        if not text.strip() or len(text) > LONGEST_COMMENT:
            raise Invalid(f"a comment has 1 to {LONGEST_COMMENT} characters", reason="comment")
        _few(len(repository.comments_of(desk.turn.reader, task_id)), "comments")
        number, now = desk.turn.next_id("content"), desk.turn.now_ms
        row = TaskCommentRow(number, task_id, text, desk.who.name, now)
        desk.turn.uow.insert(row)
        self._note(desk, sheet, f"comment {number} added")
        return comment_view(row)

    @query
    def comments(self, actor: Actor, task_id: int) -> tuple[CommentView, ...]:
        """What was said about a task, oldest first."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
            return tuple(comment_view(row) for row in repository.comments_of(reader, task_id))

    @query
    def comment(self, actor: Actor, comment_id: int) -> CommentView:
        """One comment by its own id."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            row = repository.find_comment(reader, comment_id)
            if row is None or not self._sees(reader, actor, row.task_id):
                raise _missing("Comment", comment_id)
            return comment_view(row)

    @change
    def delete_comment(self, actor: Actor, comment_id: int, task_id: int | None = None) -> None:
        """Take a comment back; ``task_id`` is where it must stand."""
        row = repository.find_comment(self.turn.reader, comment_id)
        if row is None or task_id not in (None, row.task_id):
            self.room.access.check(actor, "task.act")
            raise _missing("Comment", comment_id)
        what = ("Comment", comment_id)
        desk, sheet = self._removing(actor, row.task_id, row.added_by, what)
        mine = task_comment.c.id == comment_id
        desk.turn.uow.execute(delete(task_comment).where(mine), guard=1)
        self._note(desk, sheet, f"comment {comment_id} deleted")

    # -- attachments -------------------------------------------------------------------------

    def attach(
        self,
        actor: Actor,
        task_id: int,
        name: str,
        content: Value,
        content_type: str = "application/octet-stream",
        access_type: str = "Inline",
    ) -> AttachmentView:
        """Add a document to a task: bytes, a text, or with ``Url`` an address.

        Where a setting names a directory, bytes are written there first, and then the row.
        """
        _check(name, content_type, access_type)
        body = encode_value(content)
        size = len(content.encode() if isinstance(content, str) else content or b"")
        most = self.room.settings.attachment_bytes
        if max(size, len(body) - 100) > most:
            raise Invalid(f"an attachment has at most {most} bytes", reason="attachment")
        cabinet = self.room.cabinet
        if cabinet is None or not isinstance(content, bytes):
            document = (KIND_HERE, body)
            return self._attach(actor, task_id, name, document, size, content_type, access_type)
        reference = self._filed(actor, task_id, content)
        document = (KIND_FILE, encode_value(reference))
        try:
            return self._attach(actor, task_id, name, document, size, content_type, access_type)
        except Fault:
            cabinet.drop(reference)
            raise

    def _filed(self, actor: Actor, task_id: int, content: bytes) -> Map:
        """The file of a document; strangers leave none."""
        if isinstance(actor, str):
            actor = self.room.actor(actor)
        self.room.access.check(actor, "task.act")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
        filed: Map = self.room.cabinet.put(task_id, content)
        return filed

    @change
    def _attach(
        self,
        actor: Actor,
        task_id: int,
        name: str,
        content: tuple[str, bytes],
        size: int,
        content_type: str,
        access_type: str,
    ) -> AttachmentView:
        desk, sheet = self._writing(actor, task_id)
        _few(len(repository.attachments_of(desk.turn.reader, task_id)), "attachments")
        turn = desk.turn
        number, document = turn.next_id("content"), turn.next_id("content")
        row = TaskAttachmentRow(
            number,
            task_id,
            name,
            content_type,
            access_type,
            size,
            desk.who.name,
            turn.now_ms,
            document,
        )
        turn.uow.insert(TaskContentRow(document, task_id, *content))
        turn.uow.insert(row)
        self._note(desk, sheet, f"attachment {number} added: {name}")
        return attachment_view(row)

    @query
    def attachments(self, actor: Actor, task_id: int) -> tuple[AttachmentView, ...]:
        """The documents that people added to a task, oldest first."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
            found = repository.attachments_of(reader, task_id)
            return tuple(attachment_view(row) for row in found)

    @query
    def attachment(
        self, actor: Actor, attachment_id: int, task_id: int | None = None
    ) -> tuple[AttachmentView, Value]:
        """One attachment by its own id, with what is in it; ``task_id`` is where it must stand."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            row = repository.find_attachment(reader, attachment_id)
            is_there = row is not None and task_id in (None, row.task_id)
            if row is None or not is_there or not self._sees(reader, actor, row.task_id):
                raise _missing("Attachment", attachment_id)
            content = repository.find_content(reader, row.content_id)
        return attachment_view(row), self._value(content) if content else None

    @change
    def delete_attachment(
        self, actor: Actor, attachment_id: int, task_id: int | None = None
    ) -> None:
        """Take an attachment away, with its content; ``task_id`` is where it must stand."""
        row = repository.find_attachment(self.turn.reader, attachment_id)
        if row is None or task_id not in (None, row.task_id):
            self.room.access.check(actor, "task.act")
            raise _missing("Attachment", attachment_id)
        what = ("Attachment", attachment_id)
        desk, sheet = self._removing(actor, row.task_id, row.attached_by, what)
        uow, cabinet = desk.turn.uow, self.room.cabinet
        content = repository.find_content(desk.turn.reader, row.content_id)
        if content is not None and content.kind == KIND_FILE and cabinet is not None:
            reference = decode_value(bytes(content.body))
            desk.turn.after_commit(lambda: cabinet.drop(reference))
        mine = task_attachment.c.id == attachment_id
        uow.execute(delete(task_attachment).where(mine), guard=1)
        uow.execute(delete(task_content).where(task_content.c.id == row.content_id))
        self._note(desk, sheet, f"attachment {attachment_id} deleted: {row.name}")

    # -- inside ------------------------------------------------------------------------------

    def _value(self, content: TaskContentRow) -> Value:
        """What is in a document, wherever it is kept."""
        value = decode_value(bytes(content.body))
        if content.kind != KIND_FILE:
            return value
        if self.room.cabinet is None:
            raise StoreUnavailable("the attachment is a file, and attachment_dir is not set")
        found: bytes = self.room.cabinet.get(value)
        return found

    def _writing(self, actor: Actor, task_id: int) -> tuple[Desk, Sheet]:
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        try:
            require_part(sheet.task, sheet.people, desk.who, WRITERS)
        except NotPermitted as refusal:
            raise desk.refusal(sheet, refusal) from None
        return desk, sheet

    def _removing(
        self, actor: Actor, task_id: int, by: str, what: tuple[str, int]
    ) -> tuple[Desk, Sheet]:
        """Who sees the task learns why not; to others there is no such paper."""
        desk = self._desk(actor)
        try:
            sheet = desk.take(task_id)
            wanted = WRITERS if by == desk.who.name else ADMINISTRATORS
            try:
                require_part(sheet.task, sheet.people, desk.who, wanted)
            except NotPermitted as refusal:
                raise desk.refusal(sheet, refusal) from None
        except NotFound:
            raise _missing(*what) from None
        return desk, sheet

    def _note(self, desk: Desk, sheet: Sheet, message: str) -> None:
        applied = changed(sheet.task, sheet.people, desk.who, desk.turn.now_ms, {}, message)
        desk.note(sheet, applied)
        desk.save(sheet)

    def _sees(self, reader: Reader, actor: Actor, task_id: int) -> bool:
        try:
            self._see(reader, actor, task_id)
        except NotFound:
            return False
        return True


def with_papers(reader: Reader, view: TaskView) -> TaskView:
    """A task with what was added to it."""
    comments = tuple(comment_view(row) for row in repository.comments_of(reader, view.id))
    found = tuple(attachment_view(row) for row in repository.attachments_of(reader, view.id))
    return replace(view, comments=comments, attachments=found) if comments or found else view


def comment_view(row: TaskCommentRow) -> CommentView:
    """A comment."""
    return CommentView(
        id=row.id, text=row.text, added_by=row.added_by, added_at=from_ms(row.added_at)
    )


def attachment_view(row: TaskAttachmentRow) -> AttachmentView:
    """An attachment without its content."""
    return AttachmentView(
        id=row.id,
        name=row.name,
        content_type=row.content_type,
        access_type=row.access_type,
        attached_at=from_ms(row.attached_at),
        attached_by=row.attached_by,
        size=row.size,
        content_id=row.content_id,
    )


def _check(name: str, content_type: str, access_type: str) -> None:
    if access_type not in ACCESS_TYPES:
        raise Invalid(f"access_type is none of {', '.join(ACCESS_TYPES)}", reason="attachment")
    for text in (name, content_type):
        if not 0 < len(text) <= LONGEST_NAME or not text.isprintable():
            raise Invalid(
                f"name and content type have 1 to {LONGEST_NAME} visible characters",
                reason="attachment",
            )


def _few(count: int, what: str) -> None:
    if count >= MOST:
        raise Invalid(f"a task has at most {MOST} {what}", reason="too_many")


def _missing(kind: str, number: int) -> NotFound:
    return NotFound(f"{kind} '{number}' not found", reason=kind.lower())
