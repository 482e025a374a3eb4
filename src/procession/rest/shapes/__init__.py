"""Shape: one description of a payload, written as XML or as JSON.

A shape lists its fields once, with both names; :class:`Writer` turns it into two functions of the
view, so the representations cannot disagree. XML is written by hand-made closures, one per field,
JSON by msgspec. Conventions (``reference/jbpm-rest-api.md`` 1.4, 1.5 flavour P): in XML a null is
left out, or written with ``xsi:nil`` where the field is *nillable*; in JSON it is present. Dates
are ``xs:dateTime`` with milliseconds and the writer's zone, or epoch milliseconds.
"""

from procession.rest.shapes.fields import (
    Field,
    OneOf,
    Shape,
    boolean,
    constant,
    date,
    number,
    text,
)
from procession.rest.shapes.kinds import (
    BASE64,
    BOOLEAN,
    DATE,
    NOTHING,
    NUMBER,
    TEXT,
    TEXT_MAP,
    TYPED_MAP,
    Kind,
    encode_json,
    plain,
    typed,
    xs_type,
)
from procession.rest.shapes.text import (
    DECLARATION,
    XS,
    XSI,
    epoch_ms,
    escape,
    escape_attribute,
    xml_date,
    xml_name,
)
from procession.rest.shapes.writer import Writer

__all__ = [
    "BASE64",
    "BOOLEAN",
    "DATE",
    "DECLARATION",
    "NOTHING",
    "NUMBER",
    "TEXT",
    "TEXT_MAP",
    "TYPED_MAP",
    "XS",
    "XSI",
    "Field",
    "Kind",
    "OneOf",
    "Shape",
    "Writer",
    "boolean",
    "constant",
    "date",
    "encode_json",
    "epoch_ms",
    "escape",
    "escape_attribute",
    "number",
    "plain",
    "text",
    "typed",
    "xml_date",
    "xml_name",
    "xs_type",
]
