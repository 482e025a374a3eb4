"""Floor 5: the web console. Its pages come later; `/docs` and diagrams are served already."""
