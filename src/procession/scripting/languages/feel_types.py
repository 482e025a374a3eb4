"""Reads the types that FEEL texts name."""

from __future__ import annotations

from procession.scripting.feel.types import (
    ALIASES,
    ANY,
    SIMPLE,
    ContextOf,
    Declared,
    FunctionOf,
    ListOf,
    RangeOf,
    Simple,
    Type,
)
from procession.scripting.languages.feel_cursor import Cursor, Names
from procession.scripting.lexer import Kind

_SIMPLE_NAMES = Names([*SIMPLE, *ALIASES])
_MAX_DEPTH = 20


def read_type(at: Cursor, depth: int = 0) -> Type:
    """A type: a name, or ``list<…>``, ``range<…>``, ``context<…>``, ``function<…> -> …``."""
    if depth > _MAX_DEPTH:
        at.refuse("the type is nested too deeply")
    declared = at.type_names.match(at.at, at.tokens)
    if declared is not None:
        at.at += declared[0]
        return Declared(declared[1], at.types[declared[1]])
    word = at.token.text
    if word in ("list", "range") and _opens(at):
        item = _in_brackets(at, depth)
        return ListOf(item) if word == "list" else RangeOf(item)
    if word == "context" and _opens(at):
        return _context(at, depth)
    if word == "function" and _opens(at):
        return _function(at, depth)
    if word in ("list", "range", "context", "function"):
        at.at += 1
        return Simple(word)
    found = _SIMPLE_NAMES.match(at.at, at.tokens)
    if found is None:
        words = at.words() if at.token.kind is Kind.NAME else at.token.text
        if at.is_strict or not words:
            at.refuse(f"'{words}' is no type of FEEL")
        at.unknown.append(words)
        return Declared(words, lambda f, value: False)
    at.at += found[0]
    return Simple(ALIASES.get(found[1], found[1]))


def _opens(at: Cursor) -> bool:
    return at.tokens[at.at + 1].text == "<"


def _in_brackets(at: Cursor, depth: int) -> Type:
    at.at += 2
    made = read_type(at, depth + 1)
    at.expect(">")
    return made


def _context(at: Cursor, depth: int) -> Type:
    at.at += 2
    entries: list[tuple[str, Type]] = []
    while not at.skip(">"):
        if entries:
            at.expect(",")
        name = at.new_name(":")
        at.expect(":")
        entries.append((name, read_type(at, depth + 1)))
    return ContextOf(tuple(entries))


def _function(at: Cursor, depth: int) -> Type:
    at.at += 2
    parameters: list[Type] = []
    while not at.skip(">"):
        if parameters:
            at.expect(",")
        parameters.append(read_type(at, depth + 1))
    result: Type = ANY
    if at.skip("->"):
        result = read_type(at, depth + 1)
    return FunctionOf(tuple(parameters), result)
