"""Helpers for people who test their processes: build a model, run it, hold the clock.

The runs are pure: no database, no server. ``model()`` builds a process in Python, ``compile_model``
turns it, or the text of a BPMN file, into a definition, and ``start`` runs it to its first rest.
"""

from procession.runtime.clock import ManualClock
from procession.testing.models import Model, model
from procession.testing.runs import Run, compile_model, start

__all__ = ["ManualClock", "Model", "Run", "compile_model", "model", "start"]
