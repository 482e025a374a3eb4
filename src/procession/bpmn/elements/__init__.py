"""One file per BPMN tag, in the families of the specification. ``load`` registers all."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every element file, so that each registers its tag."""
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        importlib.import_module(module.name)
