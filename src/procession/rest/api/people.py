"""People: users, groups, roles and work parties, for administrators; one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from procession.rest.api.shapes import Name
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_MAY: dict[str, Any] = {"permission": "people.write"}


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """A user to be; without a password they cannot sign in."""

    name: Name
    password: str | None = None
    groups: list[Name] = []
    display_name: str | None = None
    email: str | None = None
    language: str | None = None


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """Another password."""

    password: str


class OwnPassword(msgspec.Struct, forbid_unknown_fields=True):
    """Another password for oneself."""

    old: str
    new: str


class Particulars(msgspec.Struct, forbid_unknown_fields=True):
    """Other particulars of a user; what is not given stays, an empty text takes away."""

    display_name: str | None = None
    email: str | None = None
    language: str | None = None


class NewGroup(msgspec.Struct, forbid_unknown_fields=True):
    """A group to be."""

    name: Name
    description: str | None = None


class NewRole(msgspec.Struct, forbid_unknown_fields=True):
    """A role to be; ``code`` is its short name in ONEWEB."""

    name: Name
    code: str | None = None


class NewParty(msgspec.Struct, forbid_unknown_fields=True):
    """A work party to be."""

    name: Name
    lead: Name | None = None


def _listed(items: tuple[Any, ...]) -> Reply:
    return Reply({"items": items, "total": len(items)})


def _made(request: Request) -> Reply:
    return Reply({"status": "created"}, status=201)


# -- users -----------------------------------------------------------------------------------


@routes.get("/users", id="users.list", **_MAY)
def list_users(request: Request, engine: Engine) -> Reply:
    """Everybody, by name, the deactivated included."""
    return _listed(engine.people.list_users(request.actor))


@routes.post("/users", lane="pool", id="users.add", body=NewUser, **_MAY)
def add_user(request: Request, engine: Engine) -> Reply:
    """A new user in some groups."""
    new = json.decode(request, NewUser)
    engine.people.add_user(
        request.actor,
        new.name,
        new.password,
        new.groups,
        display_name=new.display_name,
        email=new.email,
        language=new.language,
    )
    return _made(request)


@routes.add("PATCH", "/users/{name}", lane="turn", id="users.change", body=Particulars, **_MAY)
def change_user(request: Request, engine: Engine) -> Reply:
    """Another name to show, address or language of a user."""
    body = json.decode(request, Particulars)
    engine.people.change_user(
        request.actor,
        request.path["name"],
        display_name=body.display_name,
        email=body.email,
        language=body.language,
    )
    return Reply()


@routes.add(
    "PUT", "/users/{name}/password", lane="pool", id="users.password", body=NewPassword, **_MAY
)
def set_password(request: Request, engine: Engine) -> Reply:
    """Another password for a user; the old one and all tokens end."""
    body = json.decode(request, NewPassword)
    engine.people.set_password(request.actor, request.path["name"], body.password)
    return Reply()


@routes.add(
    "PUT",
    "/me/password",
    lane="pool",
    permission="authenticated",
    id="me.password",
    body=OwnPassword,
)
def change_password(request: Request, engine: Engine) -> Reply:
    """Another password for oneself."""
    body = json.decode(request, OwnPassword)
    engine.people.change_password(request.actor, body.old, body.new)
    return Reply()


@routes.post("/users/{name}/deactivate", id="users.deactivate", **_MAY)
def deactivate(request: Request, engine: Engine) -> Reply:
    """Shut a user out at once."""
    engine.people.deactivate(request.actor, request.path["name"])
    return Reply()


@routes.post("/users/{name}/reactivate", id="users.reactivate", **_MAY)
def reactivate(request: Request, engine: Engine) -> Reply:
    """Let a deactivated user come back."""
    engine.people.reactivate(request.actor, request.path["name"])
    return Reply()


@routes.add("DELETE", "/users/{name}", lane="turn", id="users.remove", **_MAY)
def remove_user(request: Request, engine: Engine) -> Reply:
    """Remove a user for good."""
    engine.people.remove_user(request.actor, request.path["name"])
    return Reply()


# -- groups, roles, work parties -------------------------------------------------------------


@routes.get("/groups", id="groups.list", **_MAY)
def list_groups(request: Request, engine: Engine) -> Reply:
    """All groups, by name."""
    return _listed(engine.people.list_groups(request.actor))


@routes.post("/groups", id="groups.add", body=NewGroup, **_MAY)
def add_group(request: Request, engine: Engine) -> Reply:
    """A new group."""
    new = json.decode(request, NewGroup)
    engine.people.add_group(request.actor, new.name, new.description)
    return _made(request)


@routes.get("/roles", id="roles.list", **_MAY)
def list_roles(request: Request, engine: Engine) -> Reply:
    """All roles, by name, with whom they are granted to."""
    return _listed(engine.people.list_roles(request.actor))


@routes.post("/roles", id="roles.add", body=NewRole, **_MAY)
def add_role(request: Request, engine: Engine) -> Reply:
    """A new role."""
    new = json.decode(request, NewRole)
    engine.people.add_role(request.actor, new.name, new.code)
    return _made(request)


@routes.get("/work-parties", id="parties.list", **_MAY)
def list_parties(request: Request, engine: Engine) -> Reply:
    """All work parties, by name."""
    return _listed(engine.people.list_parties(request.actor))


@routes.post("/work-parties", id="parties.add", body=NewParty, **_MAY)
def add_party(request: Request, engine: Engine) -> Reply:
    """A new work party."""
    new = json.decode(request, NewParty)
    engine.people.add_party(request.actor, new.name, new.lead)
    return _made(request)


Change = Callable[["Engine", Request, dict[str, str]], None]


def _change(method: str, path: str, id: str, summary: str, change: Change) -> None:
    """A route that only changes a membership: nothing comes with it, nothing goes back."""

    def handler(request: Request, engine: Engine) -> Reply:
        change(engine, request, request.path)
        return Reply()

    handler.__doc__ = summary
    routes.add(method, path, lane="turn", id=id, **_MAY)(handler)


def _remove(kind: Literal["group", "role", "party"], path: str, summary: str) -> None:
    def change(engine: Engine, request: Request, names: dict[str, str]) -> None:
        getattr(engine.people, f"remove_{kind}")(request.actor, names["name"])

    _change("DELETE", path, f"{kind}.remove", summary, change)


_remove("group", "/groups/{name}", "Remove a group, with its memberships and grants.")
_remove("role", "/roles/{name}", "Remove a role, with its grants.")
_remove("party", "/work-parties/{name}", "Remove a work party.")
_change(
    "PUT",
    "/groups/{name}/members/{member}",
    "groups.add_member",
    "Put a user into a group.",
    lambda e, r, p: e.people.add_member(r.actor, p["name"], p["member"]),
)
_change(
    "DELETE",
    "/groups/{name}/members/{member}",
    "groups.remove_member",
    "Take a user out of a group.",
    lambda e, r, p: e.people.remove_member(r.actor, p["name"], p["member"]),
)
_change(
    "PUT",
    "/roles/{name}/users/{member}",
    "roles.grant_user",
    "Grant a role to a user.",
    lambda e, r, p: e.people.grant_role(r.actor, p["name"], p["member"], "USER"),
)
_change(
    "DELETE",
    "/roles/{name}/users/{member}",
    "roles.revoke_user",
    "Take a role from a user.",
    lambda e, r, p: e.people.revoke_role(r.actor, p["name"], p["member"], "USER"),
)
_change(
    "PUT",
    "/roles/{name}/groups/{member}",
    "roles.grant_group",
    "Grant a role to a group.",
    lambda e, r, p: e.people.grant_role(r.actor, p["name"], p["member"], "GROUP"),
)
_change(
    "DELETE",
    "/roles/{name}/groups/{member}",
    "roles.revoke_group",
    "Take a role from a group.",
    lambda e, r, p: e.people.revoke_role(r.actor, p["name"], p["member"], "GROUP"),
)
_change(
    "PUT",
    "/work-parties/{name}/users/{member}",
    "parties.add_user",
    "Put a user into a work party.",
    lambda e, r, p: e.people.add_party_member(r.actor, p["name"], p["member"], "USER"),
)
_change(
    "DELETE",
    "/work-parties/{name}/users/{member}",
    "parties.remove_user",
    "Take a user out of a work party.",
    lambda e, r, p: e.people.remove_party_member(r.actor, p["name"], p["member"], "USER"),
)
_change(
    "PUT",
    "/work-parties/{name}/roles/{member}",
    "parties.add_role",
    "Put everybody with a role into a work party.",
    lambda e, r, p: e.people.add_party_member(r.actor, p["name"], p["member"], "ROLE"),
)
_change(
    "DELETE",
    "/work-parties/{name}/roles/{member}",
    "parties.remove_role",
    "Take a role out of a work party.",
    lambda e, r, p: e.people.remove_party_member(r.actor, p["name"], p["member"], "ROLE"),
)
_change(
    "PUT",
    "/work-parties/{name}/lead/{member}",
    "parties.set_lead",
    "Make a user the lead of a work party.",
    lambda e, r, p: e.people.set_lead(r.actor, p["name"], p["member"]),
)
