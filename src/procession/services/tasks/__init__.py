"""Human tasks: work lists, searches, and everything one may do with a task."""

from procession.services.tasks.criteria import TaskCriteria
from procession.services.tasks.service import TaskService

__all__ = ["TaskCriteria", "TaskService"]
