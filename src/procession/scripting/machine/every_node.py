"""Loading this registers the rule of every node of a tree."""

from __future__ import annotations

from procession.scripting.machine import (
    access,
    calls,
    casts,
    expressions,
    functions,
    leaving,
    statements,
)

__all__ = ["access", "calls", "casts", "expressions", "functions", "leaving", "statements"]
