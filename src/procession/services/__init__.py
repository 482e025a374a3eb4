"""Floor 4: the application layer. One meaning for every operation; no HTTP, XML or dialect."""
