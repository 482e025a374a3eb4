"""OpenAPI 3.1 and a page to read it, both made from the route tables of all dialects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import msgspec

from procession import __version__
from procession.web.http import Route, plain_path

Described = Sequence[tuple[str, str, Sequence[Route]]]
"""Name, prefix and routes of each dialect."""

_SEVERAL = re.compile(r"[^A-Za-z0-9]+")


def document(dialects: Described) -> dict[str, Any]:
    """The OpenAPI document."""
    structs = _structs(dialects)
    _, components = msgspec.json.schema_components(
        structs, ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for name, prefix, routes in dialects:
        for route in routes:
            path = prefix + plain_path(route.path)
            operations = paths.setdefault(path, {"parameters": _path_parameters(path)})
            operations.setdefault(route.method.lower(), _operation(name, route))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Procession", "version": __version__},
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": name} for name, _, _ in dialects],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def _structs(dialects: Described) -> list[type]:
    found: dict[type, None] = {}
    for _, _, routes in dialects:
        for route in routes:
            for kind in (route.body, route.answer):
                if _is_struct(kind):
                    found[kind] = None
    return list(found)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{([^}]+)\}", path)
    ]


def _operation(dialect: str, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [dialect],
        "summary": _CODE.sub(r"\1", route.summary),
        "operationId": _SEVERAL.sub("_", f"{dialect} {route.method} {route.path}").strip("_"),
        "x-permission": route.permission,
        "responses": _responses(dialect, route),
    }
    if route.id:
        operation["externalDocs"] = {"description": route.id, "url": f"#{route.id}"}
    if route.query:
        operation["parameters"] = [_query_parameter(name) for name in route.query]
    if _is_struct(route.body):
        operation["requestBody"] = _content("", route.body)
        operation["requestBody"].pop("description")
    if route.permission == "public":
        operation["security"] = []
    return operation


def _query_parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "query", "schema": {"type": "array", "items": schema}}


def _responses(dialect: str, route: Route) -> dict[str, Any]:
    """What an address may answer. An unexpected failure (500) belongs to no description; the one
    that is described is that of a process which cannot go on."""
    media = MEDIA.get(dialect, ())
    answers = {
        str(status): _content("done", route.answer, media) for status in _successes(dialect, route)
    }
    for status, (meaning, where) in FAILURES.items():
        if where == "" or route.method != "GET" or dialect == "ONEWEB":
            answers.setdefault(str(status), _content(meaning, None, FAILURE_MEDIA.get(dialect, ())))
    return answers


def _successes(dialect: str, route: Route) -> tuple[int, ...]:
    if dialect == "API" and route.method != "GET":
        return (200, 201) if route.answer is not None else (200, 201, 204)
    if dialect == "jbpm" and route.id in DONE_LATER:
        return (202,)
    return (200,)


FAILURES: Final[dict[int, tuple[str, str]]] = {
    400: ("the request is wrong in itself", ""),
    401: ("say who you are", ""),
    403: ("not allowed", ""),
    404: ("not there, or not yours", ""),
    406: ("nothing that is accepted can be answered", "change"),
    409: ("does not fit the present state", "change"),
    413: ("the body is too large", "change"),
    415: ("a body of this kind is not read", "change"),
    429: ("too many failed sign-ins", ""),
    500: ("the process cannot go on", "change"),
    503: ("busy", ""),
}
"""Status -> what it means, and where: everywhere or only where something changes."""
DONE_LATER: Final = frozenset({"D04", "D05", "D06"})
"""Calls that answer 202 (``reference/jbpm-rest-api.md`` 2.7)."""
_JBPM: Final = ("application/xml", "application/json")
MEDIA: Final = {"jbpm": _JBPM}
FAILURE_MEDIA: Final = {"jbpm": _JBPM, "API": ("application/problem+json",)}


def _content(description: str, kind: Any, media: Sequence[str] = ()) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": description}
    if _is_struct(kind):
        reference = {"$ref": f"#/components/schemas/{kind.__name__}"}
        answer["content"] = {"application/json": {"schema": reference}}
    elif media:
        answer["content"] = {name: {} for name in media}
    return answer


def page(dialects: Described) -> str:
    """One page with every address: a self-contained document without scripts."""
    rows = []
    for name, prefix, routes in dialects:
        rows.append(f"<h2>{escape(name)}</h2><p>below <code>{escape(prefix) or '/'}</code></p>")
        rows.append("<table><thead><tr><th>call<th>address<th>what it does<th>who may<tbody>")
        rows += [_row(route) for route in routes]
        rows.append("</table>")
    return _PAGE.format(version=escape(__version__), body="\n".join(rows))


def _row(route: Route) -> str:
    query = "".join(f" <i>{escape(name)}</i>" for name in route.query)
    cells = (
        escape(route.id),
        f"<b>{escape(route.method)}</b> <code>{escape(plain_path(route.path))}</code>{query}",
        _coded(route.summary),
        escape(route.permission),
    )
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells)


def _coded(text: str) -> str:
    """Text whose names stand in backticks."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


_CODE = re.compile(r"`+([^`]+)`+")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Procession {version}: addresses</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .3rem; border-top: 1px solid #8884 }}
code {{ font-size: .9em; overflow-wrap: anywhere }}
</style></head><body><h1>Procession {version}</h1>
<p>Machine-readable: <a href="/openapi.json">openapi.json</a>. Sign in with HTTP Basic, or with a
token from the login call.</p>
{body}
</body></html>
"""
