"""How JavaScript is run: what is there before a script, and how values go in and come out."""
