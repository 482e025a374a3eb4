"""Law 11: a door translates and decides nothing."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from typing import Any

from docs import generate

LINES = 16
"""A handler has a dozen lines; what needs more belongs into a service or a shape."""

CATCH: dict[str, str] = {
    "procession.rest.jbpm.deployment.undeploy": "a unit that is not there is answered as a job",
    "procession.rest.jbpm.deployment.unit": "a unit that is not there is answered as a unit",
}
"""Handlers that may catch an error, because the dialect answers 200 where we say *not found*."""


@cache
def handlers() -> dict[str, tuple[ast.FunctionDef, Any]]:
    """Every handler by its full name, with its route."""
    found = {}
    for _, routes in generate.mounts().values():
        for route in routes:
            function = inspect.unwrap(route.handler)
            tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
            if isinstance(tree, ast.FunctionDef):
                found[f"{function.__module__}.{function.__qualname__}"] = (tree, route)
    return found


def lines(tree: ast.FunctionDef) -> int:
    """How many lines a handler has without its head and its docstring."""
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    assert tree.end_lineno is not None
    return tree.end_lineno - body[0].lineno + 1 if body else 0


def test_a_handler_has_a_dozen_lines() -> None:
    assert len(handlers()) > 60
    assert not {name: lines(tree) for name, (tree, _) in handlers().items() if lines(tree) > LINES}


def test_handlers_do_not_catch() -> None:
    """Errors become statuses in the dialect's table."""
    catching = {
        name
        for name, (tree, _) in handlers().items()
        if any(isinstance(node, ast.Try) for node in ast.walk(tree))
    }

    assert catching <= set(CATCH)


def test_reading_routes_do_not_hold_up_those_that_change() -> None:
    """A GET never goes through the executive."""
    routes = [route for _, routes in generate.mounts().values() for route in routes]

    assert not [route.path for route in routes if route.method == "GET" and route.lane == "turn"]


def test_no_address_is_served_twice_by_one_dialect() -> None:
    for _, routes in generate.mounts().values():
        addresses = [(route.method, route.path) for route in routes]
        assert len(addresses) == len(set(addresses))


def test_only_health_and_login_are_open_to_everybody() -> None:
    routes = [route for _, routes in generate.mounts().values() for route in routes]
    public = {route.path for route in routes if route.permission == "public"}

    assert public == {"/health", "/ready", "/login"}
