"""Formats of files: text, lines, JSON and delimited text, to values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from procession.runtime.handlers.given import text, wrong
from procession.values import Value, freeze


def decode(content: bytes, p: Mapping[str, Value]) -> Value:
    """What a file's content means."""
    encoding = text(p, "Encoding", "utf-8").lower()
    if encoding == "binary":
        return content
    kind = _format(p)
    try:
        if kind == "json":
            return freeze(msgspec.json.decode(content))
        written = content.decode(encoding)
        if kind == "csv":
            return _rows(written, p)
    except (LookupError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise wrong(f"the file is not {kind} in {encoding[:20]}") from error
    return tuple(written.splitlines()) if kind == "lines" else written


def encode(content: Value, p: Mapping[str, Value]) -> bytes:
    """A value as a file's content."""
    if isinstance(content, bytes):
        return content
    kind = _format(p)
    if kind == "json":
        return msgspec.json.encode(content, enc_hook=str)
    if kind == "csv":
        written = _delimited(content, p)
    elif kind == "lines" and not isinstance(content, str):
        written = "".join(f"{line}\n" for line in content or ())
    else:
        written = "" if content is None else str(content)
    try:
        return written.encode(text(p, "Encoding", "utf-8"))
    except (LookupError, UnicodeEncodeError) as error:
        raise wrong("the content cannot be written in that Encoding") from error


def _format(p: Mapping[str, Value]) -> str:
    kind = text(p, "Format", "text").lower()
    if kind not in ("text", "json", "lines", "csv"):
        raise wrong(f"Format must be text, json, lines or csv, not {kind[:20]}")
    return kind


def _delimiter(p: Mapping[str, Value]) -> str:
    given = text(p, "Delimiter", ",").replace("\\t", "\t")
    if len(given) != 1:
        raise wrong("Delimiter must be one character")
    return given


def _rows(written: str, p: Mapping[str, Value]) -> Value:
    """Objects named by the first line."""
    import csv
    import io

    try:
        return freeze(
            [dict(row) for row in csv.DictReader(io.StringIO(written), delimiter=_delimiter(p))]
        )
    except (csv.Error, ValueError) as error:
        raise wrong("the file is not delimited text whose first line names the columns") from error


def _delimited(content: Value, p: Mapping[str, Value]) -> str:
    import csv
    import io

    rows: Sequence[Any] = content if isinstance(content, Sequence) else ()
    if isinstance(content, str) or not all(isinstance(row, Mapping) for row in rows):
        raise wrong("Content must be a list of objects to be written as csv")
    names = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, names, delimiter=_delimiter(p), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
