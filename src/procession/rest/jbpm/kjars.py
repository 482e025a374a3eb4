"""Where a deployment request without a body finds its kjar (``reference/rulings.md`` 20).

In each directory of the setting ``kjar_paths``: ``artifact-version.jar`` (or ``.kjar``,
``.zip``), or the same below ``group/as/path/artifact/version/`` as a Maven repository has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from procession.rest.jbpm.uploads import Files

ENDINGS = (".jar", ".kjar", ".zip")
_WORD = re.compile(r"\w[\w.-]*")


def find_kjar(deployment_id: str, directories: tuple[str, ...]) -> dict[str, bytes] | None:
    """The files of a unit, or ``None`` if no directory has it."""
    for directory in directories:
        for place in _places(deployment_id):
            path = Path(directory) / place
            if path.is_file():
                files = Files()
                files.unpack(path.read_bytes())
                return files.contents
    return None


def _places(deployment_id: str) -> Iterator[str]:
    parts = deployment_id.split(":")
    if not all(_WORD.fullmatch(part) and ".." not in part for part in parts[:3]):
        return
    if len(parts) < 3:
        yield from (deployment_id + ending for ending in ENDINGS)
        return
    group, artifact, version = parts[:3]
    for ending in ENDINGS:
        name = f"{artifact}-{version}{ending}"
        yield name
        yield f"{group.replace('.', '/')}/{artifact}/{version}/{name}"
