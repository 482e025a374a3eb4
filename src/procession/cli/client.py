"""How commands reach the data: over HTTP, through the running server or one in this process.

A SQLite file has one master. While a server has it, its *run file* beside the data says where the
server listens and holds a key that only the file's owner can read; commands go there. Otherwise
the command opens the database itself and speaks to the same application without a network.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from procession.errors import Fault, Invalid, NotFound, StoreUnavailable
from procession.settings import Settings

if TYPE_CHECKING:
    import httpx2


def run_file(settings: Settings) -> Path | None:
    """Where a serving process leaves its address; ``None`` for databases that many may serve."""
    database = settings.database
    if not database.startswith("sqlite:///"):
        return None
    path = database.removeprefix("sqlite:///")
    return Path(f"{path}.run") if path else None


def leave_address(settings: Settings, url: str, key: str, pid: int = 0) -> Path | None:
    """Write the run file, readable by its owner alone; a server lives as long as its process."""
    path = run_file(settings)
    if path is not None:
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"url": url, "key": key, "pid": pid or os.getpid()}, file)
    return path


class Client:
    """Calls routes of this product as the operator of the machine."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Any = None
        self._base = "http://procession.local"
        self._headers: dict[str, str] = {}
        self._app: Any = None

    def __enter__(self) -> Self:
        known = self._running()
        if known is not None:
            self._base, key = known
            self._headers = {"Authorization": f"Bearer {key}"}
            return self
        from procession.engine import Engine
        from procession.server import create_app

        self._engine = Engine.open(self._settings.database, settings=self._settings, exclusive=True)
        self._app = create_app(self._engine)
        key = self._app.operator_key
        self._headers = {"Authorization": f"Bearer {key}"}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._app is not None:
            self._app.close()
        if self._engine is not None:
            self._engine.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: Any = None,
        files: list[tuple[str, tuple[str, bytes, str]]] | None = None,
    ) -> Any:
        """Make a call and give the JSON of its answer; errors become ours."""
        import httpx2  # here, because `serve` uses this module too and calls nobody

        try:
            answer = asyncio.run(self._call(method, path, params, body, files))
        except httpx2.HTTPError as error:
            raise StoreUnavailable(
                f"the server at {self._base} does not answer ({type(error).__name__}); if none is "
                f"running, delete {run_file(self._settings)}"
            ) from error
        if answer.status_code >= 400:
            raise _fault(answer)
        return answer.json() if answer.content else None

    async def _call(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None,
        body: Any,
        files: list[tuple[str, tuple[str, bytes, str]]] | None,
    ) -> httpx2.Response:
        import httpx2

        transport = httpx2.ASGITransport(app=self._app) if self._app is not None else None
        headers = {"Accept": "application/json", **self._headers}
        async with httpx2.AsyncClient(
            transport=transport, base_url=self._base, headers=headers, timeout=300, trust_env=False
        ) as client:
            return await client.request(method, path, params=params, json=body, files=files)

    def _running(self) -> tuple[str, str] | None:
        path = run_file(self._settings)
        if path is None or not path.exists():
            return None
        try:
            known = json.loads(path.read_text())
            os.kill(int(known["pid"]), 0)
        except (ValueError, KeyError, ProcessLookupError):
            return None
        except PermissionError as error:
            raise StoreUnavailable(f"{path} belongs to somebody else") from error
        return str(known["url"]), str(known["key"])


def _fault(answer: httpx2.Response) -> Fault:
    try:
        found = answer.json()
        text = found.get("detail") or found.get("message") or found.get("title") or answer.text
    except ValueError:
        text = answer.text
    kind = {400: Invalid, 404: NotFound}.get(answer.status_code, Fault)
    return kind(str(text))
