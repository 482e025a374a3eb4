"""``procession user`` and ``procession group``."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import quote

import click

from procession.cli.client import Client
from procession.cli.options import json_option, settings_of, settings_options, show


@click.group()
def user() -> None:
    """Add, list and change users.

    \b
    procession user add ann --group sales        (asks for the password)
    procession user passwd ann
    procession user roles ann --grant act-for-others
    """


@click.group()
def group() -> None:
    """Add, list and change groups.

    \b
    procession group add sales
    procession group members sales --add ann --add bob
    """


def _ask(password: str | None, from_stdin: bool) -> str:
    if password is not None:
        return password
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _client(given: dict[str, Any]) -> Client:
    return Client(settings_of(**{k: given[k] for k in ("database", "data_dir", "config")}))


def _path(kind: str, *names: str) -> str:
    return "/".join(["/api", kind, *[quote(name, safe="") for name in names]])


@click.group()
def role() -> None:
    """Add, list, grant and revoke roles.

    \b
    procession role add act-for-others
    procession role grant act-for-others --user robot --group clerks
    """


@user.command("add")
@click.argument("name")
@click.option("--group", "groups", multiple=True, help="A group of the user; repeatable.")
@click.option("--email")
@click.option("--display-name")
@click.option("--password", help="Seen by others on this machine; better let it ask.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@settings_options
def add_user(
    name: str,
    groups: tuple[str, ...],
    email: str | None,
    display_name: str | None,
    password: str | None,
    password_stdin: bool,
    **given: Any,
) -> None:
    """Add a user."""
    secret = _ask(password, password_stdin)
    body = {
        "name": name,
        "password": secret,
        "groups": list(groups),
        "email": email,
        "display_name": display_name,
    }
    with _client(given) as client:
        client.call("POST", "/api/users", body=body)
    click.echo(f"User {name} added.")


@user.command("list")
@settings_options
@json_option
def list_users(as_json: bool, **given: Any) -> None:
    """List the users with their groups and roles."""
    with _client(given) as client:
        found = client.call("GET", "/api/users")["items"]
    show(found, ("name", "display_name", "groups", "roles", "is_active"), as_json=as_json)


@user.command("change")
@click.argument("name")
@click.option("--email", help="Where mails about tasks go.")
@click.option("--display-name")
@click.option("--language", help="As de-DE.")
@settings_options
def change_user(
    name: str, email: str | None, display_name: str | None, language: str | None, **given: Any
) -> None:
    """Change a user's address, name to show or language; what is not given stays."""
    said = {"email": email, "display_name": display_name, "language": language}
    body = {key: value for key, value in said.items() if value is not None}
    if not body:
        raise click.ClickException("give --email, --display-name or --language")
    with _client(given) as client:
        client.call("PATCH", _path("users", name), body=body)
    click.echo(f"User {name} changed.")


@user.command("passwd")
@click.argument("name")
@click.option("--password", help="Seen by others on this machine; better let it ask.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@settings_options
def passwd(name: str, password: str | None, password_stdin: bool, **given: Any) -> None:
    """Give a user another password; the old one and all tokens end at once."""
    secret = _ask(password, password_stdin)
    with _client(given) as client:
        client.call("PUT", _path("users", name, "password"), body={"password": secret})
    click.echo(f"Password of {name} changed.")


@user.command("members")
@click.argument("name")
@settings_options
@json_option
def groups_of(name: str, as_json: bool, **given: Any) -> None:
    """List the groups that a user is a member of."""
    with _client(given) as client:
        found = client.call("GET", "/api/groups")["items"]
    mine = [one for one in found if name in (one.get("members") or ())]
    show(mine, ("name", "description"), as_json=as_json)


@user.command("roles")
@click.argument("name")
@click.option("--grant", multiple=True, help="Grant a role; it is made if it is new.")
@click.option("--revoke", multiple=True, help="Take a role away.")
@settings_options
@json_option
def roles_of_user(
    name: str, grant: tuple[str, ...], revoke: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """List a user's roles, or grant and revoke some."""
    _roles("users", name, grant, revoke, as_json, given)


@group.command("add")
@click.argument("name")
@click.option("--description")
@settings_options
def add_group(name: str, description: str | None, **given: Any) -> None:
    """Add a group."""
    with _client(given) as client:
        client.call("POST", "/api/groups", body={"name": name, "description": description})
    click.echo(f"Group {name} added.")


@group.command("list")
@settings_options
@json_option
def list_groups(as_json: bool, **given: Any) -> None:
    """List the groups."""
    with _client(given) as client:
        found = client.call("GET", "/api/groups")["items"]
    show(found, ("name", "description", "members"), as_json=as_json)


@group.command("members")
@click.argument("name")
@click.option("--add", multiple=True, help="Put a user into the group.")
@click.option("--remove", multiple=True, help="Take a user out of the group.")
@settings_options
@json_option
def members(
    name: str, add: tuple[str, ...], remove: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """List a group's members, or add and remove some."""
    with _client(given) as client:
        for one in add:
            client.call("PUT", _path("groups", name, "members", one))
        for one in remove:
            client.call("DELETE", _path("groups", name, "members", one))
        found = client.call("GET", "/api/groups")["items"]
    mine = [one for one in found if one["name"] == name]
    if not mine:
        raise click.ClickException(f"there is no group {name}")
    rows = [{"group": name, "member": one} for one in mine[0].get("members") or ()]
    show(rows, ("member",), as_json=as_json)


@group.command("roles")
@click.argument("name")
@click.option("--grant", multiple=True, help="Grant a role; it is made if it is new.")
@click.option("--revoke", multiple=True, help="Take a role away.")
@settings_options
@json_option
def roles_of_group(
    name: str, grant: tuple[str, ...], revoke: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """List a group's roles, or grant and revoke some."""
    _roles("groups", name, grant, revoke, as_json, given)


@role.command("add")
@click.argument("name")
@click.option("--code", help="A short name that ONEWEB's clients may say instead.")
@settings_options
def add_role(name: str, code: str | None, **given: Any) -> None:
    """Add a role."""
    with _client(given) as client:
        client.call("POST", "/api/roles", body={"name": name, "code": code})
    click.echo(f"Role {name} added.")


@role.command("list")
@settings_options
@json_option
def list_roles(as_json: bool, **given: Any) -> None:
    """List the roles, and who has them."""
    with _client(given) as client:
        found = client.call("GET", "/api/roles")["items"]
    show(found, ("name", "code", "users", "groups"), as_json=as_json)


@role.command("grant")
@click.argument("name")
@click.option("--user", "users", multiple=True)
@click.option("--group", "groups", multiple=True)
@settings_options
def grant_role(name: str, users: tuple[str, ...], groups: tuple[str, ...], **given: Any) -> None:
    """Give a role to users and groups."""
    _change_role("PUT", name, users, groups, given)
    click.echo(f"Role {name} granted.")


@role.command("revoke")
@click.argument("name")
@click.option("--user", "users", multiple=True)
@click.option("--group", "groups", multiple=True)
@settings_options
def revoke_role(name: str, users: tuple[str, ...], groups: tuple[str, ...], **given: Any) -> None:
    """Take a role away from users and groups."""
    _change_role("DELETE", name, users, groups, given)
    click.echo(f"Role {name} revoked.")


@role.command("remove")
@click.argument("name")
@settings_options
def remove_role(name: str, **given: Any) -> None:
    """Remove a role altogether."""
    with _client(given) as client:
        client.call("DELETE", _path("roles", name))
    click.echo(f"Role {name} removed.")


def _change_role(
    method: str, name: str, users: tuple[str, ...], groups: tuple[str, ...], given: dict[str, Any]
) -> None:
    if not users and not groups:
        raise click.UsageError("name at least one --user or --group")
    with _client(given) as client:
        for kind, names in (("users", users), ("groups", groups)):
            for one in names:
                client.call(method, _path("roles", name, kind, one))


def _roles(
    kind: str,
    name: str,
    grant: tuple[str, ...],
    revoke: tuple[str, ...],
    as_json: bool,
    given: dict[str, Any],
) -> None:
    with _client(given) as client:
        known = {one["name"] for one in client.call("GET", "/api/roles")["items"]}
        for role in grant:
            if role not in known:
                client.call("POST", "/api/roles", body={"name": role})
            client.call("PUT", _path("roles", role, kind, name))
        for role in revoke:
            client.call("DELETE", _path("roles", role, kind, name))
        found = client.call("GET", "/api/roles")["items"]
    mine = [one for one in found if name in (one.get(kind) or ())]
    show(mine, ("name", "code"), as_json=as_json)
