"""What a process means where jBPM and the specification differ: one named flag per difference.

``reference/rulings.md`` 1. A flag that is set means jBPM's way (``reference/jbpm-engine.md``), one
that is not the specification's (BPMN 2.0.2). A file that declares the drools namespace begins with
all flags set, any other with none; a deployment may choose otherwise, flag by flag or as a whole
(:func:`read_choice`), and keeps what it chose.

What a file may hold is no meaning: whose extension attributes are read goes by the namespaces that
it declares, whatever the flags are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast, get_type_hints

import msgspec

from procession.core.flags import JBPM, SPECIFICATION, Semantics
from procession.errors import Invalid
from procession.values import Map, Value

WORDS: Final = ("jbpm", "specification")
"""What chooses all flags at once."""
MEANING: Final = "meaning"
"""The key of a choice that holds one of :data:`WORDS`."""


class Flag(msgspec.Struct, frozen=True):
    """A flag as the reference page shows it."""

    name: str
    jbpm: str
    specification: str


def _flags() -> tuple[Flag, ...]:
    found = []
    for name, hint in get_type_hints(Semantics, include_extras=True).items():
        said = cast("dict[str, str]", hint.__metadata__[0].extra)
        found.append(Flag(name, said["jbpm"], said["bpmn"]))
    return tuple(found)


FLAGS: Final = _flags()
NAMES: Final = tuple(flag.name for flag in FLAGS)
NO_CHOICE: Final = Map()


def read_choice(texts: Iterable[str]) -> Map:
    """What a deployment chooses: ``name=true``, ``name=false``, ``jbpm``, ``specification``.

    A word chooses all flags, whatever was said of single ones before it. Raises :class:`Invalid`
    for a flag that is not known.
    """
    chosen: dict[str, Value] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        word = value.lower()
        if not equals and name.lower() in WORDS:
            chosen = {MEANING: name.lower()}
        elif name not in NAMES:
            raise Invalid(_unknown(name))
        elif word not in ("true", "false"):
            raise Invalid(f"the semantics flag {name} is true or false, not {value!r}")
        else:
            chosen[name] = word == "true"
    return Map(chosen)


def combined(first: Mapping[str, Value], then: Mapping[str, Value]) -> Map:
    """Two choices, of which the second goes before the first."""
    return Map(then) if MEANING in then else Map({**first, **then})


def meant(choice: Mapping[str, Value], *, is_jbpm: bool) -> Semantics:
    """The flags of a file, given what its deployment chose and whose file it is."""
    word = choice.get(MEANING) or WORDS[0 if is_jbpm else 1]
    found = JBPM if word == WORDS[0] else SPECIFICATION
    flags = {name: value for name, value in choice.items() if name != MEANING}
    for name in flags:
        if name not in NAMES:
            raise Invalid(_unknown(name))
    return msgspec.structs.replace(found, **flags) if flags else found


def _unknown(name: str) -> str:
    known = ", ".join(NAMES)
    return f"{name!r} is no semantics flag; there are jbpm, specification, and of flags {known}"
