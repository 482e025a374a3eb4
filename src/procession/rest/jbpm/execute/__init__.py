"""``execute``: the commands that the Java clients send (``reference/jbpm-rest-api.md`` 5)."""

from procession.rest.jbpm.execute import audit, contents, lists, papers, session, task
from procession.rest.jbpm.execute.envelope import is_java_client, routes, spoken, write_results
from procession.rest.jbpm.execute.table import rows

__all__ = ["FAMILIES", "is_java_client", "routes", "rows", "spoken", "write_results"]

FAMILIES = (session, task, lists, contents, papers, audit)
"""Importing a family fills the table."""
