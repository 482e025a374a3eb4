"""Procession: a BPMN 2.0 process runtime with the jBPM 6 and ONEWEB REST dialects.

The names of :data:`__all__`, and the modules ``errors``, ``values`` and ``testing``, are the public
Python interface; everything else may change without notice. They are loaded when they are asked
for, so that ``import procession`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.errors import Fault, ModelError
    from procession.runtime.work_items import PENDING, WorkItem
    from procession.services.processes import ProcessRef
    from procession.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "PENDING",
    "Engine",
    "Fault",
    "ModelError",
    "ProcessRef",
    "Settings",
    "WorkItem",
    "__version__",
]

_HOMES = {
    "PENDING": "procession.runtime.work_items",
    "Engine": "procession.engine",
    "Fault": "procession.errors",
    "ModelError": "procession.errors",
    "ProcessRef": "procession.services.processes",
    "Settings": "procession.settings",
    "WorkItem": "procession.runtime.work_items",
}


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'procession' has no attribute {name!r}")
    return getattr(import_module(home), name)
