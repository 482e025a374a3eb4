"""Calls 10 and 11: reload definitions that are kept in memory."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.rest.oneweb import shapes
from procession.services.paging import PageRequest
from procession.services.views import DefinitionView
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
EVENTS = frozenset({"refresh", "generate", "file"})


@routes.post("/refreshCache", lane="pool", permission="administer", id="10")
def refresh_cache(request: Request, engine: Engine) -> Reply:
    """Read all definitions anew. Running instances stay on their snapshot."""
    count = engine.deployments.refresh_cache(request.actor)
    return shapes.answer("RefreshCache Success", count)


@routes.post(
    "/classAction",
    lane="pool",
    permission="administer",
    id="11",
    body=shapes.ClassActionBody,
    answer=shapes.ClassActionAnswer,
)
def class_action(request: Request, engine: Engine) -> Reply:
    """Refresh, load or fetch named definitions; all of them or none."""
    body = json.decode(request, shapes.ClassActionBody)
    if body.event not in EVENTS:
        raise Invalid("event must be refresh, generate or file", reason="parameter")
    if not body.file_names:
        raise Invalid("fileNames must name at least one artefact", reason="parameter")
    found = _resolve(request.actor, engine, body.file_names)
    return shapes.answer(_treated(request.actor, engine, body.event, found), len(found))


def _treated(
    actor: Actor, engine: Engine, event: str, found: list[DefinitionView]
) -> shapes.ClassActionAnswer:
    """Do what the event says with each of them, on every node."""
    names = [definition.definition_id for definition in found]
    done = shapes.ClassActionAnswer("SUCCESS", "", names, definition_size=len(found))
    if event == "file":
        done.files = [_file(actor, engine, definition) for definition in found]
    else:
        engine.deployments.refresh_cache(actor, found)
    if event == "generate":
        _count(done, [engine.deployments.business_objects(actor, one) for one in found])
    else:
        _count(done, [definition.variables for definition in found])
    return done


def _count(done: shapes.ClassActionAnswer, each: Sequence[Mapping[str, Any]]) -> None:
    """The counters: business objects, and the fields of those that were generated."""
    size = sum(len(objects) for objects in each)
    fields = [fields for objects in each for fields in objects.values()]
    known = sum(len(inner) for inner in fields if isinstance(inner, Mapping))
    done.business_object_size = done.business_object_def_size = done.cache_class_size = size
    done.field_descripters_map_size, done.field_descripter_size = size, known or size


def _resolve(actor: Actor, engine: Engine, wanted: list[str]) -> list[DefinitionView]:
    """By comparing whole names: names and versions contain dots themselves."""
    known = {
        d.definition_id: d for d in engine.deployments.definitions(actor, None, PageRequest()).items
    }
    found = []
    for name in dict.fromkeys(wanted):
        definition = known.get(name) or known.get(name.removesuffix(".jar"))
        if definition is None:
            raise NotFound(f"there is no artefact {name[:200]}", reason="definition")
        found.append(definition)
    return found


def _file(actor: Actor, engine: Engine, definition: DefinitionView) -> dict[str, str]:
    source = engine.deployments.resource(actor, definition.revision, definition.resource)
    return {
        "fileName": f"{definition.definition_id}.jar",
        "contentType": "application/xml",
        "content": b64encode(source).decode(),
    }
