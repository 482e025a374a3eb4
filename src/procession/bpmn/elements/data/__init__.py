"""Variables, parameters, and how values move between them."""
