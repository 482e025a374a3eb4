"""The REST dialects, and the shapes they share."""
