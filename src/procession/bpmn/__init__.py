"""The language: from BPMN XML to immutable process definitions."""
