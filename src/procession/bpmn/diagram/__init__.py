"""Diagrams: BPMN diagram interchange drawn as SVG, with marked elements.

``render`` answers one self-contained SVG: no scripts, no style sheets, no references to anything
outside, every text escaped. A file without diagram interchange gets a plain layout of our own.
"""
