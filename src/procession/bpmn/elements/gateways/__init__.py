"""Where ways part and meet."""
