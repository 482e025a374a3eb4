"""Attachments as files: beside the database, where a setting names a directory for them.

A file is on the disk before the turn that names it is committed, under a name that nobody could
have chosen: its task's number and a random one. What a crash or a refusal leaves behind has no row;
:meth:`Cabinet.sweep` takes such files away once they are old enough to belong to nobody's turn.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from procession.errors import StoreUnavailable
from procession.values import Map

KIND: Final = "file"
"""The kind of a document whose body says in which file it is."""
GRACE_SECONDS: Final = 3_600
_NAME: Final = re.compile(r"[0-9]{1,18}-[0-9a-f]{32}")
_SEVERAL: Final = 500


class Cabinet:
    """The directory of a server's attachments; all its nodes share it."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def put(self, task_id: int, content: bytes) -> Map:
        """Write a file so that no crash loses it; gives what is stored in its place."""
        name = f"{task_id}-{secrets.token_hex(16)}"
        coming = self._folder / f"{name}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as to:
                to.write(content)
                to.flush()
                os.fsync(to.fileno())
            coming.rename(self._folder / name)
            self._sync()
        except OSError as error:
            coming.unlink(missing_ok=True)
            raise StoreUnavailable(
                f"the attachment could not be written: {error.strerror}"
            ) from error
        return Map(file=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())

    def get(self, reference: Map) -> bytes:
        """What is in a file. Raises :class:`StoreUnavailable` if it is not what was put there."""
        try:
            content = self._path(reference).read_bytes()
        except OSError as error:
            raise StoreUnavailable("the file of the attachment cannot be read") from error
        if hashlib.sha256(content).hexdigest() != reference.get("sha256"):
            raise StoreUnavailable("the file of the attachment is not what was attached")
        return content

    def drop(self, reference: Map) -> None:
        """Take a file away. If that fails, it is swept up later."""
        try:
            self._path(reference).unlink(missing_ok=True)
        except OSError:
            return

    def sweep(self, known: Callable[[list[int]], Iterable[str]], now: float | None = None) -> int:
        """Take away old files that no row names; ``known`` names those of some tasks."""
        before = (time.time() if now is None else now) - GRACE_SECONDS
        old, gone = self._old(before), 0
        while some := list(islice(old, _SEVERAL)):
            numbers = sorted({int(path.name.partition("-")[0]) for path in some})
            named = set(known(numbers))
            for path in some:
                if path.name not in named:
                    path.unlink(missing_ok=True)
                    gone += 1
        return gone

    def _old(self, before: float) -> Iterator[Path]:
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as entries:
            for entry in entries:
                name = entry.name.removesuffix(".part")
                is_ours = _NAME.fullmatch(name) and entry.is_file(follow_symlinks=False)
                if is_ours and entry.stat(follow_symlinks=False).st_mtime < before:
                    yield Path(entry.path)

    def _path(self, reference: Map) -> Path:
        name = str(reference.get("file", ""))
        if not _NAME.fullmatch(name):
            raise StoreUnavailable("the attachment names no file of ours")
        return self._folder / name

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
