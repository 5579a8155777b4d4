"""A long history: the memory that it takes, and what arrives when the worker is killed in the middle."""
