"""Scenarios: what is said to a fresh server, resource by resource."""

from tests.golden.scenarios.commands import commands
from tests.golden.scenarios.deployments import deployments
from tests.golden.scenarios.every_command import every_command
from tests.golden.scenarios.history import history
from tests.golden.scenarios.processes import processes
from tests.golden.scenarios.queries import queries
from tests.golden.scenarios.tasks import tasks
from tests.golden.scenarios.work_items import work_items
from tests.golden.talk import Scenario

SCENARIOS: dict[str, Scenario] = {
    each.__name__: each
    for each in (
        processes, work_items, history, tasks, deployments, queries, commands, every_command,
    )
}  # fmt: skip
