"""Writes the pages of ``docs/reference`` from the source, so that they cannot drift.

``make docs`` writes them; ``python -m docs.generate --check`` tells which are out of date. Each
function of :data:`PAGES` gives one page. Nothing here knows a setting, a route, a command, an
element, an error or a table by name: they are read from where they are declared.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import click
import msgspec

from docs.check_list import check_list_page
from docs.decision_cases import decisions_page
from docs.exchanges import exchange_pages
from docs.jbpm_versions import versions_page

REFERENCE: Final = Path(__file__).resolve().parent / "reference"
NOTE: Final = "<!-- Written by docs/generate.py; do not edit. -->\n"
_CITED: Final = re.compile(
    r"(?:;?[ \t]*(?:(?<!\n)\n)?)?``reference/[\w./-]+``(?: (?:sections?\s*)?[\d., and-]*\d)?"
)
_ROLE: Final = re.compile(r":(?:class|meth|func|data|mod|attr):`~?(?:[\w.]*\.)?(\w+)`")


def plain(text: str) -> str:
    """The text of a docstring as Markdown."""
    text = _CITED.sub("", _ROLE.sub(r"`\1`", text)).replace("``", "`").replace(" ()", "")
    return re.sub(r"(^|\n)[.;:] *", r"\1", re.sub(r" +([.,;])", r"\1", text)).strip()


def cell(text: object) -> str:
    """What stands in a cell of a table."""
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def code(text: object) -> str:
    """As code, or nothing."""
    return f"`{text}`" if str(text) else ""


# -- pages ---------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting."""
    from procession.settings import describe

    rows = [
        (code(s.name), code(s.environment), _kind(s.kind), code(_shown(s.default)), s.description)
        for s in describe()
    ]
    return (
        "# Settings\n\nA setting may be given as an argument of `procession serve` (where it has "
        "one), as a variable of the environment, or in a TOML file under its name. Arguments go "
        "before the environment, the environment before the file, the file before the default. "
        "The file is named by `--config` or `PROCESSION_CONFIG`. Lists are separated by commas "
        "in the environment and are arrays in the file. A wrong value, or an unknown name in the "
        "file, stops the start with a message; a variable with an unknown name is not looked "
        "at.\n\n" + table(("setting", "environment", "kind", "default", "meaning"), rows)
    )


def _kind(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return "list of texts"
    if get_args(kind):
        return " or ".join(f"`{value}`" for value in get_args(kind))
    names = {"str": "text", "int": "number", "bool": "`true` or `false`", "float": "number"}
    return names.get(kind.__name__, str(kind.__name__))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value == () else str(value)


def mounts() -> dict[str, tuple[str, Any]]:
    """The dialects by name, each with its place and its routes."""
    from procession.engine import Engine
    from procession.server import mounts_of

    with Engine.open("sqlite://", threads=False) as engine:
        return {m.dialect.name: (m.prefix, m.dialect.routes.routes) for m in mounts_of(engine)}


def _routes(routes: Iterable[Any], prefix: str) -> str:
    from procession.web.http import plain_path

    rows = [
        (
            r.id,
            code(f"{r.method} {prefix}{plain_path(r.path)}"),
            " ".join(code(name) for name in r.query),
            _body(r.body),
            r.permission,
            plain(r.summary),
        )
        for r in routes
    ]
    head = ("call", "address", "parameters", "body", "permission", "what it does")
    return table(head, rows)


def _body(kind: Any) -> str:
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return ""
    return " ".join(
        code(field.encode_name) + ("" if field.required else "?")
        for field in msgspec.structs.fields(kind)
    )


def jbpm_page() -> str:
    """The jBPM dialect."""
    _, routes = mounts()["jbpm"]
    return (
        "# The jBPM dialect\n\nServed below any context path: `/business-central/rest`, "
        "`/kie-wb/rest`, `/jbpm-console/rest` or plain `/rest`. Answers are XML or JSON, by "
        "`Accept`. The setting `jbpm_dialect` chooses the version, from `6.0` to `6.5`, and "
        "`jbpm_mounts` that of single context paths. `{dep}` is a deployment id, "
        "`group:artifact:version`. Variables are given as `map_name=value`; a JSON body "
        "`{name: value}` does as well.\n\n"
        + _routes(routes, "/rest")
        + "\n\n## Commands\n\nThe three addresses of `execute` take every command from every "
        "version, under each of its names; an at sign marks an attribute, a slash another name, "
        "three dots what may repeat. Task commands have a `user-id` besides.\n\n"
        + _commands_table()
    )


def _commands_table() -> str:
    from procession.rest.jbpm.execute import rows

    return table(
        ("No", "Element", "Since", "Arguments", "Answer", "What it does"),
        (
            (
                row.id,
                ", ".join(map(code, row.names)),
                row.since,
                ", ".join(code(argument.shown) for argument in row.arguments),
                code(row.answer.element) if row.answer else "",
                plain(row.does.__doc__ or "").partition("\n")[0],
            )
            for row in rows()
        ),
    )


def oneweb_page() -> str:
    """The ONEWEB dialect."""
    known = mounts()
    prefix, routes = known["ONEWEB"]
    login_prefix, login = known["ONEWEB login"]
    return (
        "# The ONEWEB dialect\n\nJSON in and out. Every answer is an envelope with `data`, "
        "`code`, `timestamp` and `totalRecordCount`; a failure has `message` too. What of "
        "ONEWEB's interface holds stands [row by row](../oneweb.md), how to call it in the "
        "[cookbook](../cookbook/oneweb.md). The first part of the address is the setting "
        "`oneweb_root`.\n\n"
        + _routes(routes, prefix)
        + "\n## Login\n\n"
        + _routes(login, login_prefix)
    )


def api_page() -> str:
    """The plain JSON interface."""
    prefix, routes = mounts()["API"]
    return (
        "# /api\n\nPlain JSON for what neither dialect has: jobs and incidents, external "
        "workers, people, health. Members are in snake_case, times are ISO 8601 in UTC. Failures "
        "are problem details (RFC 9457). A `?` marks a member of a body that may be left out. "
        "The same, with schemas, is served by a running server at `/docs` and `/openapi.json`."
        "\n\n" + _routes(routes, prefix)
    )


def command_page() -> str:
    """Every command with its help."""
    from procession.cli.main import command

    parts = ["# Command line\n", "One command, `procession`. Every command knows `--help`.\n"]
    for name, shared in _commands("procession", command):
        found = copy(shared)
        found._help_option = None  # click keeps the names of whoever asked first for good
        context = click.Context(
            found,
            info_name=name,
            terminal_width=90,
            max_content_width=90,
            help_option_names=["-h", "--help"],
        )
        parts.append(f"## {name}\n\n```text\n{found.get_help(context)}\n```\n")
    return "\n".join(parts)


def _commands(name: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, found
    if isinstance(found, click.Group):
        context = click.Context(found, info_name=name)
        for part in found.list_commands(context):
            below = found.get_command(context, part)
            if below is not None:
                yield from _commands(f"{name} {part}", below)


def error_classes() -> list[type[Any]]:
    """Every class of the tree of errors, parents first, and those of HTTP."""
    from procession import errors
    from procession.web.http import TooLarge, UnsupportedMediaType

    ours = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.Fault)]
    return [*ours, TooLarge, UnsupportedMediaType]


def errors_page() -> str:
    """Errors and what each dialect makes of them."""
    from procession.rest.api.dialect import ApiDialect
    from procession.rest.jbpm.errors import failure
    from procession.rest.oneweb.errors import CODES, code_of
    from procession.services.access import NOBODY
    from procession.web.http import Request

    request = Request("GET", "/", "", {}, b"", NOBODY)
    rows = []
    for kind in error_classes():
        error = kind("…")
        told = failure(error)
        status = ApiDialect().fail(request, error).status
        parents = " < ".join(p.__name__ for p in kind.__mro__[1:-3]) or "–"
        oneweb = f"{code_of(error)}"
        meaning = plain((kind.__doc__ or "").partition("\n")[0])
        rows.append((code(kind.__name__), parents, meaning, told.code, told.status, oneweb, status))
    reasons = [
        (code(kind.__name__), code(reason), number)
        for (kind, reason), number in CODES.items()
        if reason
    ]
    head = ("error", "is a", "meaning", "jBPM", "jBPM word", "ONEWEB", "/api")
    return (
        "# Errors\n\nServices raise these classes; each dialect has one table that makes statuses "
        "of them. What is not one of ours is answered as an internal error and logged. Handlers "
        "of work items raise `ModelError(code)` to speak to the diagram; it never reaches a "
        "client by itself. The HTTP status of a ONEWEB answer is its code divided by 100, or "
        'always 200 with `http_status_mode = "always200"`.\n\n'
        + table(head, rows)
        + "\n## ONEWEB codes that depend on a reason\n\n"
        + table(("error", "reason", "code"), reasons)
    )


def elements_page() -> str:
    """Supported elements, from the registry."""
    from procession.bpmn.compiler import IGNORED  # registers all
    from procession.bpmn.element import REGISTRY

    families: dict[str, list[str]] = {}
    for tag, kind in REGISTRY.items():
        families.setdefault(kind.__module__.split(".")[-2], []).append(tag)
    parts = [
        "# Supported elements\n",
        "What is not listed here is refused when a model is deployed, with the element and its "
        "line. `procession check FILE` tells the same without a server. The file of an element is "
        "its name in snake_case below `src/procession/bpmn/elements/`.\n",
    ]
    for family in sorted(families):
        parts.append(f"## {family.replace('_', ' ').capitalize()}\n")
        for tag in sorted(families[family]):
            words = importlib.import_module(REGISTRY[tag].__module__).__doc__ or ""
            head, _, rest = plain(words).partition("\n")
            parts.append(f"### `{tag}`\n\n{head}\n{rest.rstrip()}\n")
    parts.append("## Read without an effect of their own\n")
    parts.append(", ".join(f"`{tag}`" for tag in sorted(IGNORED)) + ".\n")
    return "\n".join(parts)


def tasks_page() -> str:
    """The life of a human task."""
    from procession.tasks.diagram import diagram
    from procession.tasks.effects import OTHERS, side_effects
    from procession.tasks.lifecycle import EVENTS, TABLE

    def people(parts: Iterable[Any]) -> str:
        return ", ".join(sorted(part.name.lower().replace("_", " ") for part in parts))

    rows = [
        (
            line.operation.value,
            ", ".join(str(s) for s in line.states)
            + (f" (came from {', '.join(map(str, line.previous))})" if line.previous else ""),
            people(line.who),
            " or ".join(str(s) for s in line.to),
            line.needs,
            side_effects(line.operation, line.to[0]),
            EVENTS[line.operation],
        )
        for line in TABLE
    ]
    others = [
        (one.name, ", ".join(map(str, one.states)), people(one.who), one.effect) for one in OTHERS
    ]
    return (
        "# Life of a human task\n\nThe picture and the table are drawn from the one table the "
        "code reads (`src/procession/tasks/lifecycle.py`). *Open*, *Take* and *Give back* are "
        "ONEWEB's claim and unclaim where they mean something else than jBPM's.\n\n"
        f"```mermaid\n{diagram().rstrip()}\n```\n\n"
        + table(("operation", "from", "by", "to", "needs", "besides", "audit"), rows)
        + "\n*Claim next available* claims the newest task that *Claim* allows, personally offered "
        "ones first. *Remove* takes a recipient off the recipients. *Assign* (ONEWEB) replaces the "
        "potential owners; a claim of one who is not among them ends. Tasks are *added* by a "
        "process or by anybody who signs in; a sub-task by who keeps its parent.\n\n"
        "What leaves the state as it is:\n\n" + table(("operation", "in", "by", "besides"), others)
    )


HOLDS: Final = {
    "counter": "where ids go on (SQLite)",
    "data_store": "what data stores hold, by deployment id and name",
    "deployment": "deployment units, one row a revision",
    "group": "groups",
    "incident": "jobs that used up their retries",
    "job": "durable work, due now or later: timers, work items, deliveries",
    "journal": "the records of each turn, as one value",
    "membership": "who is in which group",
    "node_log": "audit: nodes entered and left; a view of `node_page`",
    "node_page": "audit: nodes entered and left, the entries of a turn as one value (JSON)",
    "process_definition": "keys, versions and declared variables of deployed processes",
    "process_instance": "running instances: the state as one value, its version, search columns",
    "process_log": "audit: instances, the ended ones included",
    "resource": "the files of a deployment: the stored truth of a definition",
    "role": "roles and their codes",
    "rule_page": "a part of what a rule session remembers: facts, matches, agenda, timers",
    "rule_session": "what the rules of an instance or a unit keep in mind: its head, and globals",
    "role_grant": "who has which role",
    "setting": "what the server made up once: keys, the schema's number",
    "start_subscription": "start events that listen for a signal or message",
    "task": "human tasks",
    "task_attachment": "documents that people added to tasks",
    "task_comment": "what people said about tasks",
    "task_content": "documents of tasks: input, output, fault, attachments",
    "task_variable": "inputs and outputs of tasks as texts, to find tasks by",
    "task_event": "what was done to tasks",
    "task_person": "who has which relation to a task",
    "user": "users; passwords as argon2id hashes",
    "variable_log": "audit: values of variables, as text",
    "variable_now": "the value each variable has now, as a number, to find tasks by",
    "wait": "open waits of running instances",
    "work_party": "work parties",
    "work_party_member": "members of work parties",
}
"""What each table is for. A table that is missing here stops the generator."""


def tables_page() -> str:
    """Every table of the store."""
    from sqlalchemy import Table

    from procession.store import tables

    known = {t.name: name for name, t in vars(tables).items() if isinstance(t, Table)}
    parts = [
        "# Tables\n",
        "The same tables on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC. "
        "Values of processes (`bytes` below) are msgpack with a format number in front. The "
        "tables may be read by reports; only the server may write them.\n",
    ]
    read = [*tables.metadata.tables.values(), *tables.views.tables.values()]
    for found in sorted(read, key=lambda t: t.name):
        rows = [
            (
                code(column.name),
                _type(column.type),
                "key" if column.primary_key else "" if column.nullable else "always",
            )
            for column in found.columns
        ]
        holds = HOLDS[known[found.name]]
        parts.append(f"## `{found.name}`\n\n{holds[0].upper()}{holds[1:]}.\n")
        parts.append(table(("column", "kind", "given"), rows))
        indexes = sorted(", ".join(c.name for c in index.columns) for index in found.indexes)
        if indexes:
            parts.append(f"Indexed by: {'; '.join(indexes)}.\n")
    return "\n".join(parts)


def _type(kind: Any) -> str:
    word = type(kind).__name__
    names = {"BigInteger": "number", "Integer": "number", "LargeBinary": "bytes", "String": "text"}
    return names.get(word, word.lower())


def extension_points() -> dict[str, str]:
    """Where others plug in: the contract of each point."""
    from procession.runtime import work_items

    return {
        "work item handlers": work_items.ENTRY_POINTS,
        "methods of a model's classes": "setting methods, @engine.method",
        "external workers": "/api/workers/…",
        "people from elsewhere": "setting people_source",
        "assignment policies": "setting policies",
    }


def extension_page() -> str:
    """Where others plug in."""
    from procession.runtime.work_items import Handlers, Mode, WorkItem, WorkItemHandler

    fields = [(code(f.name), _annotation(f.type)) for f in msgspec.structs.fields(WorkItem)]
    options = [
        (code(p.name), _annotation(p.default))
        for p in inspect.signature(Handlers.register).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    ]
    modes = ", ".join(code(str(mode)) for mode in Mode)
    _, routes = mounts()["API"]
    workers = [route for route in routes if route.id.startswith("workers.")]
    points = [(name, code(where)) for name, where in extension_points().items()]
    return "\n".join(
        [
            "# Extension points\n",
            "Anything that is not on this page is free to change without notice.\n",
            table(("point", "where"), points),
            "## Work item handlers\n",
            plain(inspect.getdoc(WorkItemHandler) or "") + "\n",
            'A handler is registered in code (`@engine.handler("Name")`) or found as an entry '
            f"point of the group `{extension_points()['work item handlers']}`, whose name is the "
            "work item's name. For a service task the name `Interface/Operation` goes before the "
            f"name `Service Task`. Modes: {modes}. A handler gives a mapping of results, nothing, "
            "or `PENDING` if the work item is to stay open.\n",
            "What a handler is given:\n",
            table(("field", "kind"), fields),
            "Options of a registration and their defaults:\n",
            table(("option", "default"), options),
            "## People from elsewhere\n",
            *_people_source(),
            "## External workers\n",
            "Programs in any language fetch work items by name, under a lease. The role `worker` "
            "is needed.\n",
            _routes(workers, "/api"),
        ]
    )


def _people_source() -> Iterator[str]:
    """The contract that properties files keep, and that LDAP or OpenID Connect can keep as well."""
    from procession.identity import source

    yield plain(inspect.getdoc(source) or "") + "\n"
    questions = [
        (code(f"{name}{arguments}"), plain(inspect.getdoc(getattr(kind, name)) or ""))
        for kind, name, arguments in (
            (source.PeopleSource, "stamp", "()"),
            (source.PeopleSource, "people", "()"),
            (source.SignIn, "verify", "(name, password)"),
            (source.SignIn, "whose", "(token)"),
        )
    ]
    rows = [(name, " ".join(answer.split())) for name, answer in questions]
    yield table(("method", "what it answers"), rows)
    yield plain(inspect.getdoc(source.SignIn) or "") + "\n"
    fields = msgspec.structs.fields(source.Known)
    yield "What is known of a user: " + ", ".join(code(f.name) for f in fields) + ".\n"


def _annotation(kind: Any) -> str:
    return code(getattr(kind, "__name__", None) or kind)


def scripts_page() -> str:
    """The script library."""
    from procession.scripting.library.families import LIBRARY

    parts = [
        "# Script library\n",
        "What scripts and conditions in Java and MVEL may call. Nothing outside this table can be "
        "reached from a script. A call that is not here is a warning at deployment, a refusal with "
        "`strict=true`, and a clear failure when it is reached. Classes of a model itself: "
        "[bring your own classes](../how-to/bring-your-own-classes.md). Other languages: "
        "[MVEL](scripts/mvel.md), [JUEL](scripts/juel.md), [JavaScript](scripts/javascript.md), "
        "[Python](scripts/python.md), [XPath](scripts/xpath.md), "
        "[FEEL](scripts/feel.md).\n",
    ]
    for name, remark, members in LIBRARY.documentation():
        parts.append(f"## `{name}`\n")
        if remark:
            parts.append(plain(remark) + "\n")
        if members:
            listed = "\n".join(members)
            parts.append(f"```text\n{listed}\n```\n")
    return "\n".join(parts)


def access_page() -> str:
    """Who may do what."""
    from procession.services.access import TABLE

    rows = [
        (code(name), rule.who.name.lower(), ", ".join(rule.roles) or "–")
        for name, rule in TABLE.items()
    ]
    return (
        "# Permissions\n\nEvery route names one of these permissions. Administrators (members of "
        "the group `Administrators`) have all of them. *Participants* means that the service asks "
        "further: about the instance, who started it or has a task in it; about a task, the table "
        "of its [life](tasks.md). In `guarded` mode what one must not see is answered like what "
        "does not exist; `compat` lets every user read.\n\n"
        + table(("permission", "to whom", "and to the roles"), rows)
    )


def records_page() -> str:
    """Records and commands."""
    from procession.core.commands import Command
    from procession.core.records import ALPHABET

    def rows(kinds: Iterable[type[msgspec.Struct]]) -> Iterator[tuple[object, ...]]:
        for kind in kinds:
            fields = " ".join(code(f.name) for f in msgspec.structs.fields(kind))
            yield code(kind.__name__), plain(kind.__doc__ or ""), fields

    return (
        "# Records and commands\n\nEverything that can happen to a process instance is one of "
        "eighteen records, and everything that can be asked of it one of nine commands. The "
        "journal holds the records.\n\n## Records\n\n"
        + table(("record", "meaning", "fields"), rows(ALPHABET))
        + "\n## Commands\n\n"
        + table(("command", "meaning", "fields"), rows(Command.__subclasses__()))
    )


ROOMS: Final = (
    "settings",
    "core",
    "bpmn",
    "scripting",
    "rules",
    "store",
    "runtime",
    "tasks",
    "history",
    "identity",
    "services",
    "web",
    "rest",
    "console",
    "cli",
    "testing",
    "demo",
)
"""The rooms of the house, from the core outwards."""


def map_page() -> str:
    """Every module with the first line of its docstring."""
    source = Path(__file__).resolve().parents[1] / "src" / "procession"
    parts = [
        "# The map\n",
        "One line per module: the first line of its docstring. What the rooms may know of each "
        "other stands in [the house](../explanation/architecture.md).\n",
    ]
    for room in ("", *ROOMS):
        files = sorted((source / room).rglob("*.py") if room else source.glob("*.py"))
        lines = []
        for path in files:
            words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            is_room = path.name == "__init__.py" and path.parent == source / room
            name = path.relative_to(source / room).as_posix()
            if words and (not is_room or not room):
                lines.append(f"- `{name}` {plain(words).partition(chr(10))[0]}")
        if lines:
            parts.append(f"## {room or 'procession'}\n")
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def semantics_page() -> str:
    """The flags that choose between jBPM's meaning and the specification's."""
    from procession.core import semantics

    rows = [(code(f.name), f.jbpm, f.specification) for f in semantics.FLAGS]
    return (
        "# Semantics\n\n"
        "What a process means where jBPM 6 and BPMN 2.0.2 differ. A file that declares the drools "
        "namespace runs with all flags set, which is jBPM's way; any other file with none, which "
        "is the specification's.\n\n"
        "A deployment may choose otherwise, and keeps what it chose over restarts and on every "
        "node: by `procession deploy --semantics name=value`, by the parameter `semantics` of the "
        "deploy request, by environment entries `procession.semantics.<flag>` in "
        "`META-INF/kie-deployment-descriptor.xml`, or by the server's setting `semantics` at the "
        "time of the deployment; the first of these that speaks of a flag decides. Instead of "
        "`name=value` the words `jbpm` and `specification` choose all flags at once. A flag that "
        "is not known refuses the deployment. A patch snapshot begins with what its base "
        "chose.\n\n"
        "Numbers are sections: of the notes on jBPM's engine, and of BPMN 2.0.2.\n\n"
        + table(("flag", "set: jBPM", "not set: BPMN 2.0.2"), rows)
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "jbpm.md": jbpm_page,
    "jbpm-versions.md": versions_page,
    **exchange_pages(),
    "oneweb.md": oneweb_page,
    "api.md": api_page,
    "command-line.md": command_page,
    "errors.md": errors_page,
    "elements.md": elements_page,
    "semantics.md": semantics_page,
    "tasks.md": tasks_page,
    "tables.md": tables_page,
    "extension-points.md": extension_page,
    "scripts.md": scripts_page,
    "decisions.md": decisions_page,
    "access.md": access_page,
    "../oneweb.md": check_list_page,
    "records.md": records_page,
    "map.md": map_page,
}


def text_of(name: str) -> str:
    """A page as it is to stand in its file."""
    lines = [line.rstrip() for line in (NOTE + "\n" + PAGES[name]()).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are out of date."""
    stale = []
    for name in PAGES:
        path, text = REFERENCE / name, text_of(name)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    click.echo(f"{len(stale)} of {len(PAGES)} pages changed: {', '.join(stale) or 'none'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
