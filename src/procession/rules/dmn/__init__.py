"""Decisions in the OMG's notation: DMN 1.1 to 1.5 read, compiled and evaluated."""
