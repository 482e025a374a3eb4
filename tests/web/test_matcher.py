"""Which route an address means."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from procession.errors import Invalid
from procession.web.http import Matcher, NoRoute, Reply, Request, RouteTable, pairs, plain_path


def matcher(*paths: str) -> Matcher:
    table = RouteTable()
    for path in paths:
        method, _, template = path.partition(" ")

        def handler(request: Request, engine: object) -> Reply:
            return Reply()

        table.add(method, template, lane="here", permission="public", id=path)(handler)
    return Matcher(table.routes)


def found(routes: Matcher, method: str, path: str) -> tuple[str, dict[str, str]]:
    route, parameters = routes.match(method, path)
    return route.id, parameters


def test_literal_paths_win_then_the_order_of_the_table() -> None:
    routes = matcher("GET /task/query", "GET /task/{id:[0-9]+}", "GET /task/{word}")

    assert found(routes, "GET", "/task/query") == ("GET /task/query", {})
    assert found(routes, "GET", "/task/7") == ("GET /task/{id:[0-9]+}", {"id": "7"})
    assert found(routes, "GET", "/task/x") == ("GET /task/{word}", {"word": "x"})


def test_parameters_are_decoded_once_after_matching() -> None:
    routes = matcher("GET /a/{name}", "GET /v/{name}/value/{rest:path}")

    assert found(routes, "GET", "/a/x%2Fy%20%C3%A9")[1] == {"name": "x/y é"}
    assert found(routes, "GET", "/a/%252e%252e")[1] == {"name": "%2e%2e"}
    assert found(routes, "GET", "/v/n/value/a/b")[1] == {"name": "n", "rest": "a/b"}
    with pytest.raises(Invalid):
        routes.match("GET", "/a/%ff")


@pytest.mark.parametrize(
    "path",
    [
        "/a/x;y=1", "/a;b/x", "//a/x", "/a//x", "/a/./x", "/a/..", "/a/%2e%2e", "/%2E/a", "/a/x%00",
        "/a/x%0d%0aSet-Cookie:y", "/a\\x", "/A/x", "/a/x/y",
    ],
)  # fmt: skip
def test_tricks_match_nothing(path: str) -> None:
    with pytest.raises(NoRoute) as refused:
        matcher("GET /a/{name}").match("GET", path)

    assert refused.value.allowed == ()


def test_other_methods_are_told() -> None:
    routes = matcher("GET /a/{name}", "POST /a/{name}", "PUT /a")

    with pytest.raises(NoRoute) as refused:
        routes.match("DELETE", "/a/x")

    assert refused.value.allowed == ("GET", "HEAD", "POST")
    assert routes.allowed("/a") == ("PUT",)
    assert routes.allowed("/b") == ()


def test_one_trailing_slash_is_tolerated() -> None:
    assert found(matcher("GET /a/{name}"), "GET", "/a/x/")[1] == {"name": "x"}


def test_plain_paths_name_parameters_only() -> None:
    assert plain_path("/a/{id:[0-9]{1,18}}/b/{rest:path}") == "/a/{id}/b/{rest}"


def test_what_is_matched_again_has_parameters_of_its_own() -> None:
    routes = matcher("GET /a/{name}", "POST /a/{name}")

    first = routes.match("GET", "/a/x")[1]
    first["name"] = "changed"

    assert found(routes, "GET", "/a/x") == ("GET /a/{name}", {"name": "x"})
    assert found(routes, "POST", "/a/x") == ("POST /a/{name}", {"name": "x"})


@pytest.mark.parametrize(
    "text",
    ["", "a=1&b=2", "a", "a=", "=", "&&a=1&", "a=b=c", "a=%C3%A9+x&b+c=%26", "a=1;b=2", "é=ü"],
)
def test_pairs_are_those_of_the_standard_library(text: str) -> None:
    assert pairs(text) == parse_qsl(text, keep_blank_values=True)


@pytest.mark.parametrize("text", ["a=%ff", "&".join(["a=1"] * 2_001)])
def test_parameters_that_are_not_utf8_or_too_many_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        pairs(text)
