"""Whether a process can get stuck, lose its way or never rest: looked for before it runs."""
