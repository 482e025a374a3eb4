"""Floor 1: the pure engine. An instance moves by ``step``; state changes only in ``evolve``."""
