"""The crash test: everything that can fail does, and nothing may be lost, doubled or out of order."""
