"""The life of a task as a picture, drawn from its table for the reference."""

from __future__ import annotations

from procession.tasks.lifecycle import FINAL, TABLE, Status


def diagram() -> str:
    """The table as a Mermaid state diagram, for the reference."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for line in TABLE:
        for state in line.states:
            for to in line.to:
                names = arrows.setdefault((str(state), str(to)), [])
                name = line.operation.value.lower()
                if name not in names:
                    names.append(name)
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {first}" for first in (Status.CREATED, Status.READY, Status.RESERVED)]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {end} --> [*]" for end in FINAL if end is not Status.ERROR]
    return "\n".join(lines) + "\n"
