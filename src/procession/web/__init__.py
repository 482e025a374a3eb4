"""Floor 5: what doors share. HTTP as far as we need it, and who is calling."""
