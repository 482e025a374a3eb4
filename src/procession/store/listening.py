"""Hearing what other nodes tell: LISTEN on a connection and a thread of its own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Final

import msgspec
import psycopg

_CHANNEL: Final = "procession"
_AGAIN_AFTER: Final = 2.0
EVERYTHING: Final = ("definitions", "identity", "jobs")


class Message(msgspec.Struct, array_like=True):
    """What goes over the wire."""

    sender: str
    channel: str
    payload: str


class Listener:
    """Calls ``heard(channel, payload)`` for what others tell; comes back when it is cut off.

    What was told meanwhile is lost, so whoever comes back is told to look at everything anew.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self.name = uuid.uuid4().hex
        self._connect = connect
        self._heard: Callable[[str, str], None] | None = None
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, heard: Callable[[str, str], None]) -> None:
        """Begin to listen; returns when nothing more can be missed (or the server is away)."""
        self._heard = heard
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="store-listen", daemon=True)
            self._thread.start()
            self._ready.wait(_AGAIN_AFTER)

    def tell(self, channel: str, payload: str) -> tuple[str, tuple[str, str]]:
        """The statement that tells the others."""
        body = msgspec.json.encode(Message(self.name, channel, payload)).decode()
        return "select pg_notify($1::text, $2::text)", (_CHANNEL, body)

    def stop(self, wake: Callable[[], None]) -> None:
        """End the thread; ``wake`` makes the server say something."""
        self._stop.set()
        if self._thread is not None:
            wake()
            self._thread.join(_AGAIN_AFTER * 2)
            self._thread = None

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"listen {_CHANNEL}")
                    if self._ready.is_set() and self._heard:
                        for channel in EVERYTHING:
                            self._heard(channel, "")
                    self._ready.set()
                    while not self._stop.is_set():
                        for message in connection.notifies(timeout=_AGAIN_AFTER, stop_after=1):
                            self._take(message.payload)
            except psycopg.Error:
                self._ready.set()
                self._stop.wait(_AGAIN_AFTER)

    def _take(self, text: str) -> None:
        try:
            message = msgspec.json.decode(text, type=Message)
        except msgspec.MsgspecError:
            return
        if message.sender != self.name and self._heard and not self._stop.is_set():
            self._heard(message.channel, message.payload)
