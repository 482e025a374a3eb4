"""Audit: what happened, kept for the questions that people and clients ask."""
