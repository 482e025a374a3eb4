"""Speaking to our own servers, which talk plain HTTP, without what encryption costs."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, Self

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For ``verify=`` of httpx2, which else reads every certificate authority for each client it makes:
that takes longer than most of our tests. It trusts nobody."""


def is_ready(port: int) -> bool:
    """Whether the server on that port of the loopback says that it is ready."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
        try:
            connection.request("GET", "/api/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


class Asker:
    """Asks one server many questions over one connection, as one user.

    Whoever looks at thousands of answers after a kill waits for the server, not for the client.
    """

    def __init__(self, port: int, user: str, password: str, root: str = "") -> None:
        self._root = root
        self._connection = HTTPConnection("127.0.0.1", port, timeout=20)
        secret = b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}", "Accept": "application/json"}

    def get(self, path: str) -> tuple[int, Any]:
        """Status and content of the answer to a GET."""
        self._connection.request("GET", self._root + path, headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
