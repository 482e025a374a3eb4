"""What happens: the definitions."""
