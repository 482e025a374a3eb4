"""The machine: a tree becomes closures, closures run over plain values and count their fuel."""

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
