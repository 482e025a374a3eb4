"""The criteria of ``task-query-where`` (``reference/jbpm-rest-api.md`` 5.6.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from procession.errors import Invalid
from procession.rest.jbpm.execute.arguments import flag_of, number_of
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.typed import moment_of, value_of
from procession.rest.jbpm.params import LONGEST_LIST
from procession.services.task_lists import Criterion, Kind, Part
from procession.values import Value

FIELDS: Final = {
    1: "process_id", 2: "process_instance_id", 3: "session_id", 4: "work_item_id",
    5: "deployment_id", 29: "task_id", 30: "business_administrator", 31: "potential_owner",
    32: "stakeholder", 33: "owner", 34: "excluded_owner", 35: "created_by", 36: "status",
    38: "created_at", 39: "name", 40: "parent_id", 41: "activated_at", 42: "description",
    43: "priority", 46: "archived", 47: "expires_at", 48: "form_name", 49: "skipable",
    50: "subject", 51: "sub_task_strategy",
}  # fmt: skip
_NUMBERS = frozenset(
    {"process_instance_id", "session_id", "work_item_id", "task_id", "parent_id", "priority"}
)
_FLAGS = frozenset({"archived", "skipable"})
_DATES = frozenset({"created_at", "activated_at", "expires_at"})
_KINDS: Final[dict[str, Kind]] = {"N": "equal", "L": "like", "R": "range"}
MOST: Final = 200
DEEPEST: Final = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Where(msgspec.Struct, frozen=True):
    """What is looked for, and which part of it is wanted."""

    criteria: tuple[Criterion, ...] = ()
    part: Part = Part()


def where_of(element: Element) -> Where:
    """``<queryWhere>``."""
    offset, most = element.first("offset"), element.first("maxResults")
    order, up = element.first("orderByListId"), element.first("ascOrDesc")
    limit = number_of(most) if most is not None else 0
    return Where(
        _criteria(element, 0),
        Part(
            max(number_of(offset), 0) if offset is not None else 0,
            min(limit, LONGEST_LIST) if limit > 0 else None,
            FIELDS.get(number_of(order), "") if order is not None else "",
            up is None or flag_of(up),
        ),
    )


def _criteria(element: Element, depth: int) -> tuple[Criterion, ...]:
    found = list(element.all("queryCriteria", "criteria"))
    if len(found) > MOST or depth > DEEPEST:
        raise Invalid(f"a query may have {MOST} criteria, {DEEPEST} levels deep")
    return tuple(_criterion(one, depth) for one in found)


def _criterion(element: Element, depth: int) -> Criterion:
    joins_or = element.attributes.get("union", "true").strip().lower() in {"true", "1"}
    group = _criteria(element, depth + 1)
    if group:
        return Criterion(group=group, joins_or=joins_or)
    number = number_of(Element("listId", element.attributes.get("listId", "")))
    field = FIELDS.get(number)
    if field is None:
        known = ", ".join(map(str, FIELDS))
        raise Invalid(f"the field with the listId {number} cannot be looked for; known: {known}")
    kind = _KINDS.get(element.attributes.get("type", "N"))
    if kind is None:
        raise Invalid("the type of a criterion is N, L or R")
    values = tuple(
        _value(field, _read(child)) for child in element.all("parameter", "date-parameter")
    )
    return Criterion(field, values, kind, joins_or)


def _read(element: Element) -> Value:
    if element.name == "parameter" or element.type is not None or element.is_nil:
        return value_of(element)
    try:
        return moment_of(element.text)
    except ValueError as error:
        raise Invalid(f"'{element.text[:100]}' is no xs:dateTime") from error


def _value(field: str, value: Value) -> object:
    """A value as the column has it. Raises :class:`Invalid` for one of another type."""
    if value is None:
        return None
    if field in _DATES and isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    if field in _FLAGS and isinstance(value, bool):
        return value
    if field in _NUMBERS and isinstance(value, int):
        return int(value)
    if field in _NUMBERS and isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value[:18])
    if field not in _DATES | _FLAGS | _NUMBERS and isinstance(value, str):
        return str(value)
    raise Invalid(f"a value for {field.replace('_', ' ')} is of the wrong type")
