"""Where the types of a deployment come from: ``types`` files, Java sources, class files."""

from __future__ import annotations

from procession.bpmn.data_types.gathering import STORED, gather_types

__all__ = ["STORED", "gather_types"]
