"""File: work items named ``File`` read and write inside one directory that the operator names.

Parameters: ``Operation`` (``READ``, ``WRITE``, ``APPEND``, ``LIST``, ``DELETE``), ``Path`` below
that directory, ``Content``, ``Encoding`` (utf-8, or ``binary``), ``Format`` (``text``, ``json``,
``lines``, ``csv`` with ``Delimiter``), ``Pattern`` for ``LIST``. Results: ``Result``, for ``READ``
what the file holds, for ``LIST`` the names, else whether something was done. A file is replaced
whole or not at all, so repeating a ``WRITE`` does no harm; a repeated ``APPEND`` appends again.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from procession.runtime.handlers.formats import decode, encode
from procession.runtime.handlers.given import needed, text, wrong
from procession.runtime.work_items import WorkFailed, WorkItem
from procession.values import Value

MISSING: Final = "FILE_NOT_FOUND"
REFUSED: Final = "FILE_REFUSED"
TOO_LARGE: Final = "FILE_TOO_LARGE"
JAVA: Final = "java.io.IOException"
MOST_NAMES: Final = 10_000
_OPERATIONS: Final = {"fileRead": "READ", "fileWrite": "WRITE"}
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Folder:
    """A directory out of which no path leads: every step is opened from the one before.

    No step may be a link, so that nobody can put one in the way between a check and its use.
    """

    def __init__(self, root: str, most: int) -> None:
        self._root = root
        self._most = most

    def read(self, path: str) -> bytes:
        """What a file holds."""
        with self._parent(path) as (folder, name), _failing(path):
            handle = os.open(name, os.O_RDONLY | _NO_LINK, dir_fd=folder)
            with open(handle, "rb") as file:
                _need_file(handle, path)
                content = file.read(self._most + 1)
        self._need_small(content)
        return content

    def write(self, path: str, content: bytes) -> None:
        """Put a whole file in place of what was there."""
        self._need_small(content)
        with self._parent(path, make=True) as (folder, name), _failing(path):
            beside = f".{name[:100]}.{os.urandom(6).hex()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK
            try:
                with open(os.open(beside, flags, 0o640, dir_fd=folder), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                if beside in os.listdir(folder):
                    os.unlink(beside, dir_fd=folder)
                raise

    def append(self, path: str, content: bytes) -> None:
        """Write at the end of a file, which is made if it is not there."""
        with self._parent(path, make=True) as (folder, name), _failing(path):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINK
            handle = os.open(name, flags, 0o640, dir_fd=folder)
            with open(handle, "ab") as file:
                _need_file(handle, path)
                self._need_small(content, os.fstat(handle).st_size)
                file.write(content)
                file.flush()
                os.fsync(handle)

    def names(self, path: str, pattern: str) -> tuple[str, ...]:
        """The files of a directory whose names fit the pattern."""
        inner = f"{path}/x" if path not in ("", ".") else "x"
        with self._parent(inner) as (folder, _), _failing(path):
            found = sorted(fnmatch.filter(os.listdir(folder), pattern))
            files = [name for name in found if stat.S_ISREG(_mode(folder, name))]
        if len(files) > MOST_NAMES:
            raise WorkFailed(f"there are more than {MOST_NAMES} files", TOO_LARGE, is_final=True)
        return tuple(files)

    def delete(self, path: str) -> bool:
        """Delete a file; whether there was one."""
        with self._parent(path) as (folder, name), _failing(path):
            mode = _mode(folder, name)
            if not mode:
                return False
            if not stat.S_ISREG(mode):
                raise _refused(path)
            os.unlink(name, dir_fd=folder)
        return True

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The open directory of a path, and the name in it."""
        if not self._root:
            raise wrong("no directory is set up for files; give the setting file_dir")
        *folders, name = steps(path)
        with _failing(path):
            try:
                handle = os.open(self._root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
            except OSError as error:
                raise WorkFailed("the directory of file_dir cannot be opened", JAVA) from error
            try:
                for folder in folders:
                    handle = _enter(handle, folder, make)
                yield handle, name
            finally:
                os.close(handle)

    def _need_small(self, content: bytes, before: int = 0) -> None:
        if before + len(content) > self._most:
            raise WorkFailed(
                f"the file is larger than {self._most} bytes", TOO_LARGE, JAVA, is_final=True
            )


class FileHandler:
    """Reads and writes files of the folder."""

    def __init__(self, root: str, most: int) -> None:
        self._folder = Folder(root, most)

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Do what ``Operation`` says."""
        p = item.parameters
        meant = _OPERATIONS.get(text(p, "implementation"), "READ")
        operation = text(p, "Operation", meant).upper()
        folder = self._folder
        if operation == "READ":
            return {"Result": decode(folder.read(needed(p, "Path")), p)}
        if operation == "LIST":
            return {"Result": folder.names(text(p, "Path"), text(p, "Pattern", "*"))}
        if operation == "DELETE":
            return {"Result": folder.delete(needed(p, "Path")) or item.attempt > 1}
        if operation == "WRITE":
            folder.write(needed(p, "Path"), encode(p.get("Content"), p))
        elif operation == "APPEND":
            folder.append(needed(p, "Path"), encode(p.get("Content"), p))
        else:
            raise wrong(f"Operation must be READ, WRITE, APPEND, LIST or DELETE: {operation[:20]}")
        return {"Result": True}

    def abort(self, item: WorkItem) -> None:
        """What was written stays."""


def steps(path: str) -> list[str]:
    """The names on the way to a file; nothing that leads elsewhere."""
    found = [step for step in path.split("/") if step not in ("", ".")]
    if path.startswith(("/", "~")) or "\\" in path or "\0" in path or ".." in found or not found:
        raise _refused(path)
    if any(len(step.encode()) > 255 for step in found) or len(found) > 32:
        raise _refused(path)
    return found


def _enter(handle: int, folder: str, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(folder, 0o750, dir_fd=handle)
    inner = os.open(folder, _FOLDER, dir_fd=handle)
    os.close(handle)
    return inner


def _need_file(handle: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise _refused(path)


def _mode(folder: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


def _refused(path: str) -> WorkFailed:
    return WorkFailed(
        f"{path[:100]!r} is not a file below the directory of file_dir",
        REFUSED,
        JAVA,
        is_final=True,
    )


@contextmanager
def _failing(path: str) -> Iterator[None]:
    """Say in our words what the system says, without its paths."""
    import errno

    try:
        yield
    except WorkFailed:
        raise
    except FileNotFoundError as error:
        raise WorkFailed(
            f"there is no file {path[:100]!r}",
            MISSING,
            "java.io.FileNotFoundException",
            JAVA,
            is_final=True,
        ) from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
            raise _refused(path) from error
        raise WorkFailed(f"{path[:100]!r}: {os.strerror(error.errno or 0)}", JAVA) from error
