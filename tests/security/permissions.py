"""Who may do what, written down a second time: what the matrix expects of every route.

Independent of ``services/access.py`` and ``tasks/lifecycle.py`` on purpose. A route that no line
names fails the matrix, so that a new one must be thought about here.
"""

from __future__ import annotations

from typing import Final

ADMIN = frozenset({"admin"})
INITIATOR, CANDIDATE, OWNER, BOSS = (frozenset({n}) for n in ("ann", "carl", "olga", "boss"))
CLERKS = CANDIDATE | OWNER
PARTNERS = INITIATOR | CLERKS | BOSS
"""Everybody with a part in the instance."""
SEER, MANAGER, OPERATOR, WORKER = (frozenset({n}) for n in ("sam", "pam", "oscar", "walt"))

SEES_INSTANCE = PARTNERS | SEER | MANAGER | ADMIN
SEES_CHILD = INITIATOR | SEER | MANAGER | ADMIN
"""To have a part in the caller is to have none in what it calls, unless one started it all."""
MOVES_INSTANCE = PARTNERS | MANAGER | ADMIN
MOVES_SHIP = MOVES_INSTANCE | WORKER
SEES_SHIP = SEES_INSTANCE | WORKER

# What a route is about decides what is expected of it.
PUBLIC, ANYBODY = "public", "anybody who says who they are"
ADMINISTRATORS, OPERATORS, WORKERS = "administrators", "operators", "workers"
LIST = "anybody, but only what is theirs"
INSTANCE, HISTORY, TASK, SHIP = "instance", "history", "task", "work item"
CHILDREN = "called instances"
MOVE, SIGNAL, SHIP_MOVE = "move instance", "signal instance", "move work item"
STEER = "steer instance"
OPERATION, ONEWEB_OPERATION, ASSIGN = "operation", "oneweb operation", "assign"
WORD = "a word that is no operation"
PAPER = "what is written on a task; by whom, its own tests tell"
SEERS = "who sees everything"
TRIERS = "who may try decisions"

_R = "/rest/runtime/{dep}"
_I = _R + "/process/instance/{id}"
_W = _R + "/withvars/process/instance/{id}"
_B = "/BPMREST/service/runtime"
_H = ("/rest/history", _R + "/history")


def _both(path: str) -> tuple[str, ...]:
    return tuple(f"GET {place}{path}" for place in _H)


ABOUT: Final[dict[str, str]] = {
    **dict.fromkeys(("GET /api/health", "GET /api/ready", "POST /eaf-rest/login"), PUBLIC),
    **dict.fromkeys(
        (
            "GET /api/version",
            "GET /api/me",
            "PUT /api/me/password",
            "POST /api/tasks",
            "POST /api/conditions",
            f"POST {_B}/process/start",
            f"POST {_B}/process/{{process_name}}/start",
            f"POST {_R}/process/{{process_id}}/start",
            f"POST {_R}/withvars/process/{{process_id}}/start",
            f"GET {_R}/process/{{process_id}}",
            "GET /rest/deployment",
            "GET /rest/deployment/processes",
            "GET /rest/deployment/{dep}/processes",
            "GET /rest/deployment/{dep}",
            f"GET {_R}/process/{{process_id}}/startform",
            f"POST {_R}/process/{{process_id}}/startform",
            f"POST {_R}/execute",
            f"POST {_R}/execute/{{name}}",
            "POST /rest/execute",
            "POST /rest/task/execute",
            "POST /rest/history/execute",
        ),
        ANYBODY,
    ),
    **dict.fromkeys(
        (
            f"POST {_B}/refreshCache",
            f"POST {_B}/classAction",
            "POST /rest/history/clear",
            "POST /api/history/purge",
            "POST /api/attachments/sweep",
            "POST /rest/task/history/bam/clear",
            f"POST {_R}/history/clear",
            "PUT /rest/deployment/{dep}/deploy",
            *(
                f"POST /rest/deployment/{{dep}}/{word}"
                for word in ("deploy", "undeploy", "activate", "deactivate")
            ),
            *(
                f"{m} /api/{kind}"
                for m in ("GET", "POST")
                for kind in ("users", "groups", "roles", "work-parties")
            ),
            *(
                f"DELETE /api/{kind}/{{name}}"
                for kind in ("users", "groups", "roles", "work-parties")
            ),
            "PATCH /api/users/{name}",
            "PUT /api/users/{name}/password",
            "POST /api/users/{name}/deactivate",
            "POST /api/users/{name}/reactivate",
            *(
                f"{m} /api/{place}/{{member}}"
                for m in ("PUT", "DELETE")
                for place in (
                    "groups/{name}/members",
                    "roles/{name}/users",
                    "roles/{name}/groups",
                    "work-parties/{name}/users",
                    "work-parties/{name}/roles",
                )
            ),
            "PUT /api/work-parties/{name}/lead/{member}",
        ),
        ADMINISTRATORS,
    ),
    **dict.fromkeys(
        (
            "GET /api/jobs",
            "GET /api/incidents",
            "POST /api/jobs/{job_id}/retry",
            "POST /api/jobs/{job_id}/cancel",
        ),
        OPERATORS,
    ),
    **dict.fromkeys(("GET /api/tasks/summary", "GET /api/tasks/times"), SEERS),
    **dict.fromkeys(
        (
            "GET /api/decisions/{dep}",
            "POST /api/decisions/{dep}",
            "GET /api/rules/{deployment_id}",
            "POST /api/rules/{deployment_id}",
        ),
        TRIERS,
    ),
    **dict.fromkeys(
        (
            "PATCH /api/tasks/{id}",
            "POST /api/tasks/{id}/people",
            "POST /api/tasks/{id}/remind",
            "POST /api/tasks/{id}/remove",
            "PUT /api/tasks/{id}/{which}",
            "GET /api/tasks/{id}/form",
            "POST /api/tasks/{id}/comments",
            "DELETE /api/tasks/{id}/comments/{comment_id}",
            "POST /api/tasks/{id}/attachments",
            "GET /api/tasks/{id}/attachments/{attachment_id}",
            "DELETE /api/tasks/{id}/attachments/{attachment_id}",
        ),
        PAPER,
    ),
    **{f"POST /api/workers/{w}": WORKERS for w in ("fetch", "complete", "fail", "extend")},
    **dict.fromkeys(
        (
            f"GET {_B}/tasks",
            "GET /rest/task/query",
            "GET /rest/query/task",
            "GET /rest/tasks",
            "GET /rest/query/runtime/task",
            "GET /rest/query/runtime/process",
            "GET /rest/history/instance",
            *_both("/instances"),
            *_both("/process/{process_id}"),
            *_both("/variable/{name}"),
            *_both("/variable/{name}/instances"),
            *_both("/variable/{name}/value/{value}"),
            *_both("/variable/{name}/value/{value}/instances"),
            f"POST {_R}/signal",
            "POST /api/messages",
            "POST /rest/task/{id}/claimnextavailable",
            "GET /api/tasks",
            "GET /api/tasks/events",
        ),
        LIST,
    ),
    **dict.fromkeys(
        (
            f"GET {_I}",
            f"GET {_W}",
            f"GET {_I}/variable/{{name}}",
            "GET /api/process-instances/{instance_id}/diagram.svg",
            *_both("/instance/{id}"),
            f"GET {_B}/instance/{{instance_id}}/tasks",
        ),
        INSTANCE,
    ),
    **dict.fromkeys(
        (
            f"GET {_I}/variables",
            *_both("/instance/{id}/node"),
            *_both("/instance/{id}/node/{name}"),
            *_both("/instance/{id}/variable"),
            *_both("/instance/{id}/variable/{name}"),
        ),
        HISTORY,
    ),
    **dict.fromkeys(_both("/instance/{id}/child"), CHILDREN),
    f"POST {_I}/abort": MOVE,
    f"PATCH {_I}/variables": MOVE,
    f"PUT {_I}/variable/{{name}}": MOVE,
    **dict.fromkeys(
        (
            f"POST /api/process-instances/{{instance_id}}/{word}"
            for word in ("suspend", "resume", "activate")
        ),
        STEER,
    ),
    f"POST {_I}/signal": SIGNAL,
    f"POST {_R}/process/{{process_id}}/instance/{{id}}/signal": SIGNAL,
    f"POST {_W}/signal": SIGNAL,
    f"GET {_R}/workitem/{{id}}": SHIP,
    f"POST {_R}/workitem/{{id}}/complete": SHIP_MOVE,
    f"POST {_R}/workitem/{{id}}/abort": SHIP_MOVE,
    **dict.fromkeys(
        (
            "GET /rest/task/{id}",
            "GET /rest/tasks/{id}",
            "GET /rest/task/{id}/showTaskForm",
            "GET /api/tasks/{id}",
            "GET /api/tasks/{id}/{which}",
            "GET /api/tasks/{id}/events",
            "GET /api/tasks/{id}/variables",
            "GET /api/tasks/{id}/sub-tasks",
            "GET /api/tasks/{id}/comments",
            "GET /api/tasks/{id}/attachments",
            "GET /rest/task/{id}/content",
            "GET /rest/task/content/{id}",
            f"GET {_B}/tasks/{{task_id}}/variables",
            f"POST {_B}/tasks/{{task_id}}/variables",
        ),
        TASK,
    ),
    **{
        f"POST /rest/task/{{id}}/{word}": OPERATION
        for word in (
            "activate claim complete delegate exit fail forward nominate release resume skip "
            "start stop suspend"
        ).split()
    },
    **{
        f"POST {_B}/tasks/{{task_id}}/{w}": ONEWEB_OPERATION
        for w in ("claim", "unclaim", "complete")
    },
    f"POST {_B}/tasks/{{task_id}}/assign": ASSIGN,
    f"POST {_B}/instance/{{instance_id}}/tasks/assign": ASSIGN,
    **dict.fromkeys(
        (
            f"POST {_R}/workitem/{{id}}/{{oper}}",
            "POST /rest/task/{id}/{oper}",
            *_both("/instance/{id}/{oper}"),
            *_both("/instance/{id}/{oper}/{name}"),
        ),
        WORD,
    ),
}

_OFFERED = CLERKS | BOSS | ADMIN
_OWNED = OWNER | BOSS | ADMIN
OPERATIONS: Final[dict[str, dict[str, frozenset[str]]]] = {
    # ``reference/jbpm-engine.md`` 5.2; olga is the owner unless the task is ready.
    "claim": {"Ready": _OFFERED},
    "start": {"Ready": _OFFERED, "Reserved": OWNER},
    "stop": {"InProgress": _OWNED},
    "release": {"Reserved": _OWNED, "InProgress": _OWNED},
    "suspend": {"Ready": _OFFERED, "Reserved": _OWNED, "InProgress": _OWNED},
    "resume": {},
    "skip": {"Ready": _OFFERED, "Reserved": _OWNED, "InProgress": _OWNED},
    "delegate": {"Ready": _OFFERED, "Reserved": _OWNED, "InProgress": _OWNED},
    "forward": {},
    "complete": {"InProgress": _OWNED},
    "fail": {"InProgress": _OWNED},
    "activate": {},
    "nominate": {},
    "exit": dict.fromkeys(("Ready", "Reserved", "InProgress"), BOSS | ADMIN),
}
"""Forwarding takes somebody who is listed personally, and nobody is; nothing here is created."""

ONEWEB_OPERATIONS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "claim": {"Ready": _OFFERED, "Reserved": OWNER, "InProgress": OWNER},
    "unclaim": {"Reserved": _OWNED, "InProgress": _OWNED},
    "complete": {"Ready": _OFFERED, "Reserved": OWNER, "InProgress": OWNER},
}
ASSIGNERS: Final[dict[str, frozenset[str]]] = {
    "Ready": BOSS | ADMIN,
    "Reserved": _OWNED,
    "InProgress": _OWNED,
}
