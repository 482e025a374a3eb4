"""Source: one Python function, written line by line while a shape is compiled.

Nothing of a request ever gets into it: names come from our own shapes and are quoted, everything
else is handed over by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from procession.rest.shapes.fields import Field
from procession.rest.shapes.text import escape, escape_attribute


class Source:
    """A function of ``view`` and ``frame``."""

    def __init__(self) -> None:
        self._lines = ["def write(view, frame):"]
        self._given: dict[str, Any] = {"escape": escape, "escape_attribute": escape_attribute}

    def line(self, text: str) -> None:
        """One more statement."""
        self._lines.append(f"    {text}")

    def given(self, thing: Any, number: int, letter: str) -> str:
        """The name of something that the function uses."""
        name = f"{letter}{number}"
        self._given[name] = thing
        return name

    def getter(self, field: Field, number: int) -> str:
        """The expression that fetches the value of a field."""
        if isinstance(field.get, str) and field.get.replace(".", "_").isidentifier():
            return f"view.{field.get}"
        return f"{self.given(field.get, number, 'g')}({'frame' if field.of_frame else 'view'})"

    def element(self, name: str, content: str) -> str:
        """The expression of an element around the text of another expression."""
        return f"{f'<{name}>'!r} + {content} + {f'</{name}>'!r}"

    def attribute(self, name: str) -> str:
        """The expression of an attribute with the value ``v``."""
        return f"""{f' {name}="'!r} + escape_attribute(str(v)) + '"'"""

    def joined(self, names: Sequence[str]) -> str:
        """The expression of several texts one after the other."""
        return "f'" + "".join(f"{{{name}}}" for name in names) + "'"

    def on_lines(self, names: Sequence[str]) -> str:
        """The same, each on an indented line of its own."""
        parts = "".join(f"{name}, " for name in names)
        return f"'\\n    ' + '\\n    '.join([x for x in ({parts}) if x]) + '\\n'"

    def function(self) -> Any:
        """The finished function."""
        exec("\n".join(self._lines), self._given)  # noqa: S102 - see above
        return self._given["write"]
