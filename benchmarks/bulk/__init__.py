"""How long it takes to keep many configs in one document."""
