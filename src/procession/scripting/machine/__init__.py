"""The machine: a tree becomes closures, closures run over plain values and count their fuel."""
