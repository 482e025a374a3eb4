"""What a message carries, and which instance it therefore belongs to."""
