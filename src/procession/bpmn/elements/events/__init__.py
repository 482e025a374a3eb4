"""What happens: the positions."""
