"""What pytest-alembic needs: the options, and an engine on an empty database of each kind."""

import asyncio
from collections.abc import Iterator

import pytest
from alembic.config import Config

from tgforward.db.engine import Engine, create_engine
from tgforward.db.migrate import make_config


@pytest.fixture
def alembic_config() -> Config:
    """The revisions of the checkout."""
    return make_config()


@pytest.fixture
def alembic_engine(empty_db_url: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    engine = create_engine(empty_db_url)
    yield engine
    asyncio.run(engine.dispose())
