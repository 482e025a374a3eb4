"""Every command that a published client can send, with every name it has there, is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from procession.rest.jbpm.execute.table import BY_TYPE, COMMANDS

LINES = [
    line.split()
    for line in (Path(__file__).parent / "client_commands.txt").read_text().splitlines()
    if not line.startswith("#")
]
COMMON = {"task-id", "user-id", "group-id", "target-entity-id"}
IGNORED = {"handle", "modifiedProperties"}
"""What the client of 6.5 may add for servers in its own machine."""


@pytest.mark.parametrize("version", ["6.0", "6.1", "6.2", "6.3", "6.4", "6.5"])
def test_every_element_attribute_and_child_of_a_version_is_known(version: str) -> None:
    of_version = [line[1:] for line in LINES if line[0] == version]

    assert len(of_version) > 50
    for element, java, *names in of_version:
        row = COMMANDS[element]
        known = {name for argument in row.arguments for name in argument.names}
        assert {name.lstrip("@") for name in names} - COMMON - IGNORED <= known, element
        assert BY_TYPE[java[0].lower() + java[1:]] is row
