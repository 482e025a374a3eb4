"""Generated requests against every address that the OpenAPI description names.

schemathesis makes them from the description; half of their path parameters and some of their
values are then replaced by ones that mean something, so that they get further than a refusal.
Whatever is asked, the answer is one that the description declares, and no error is unexpected.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from procession.errors import Fault
from procession.web.openapi import document
from tests.golden.models import UNIT
from tests.golden.talk import PASSWORD, Answer, Server, serving

USERS = ("boss", "boss", "ann", "ann", "bob", "carl", None)
ACCEPTS = ("application/json", "application/xml", "*/*", "text/plain", "application/json;q=.5")
UNEXPECTED = b"internal error"
EVERY = slice(None)
EVERY = slice(None)


class Finding(NamedTuple):
    """A request whose answer is not as described."""

    what: str
    request: str
    answer: str

    def __str__(self) -> str:
        return f"{self.what}: {self.request}\n  {self.answer[:400]}"


class Doors:
    """A server with some things in it, and the operations of its description."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.asked = 0
        self.statuses: Counter[int] = Counter()
        mounts = [(m.dialect.name, m.prefix, m.dialect.routes.routes) for m in server.app.mounts]
        described = document(mounts)
        described["paths"] = {
            path.replace("*/rest", "/rest"): item for path, item in described["paths"].items()
        }
        self.described = described
        schema = schemathesis.openapi.from_dict(described)
        self.operations = [found.ok() for found in schema.get_all_operations()]
        engine = server.engine
        ann = engine.people.actor("ann")
        self.words: list[str] = [UNIT, "acme.hiring", "acme.waiting", "name", "age", "mySignal",
                                 "HR", "ann", "boss", "_2", "Ready", "1", "2", "0", "-1", "true",
                                 "", "x" * 300, "\\u0000", "99999999999", "a/b", "ü"]  # fmt: skip
        for process in ("acme.hiring", "acme.waiting", "acme.robot", "acme.nobodys"):
            for _ in range(3):
                view = engine.processes.start(ann, process, {"name": "Ann", "age": 3})
                self.words += [
                    str(view.id),
                    str(view.id + 1),
                    str(view.id + 2),
                    f"{view.id}-{view.uuid}",
                ]
                for task in engine.tasks.of_instance(engine.admin, view.id).items:
                    self.words += [str(task.id), f"{task.id}-{task.uuid}"]

    def run(self, number: int, each: int, part: slice = EVERY) -> Iterator[Finding]:
        """Ask every operation, or a part of them, ``each`` times, with a seed."""
        for operation in self.operations[part]:
            yield from self._ask(operation, number, each)

    def _ask(self, operation: Any, number: int, each: int) -> Iterator[Finding]:
        found: list[Finding] = []
        dice = random.Random(f"{number} {operation.label}")
        for mode in GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)

            @seed(number)
            @settings(
                max_examples=max(each // 2, 1), database=None, deadline=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            )  # fmt: skip
            @given(strategy)
            def ask(case: Any) -> None:
                found.extend(self._send(case, operation, dice))

            try:
                ask()
            except (schemathesis.errors.SchemathesisError, Unsatisfiable):
                continue  # nothing wrong can be generated
        yield from found

    def _send(self, case: Any, operation: Any, dice: random.Random) -> Iterator[Finding]:
        target = self._address(case, operation, dice)
        body, kind = _body(case)
        user, accept = dice.choice(USERS), dice.choice(ACCEPTS)
        headers = {"accept": accept, **({"content_type": kind} if kind else {})}
        method = str(case.method).upper()
        answer = self.server.call(user, method, target, body, **headers)
        if answer.status == 401 and user:
            self._restore(user)
        self.asked += 1
        self.statuses[answer.status] += 1
        for what in self._wrong(answer, operation, method):
            yield Finding(what, f"{user} {method} {target} {kind} {body[:300]!r}", answer.text)

    def _restore(self, user: str) -> None:
        """Who has been removed, locked out or renamed by some request may come in again."""
        people, admin = self.server.engine.people, self.server.engine.admin
        group = {"boss": "Administrators", "carl": None}.get(user, "HR")
        steps = [
            lambda: people.add_group(admin, str(group)),
            lambda: people.add_user(admin, user, PASSWORD),
            lambda: people.reactivate(admin, user),
            lambda: people.set_password(admin, user, PASSWORD),
            lambda: people.add_member(admin, str(group), user),
        ]
        for step in steps if group else steps[1:4]:
            with suppress(Fault):
                step()

    def _address(self, case: Any, operation: Any, dice: random.Random) -> str:
        path = str(operation.path)
        for name, value in (case.path_parameters or {}).items():
            if dice.random() < 0.8:
                value = dice.choice(self.words)
            path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "x")
        pairs = []
        for name, value in (case.query or {}).items():
            for one in value if isinstance(value, list) else [value]:
                pairs.append((str(name), dice.choice(self.words) if dice.random() < 0.6 else one))
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path

    def _wrong(self, answer: Answer, operation: Any, method: str) -> Iterator[str]:
        item = self.described["paths"][operation.path][method.lower()]
        declared = item["responses"].get(str(answer.status))
        if UNEXPECTED in answer.body or answer.status == 500:
            yield "an unexpected error"
        elif declared is None:
            yield f"status {answer.status} is not declared"
        elif "content" in declared and answer.body:
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if kind not in declared["content"]:
                yield f"content type {kind} is not declared for {answer.status}"
        if answer.headers.get("content-type", "").startswith("application/json") and answer.body:
            try:
                json.loads(answer.body)
            except ValueError:
                yield "the answer is not JSON"


def _body(case: Any) -> tuple[bytes, str]:
    kind = case.media_type or ""
    if not isinstance(case.body, dict | list | str | int | float | bytes | None.__class__):
        return b"", ""
    if isinstance(case.body, bytes):
        return case.body, kind
    if "form-urlencoded" in kind and isinstance(case.body, dict):
        return urlencode(case.body, errors="replace").encode(), kind
    return json.dumps(case.body).encode(errors="replace"), kind


@contextmanager
def doors(**more: Any) -> Iterator[Doors]:
    """Doors over a fresh server."""
    with ExitStack() as stack:
        yield Doors(
            stack.enter_context(
                serving(**{"jbpm_dialect": "6.5", "login_failures": 1_000_000, **more})
            )
        )
