"""Fixtures for every test; each comes from the file named after what it starts."""

pytest_plugins = ["tests.fixtures.database", "tests.fixtures.redis", "tests.fixtures.sandbox", "tests.fixtures.town"]
