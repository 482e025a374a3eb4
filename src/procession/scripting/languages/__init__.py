"""One file per language: its grammar, and what its words mean."""
