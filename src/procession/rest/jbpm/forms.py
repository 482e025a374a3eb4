"""Where forms are shown, and the statistics of the dashboard (R04, T21, T22).

``reference/jbpm-rest-api.md``. The addresses are those of the originals' pages, which clients open
in a browser; the page's name changed from version to version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from procession.rest.jbpm import shapes
from procession.rest.jbpm.params import path_number
from procession.rest.jbpm.profiles import profile_of
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_START_FORM = "/runtime/{dep}/process/{process_id}/startform"
_PERSPECTIVE = "?perspective=FormDisplayPerspective&standalone=true"


@routes.get(_START_FORM, permission="deployment.read", id="R04")
@routes.post(_START_FORM, permission="deployment.read", id="R04", lane="read")
def start_form(request: Request, engine: Engine) -> Reply:
    """Where the form is shown that starts a process."""
    dep, process_id = request.path["dep"], request.path["process_id"]
    engine.deployments.definition(request.actor, dep, process_id)
    told = f"&processId={_word(process_id)}&domainId={_word(dep)}"
    return Reply(_page(request, engine, told), shapes.START_FORM)


@routes.get("/task/{id:[0-9-]+}/showTaskForm", permission="task.read", id="T21")
def task_form(request: Request, engine: Engine) -> Reply:
    """Where the form of a task is shown."""
    number = path_number(request, "id", "task")
    engine.tasks.get(request.actor, number)
    return Reply(_page(request, engine, f"&taskId={number}"), shapes.TASK_FORM)


@routes.post("/task/history/bam/clear", permission="history.clear", id="T22")
def clear_statistics(request: Request, engine: Engine) -> Reply:
    """Forget the task statistics of the dashboard; they are counted afresh, so nothing is kept."""
    return Reply(True, shapes.SUMMARY_CLEARED)


def _page(request: Request, engine: Engine, told: str) -> str:
    application = request.mount.removesuffix("/rest")
    page = profile_of(request, engine.settings).form_page
    opener = request.base.partition("://")[2]
    return f"{request.base}{application}/{page}{_PERSPECTIVE}{told}&opener={opener}"


def _word(text: str) -> str:
    return quote(text, safe=":.-_")
