"""Built-in work item handlers, by the names that models use.

What touches the network or a disk runs as a job (``reference/rulings.md`` 6) unless the setting
``inline_handlers`` names it. Libraries are loaded by the first call that needs them, so that a
server which uses none of this starts as fast as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from procession.errors import Invalid
from procession.runtime.handlers.bounds import Bounds
from procession.runtime.handlers.commands import Commands, plan
from procession.runtime.handlers.given import Secrets, pairs
from procession.runtime.handlers.late import Late
from procession.runtime.handlers.log import complete_at_once, write_line
from procession.runtime.handlers.reach import Reach
from procession.runtime.handlers.services import Service, imported
from procession.runtime.work_items import Handlers, Mode, Plan
from procession.values import Map

if TYPE_CHECKING:
    from procession.settings import Settings

IMPLEMENTATIONS: Final = {
    "database": "SQL",
    "fileRead": "File",
    "fileWrite": "File",
    "http": "Rest",
    "push": "Webhook",
    "##WebService": "WebService",
    "##webService": "WebService",
}
"""Kinds of service tasks (``reference/oneweb-rest-api.md`` 3.1) and the handlers that do them."""


def register_built_in(handlers: Handlers, settings: Settings) -> Commands:
    """Register all of them; gives the commands of asynchronous tasks, to which more can be added.

    Raises :class:`Invalid` for settings that make no sense.
    """
    handlers.register("Log", write_line)
    handlers.register("SystemOut", write_line)
    handlers.register("Manual Task", complete_at_once)
    by_name = _outgoing(settings)
    for name in settings.inline_handlers:
        if name not in by_name:
            known = ", ".join(sorted(by_name))
            raise Invalid(f"wrong setting: inline_handlers: {name!r} is none of {known}")
    names = {name: name for name in by_name}
    names |= {f"implementation {kind}": name for kind, name in IMPLEMENTATIONS.items()}
    for name, meant in names.items():
        _register(handlers, settings, name, meant, by_name[meant])
    _services(handlers, settings)
    commands = Commands()
    for name, place in pairs("commands", settings.commands).items():
        commands.register(name, imported("commands", place))
    handlers.register("async", commands, mode=Mode.JOB, plan=plan)
    return commands


def _outgoing(settings: Settings) -> dict[str, Late]:
    """The handlers that touch the network or a disk."""
    reach = Reach(settings.allowed_hosts, settings.allowed_networks)
    secrets = Secrets(settings.secrets)
    limit, most = float(settings.handler_seconds), settings.handler_bytes
    connections = pairs("sql_connections", settings.sql_connections)
    web = Bounds(reach, secrets, limit, most)
    rest = Late(lambda: _rest(web))
    webhook = Late(lambda: _webhook(web))
    return {
        "Rest": rest,
        "REST": rest,
        "Webhook": webhook,
        "Push": webhook,
        "WebService": Late(lambda: _web_service(web)),
        "Email": Late(lambda: _mail(settings)),
        "SQL": Late(lambda: _sql(connections, limit, settings.sql_rows)),
        "File": Late(lambda: _file(settings.file_dir, most)),
    }


def _rest(web: Bounds) -> Any:
    from procession.runtime.handlers.rest import RestHandler

    return RestHandler(web)


def _webhook(web: Bounds) -> Any:
    from procession.runtime.handlers.webhook import WebhookHandler

    return WebhookHandler(web)


def _web_service(web: Bounds) -> Any:
    from procession.runtime.handlers.web_service import WebServiceHandler

    return WebServiceHandler(web)


def _web_service_plan(parameters: Map) -> Plan:
    from procession.runtime.handlers.web_service import plan as plan_of

    return plan_of(parameters)


def _mail(settings: Settings) -> Any:
    from procession.runtime.handlers.mail import MailHandler

    return MailHandler(settings)


def _sql(connections: dict[str, str], limit: float, rows: int) -> Any:
    from procession.runtime.handlers.sql import SqlHandler

    return SqlHandler(connections, limit, rows)


def _file(root: str, most: int) -> Any:
    from procession.runtime.handlers.file import FileHandler

    return FileHandler(root, most)


def _register(handlers: Handlers, settings: Settings, name: str, meant: str, handler: Late) -> None:
    is_inline = meant in settings.inline_handlers
    handlers.register(
        name,
        handler,
        mode=Mode.INLINE if is_inline else Mode.JOB,
        may_block=is_inline,
        time_limit=settings.handler_seconds + 1.0,
        plan=_web_service_plan if meant == "WebService" else None,
    )


def _services(handlers: Handlers, settings: Settings) -> None:
    for name, place in pairs("services", settings.services).items():
        handlers.register(
            service_name(name),
            Service(name, imported("services", place)),
            may_block=True,
            time_limit=float(settings.handler_seconds),
        )


def service_name(interface: str) -> str:
    """Under which name the handler of an interface, or of an operation, is registered."""
    return interface if "/" in interface else f"interface {interface}"
