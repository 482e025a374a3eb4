"""How often an activity is done."""
