"""Floor 3: people, their groups and roles, and how they prove who they are."""
