"""What scripts may call, by family."""
