"""A server is killed while a handler waits for an answer; the next one finishes the work."""

from __future__ import annotations

import subprocess
import sys
import threading

from procession.engine import Engine
from tests.runtime.handlers.house import calling
from tests.runtime.rooms import deploy, is_over, settings, until, variables

SERVER = """
import sys
from procession import Engine, Settings

database, host, is_first = sys.argv[1:]
settings = Settings(database=database, allowed_hosts=(host,), job_lease_seconds=1)
with Engine.open(database, settings=settings, exclusive=True) as engine:
    if is_first == "yes":
        engine.processes.start(engine.admin, "p")
    engine.worker().start()
    sys.stdin.read()
"""


def test_a_call_that_was_cut_short_is_made_again_with_the_same_key(server, tmp_path):
    database = f"sqlite:///{tmp_path}/killed.db"
    gate = threading.Event()

    def answer(request):
        if len(server.asked) == 1:
            gate.wait(20)
        return 200, {"Content-Type": "text/plain"}, b"done"

    server.routes["/"] = answer
    with Engine.open(database, settings=settings(database)) as engine:
        deploy(engine, calling("Rest", outputs="Result", Url=f"{server.url}/", Method="POST"))

    first = serve(database, server.host, "yes")
    until(lambda: server.asked, 20)
    first.kill()
    first.communicate()
    gate.set()
    second = serve(database, server.host, "no")
    until(lambda: len(server.asked) == 2, 20)
    second.communicate("")

    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 1
    with Engine.open(database, settings=settings(database)) as engine:
        until(lambda: is_over(engine, 1))
        assert variables(engine, 1) == {"Result": "done"}


def serve(database, host, is_first):
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, database, host, is_first], stdin=subprocess.PIPE, text=True
    )
