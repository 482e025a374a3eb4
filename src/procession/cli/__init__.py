"""The command line: one file per command, over the same services as the doors."""
