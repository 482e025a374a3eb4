"""Whether a process can get stuck, lose its way or never rest: looked for before it runs."""

from procession.bpmn.soundness.checking import DEPLOYING, THOROUGH, Soundness, check_soundness

__all__ = ["DEPLOYING", "THOROUGH", "Soundness", "check_soundness"]
