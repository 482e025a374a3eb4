"""Floor 3: the imperative shell. Turns are computed in memory and written whole."""
