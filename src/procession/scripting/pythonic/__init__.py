"""What the Python subset means: its operators, functions and methods over the values of scripts."""
