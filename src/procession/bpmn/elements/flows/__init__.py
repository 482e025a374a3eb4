"""Arrows."""
