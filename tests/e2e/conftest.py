"""Installations of both kinds: MariaDB and Redis servers, or SQLite and the private Redis."""

import base64
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation, clean_environment, serve_sandbox, telegram_environment

SECRET = base64.b64encode(b"e" * 32).decode()


@pytest.fixture
def directory() -> Iterator[Path]:
    """A data directory with a short path, since a unix socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="tgf-") as name:
        yield Path(name)


@pytest.fixture
def demo_sandbox() -> Iterator[dict[str, Any]]:
    """A sandbox with the demo's world."""
    with serve_sandbox("demo") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def basic_sandbox() -> Iterator[dict[str, Any]]:
    """A sandbox with one of each kind of chat; shared, so tests must not change it."""
    with serve_sandbox("basic") as sandbox:
        yield sandbox


@pytest.fixture
def embedded(demo_sandbox: dict[str, Any], directory: Path) -> Installation:
    """SQLite and the private Redis."""
    return Installation(clean_environment(directory) | telegram_environment(demo_sandbox), demo_sandbox, directory)


@pytest.fixture
def servers(embedded: Installation, empty_mariadb_url: str, redis_url: str) -> Installation:
    """MariaDB and a Redis server."""
    stores = {"DB_URL": empty_mariadb_url, "REDIS_URL": redis_url, "TGFORWARD_SECRET_KEY": SECRET}
    return replace(embedded, environment={**embedded.environment, **stores})


@pytest.fixture(params=["embedded", "servers"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Both kinds of installation beside a sandbox with the demo's world."""
    found: Installation = request.getfixturevalue(request.param)
    return found
