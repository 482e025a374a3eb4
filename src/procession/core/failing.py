"""What is told of a script that failed: where it stands, its line, and the variables it read there.

The message goes to who asked and may show values, as the JDK's do (``For input string: "q"``); what
a log may have of it (:func:`procession.errors.logged`) names the variables and shows none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from procession.core.ports import UNDEFINED, Script, ScriptThrow
from procession.errors import ScriptFailure

_WORD: Final = re.compile(r"[^\W\d]\w*")
_MOST: Final = 10


def script_failure(
    thrown: ScriptThrow,
    script: Script,
    lookup: Callable[[str], object],
    where: Callable[[str], str],
    *,
    instance: int = 0,
    element: str = "",
    process: str = "",
) -> ScriptFailure:
    """The failure of a script; ``where`` puts the place before a text."""
    line = f" (line {thrown.line})" if thrown.line else ""
    names = involved(script.source, thrown.line, lookup)
    text = f"{thrown.type_name}: {thrown.text}" if thrown.text else thrown.type_name
    read = f" with {', '.join(names)}" if names else ""
    return ScriptFailure(
        where(text + line),
        instance=instance,
        element=element,
        process=process,
        reason=thrown.type_name,
        line=thrown.line,
        column=thrown.column,
        variables=names,
        logged=where(f"{thrown.type_name} in {script.language}{line}{read}"),
    )


def involved(source: str, line: int, lookup: Callable[[str], object]) -> tuple[str, ...]:
    """The variables that the line of a text names; without a line, those of the whole text."""
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else source
    words = dict.fromkeys(_WORD.findall(text))
    return tuple([word for word in words if lookup(word) is not UNDEFINED])[:_MOST]
