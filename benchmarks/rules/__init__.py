"""What the rules cost: planning with ten of them, beside two other ways of doing the same work."""
