"""Process and its frame."""
