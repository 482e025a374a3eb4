"""The jBPM 6 REST dialect, in its wire forms L (6.0, 6.1) and M (6.2 to 6.5)."""

from procession.rest.jbpm.dialect import JbpmDialect

__all__ = ["JbpmDialect"]
