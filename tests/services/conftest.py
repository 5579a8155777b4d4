"""A whole installation on the real thing: sandbox, Redis, a database of each kind."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from arq import ArqRedis
from pydantic import SecretStr

from tests.fixtures.town import Town as Town  # for the tests beside it
from tgforward.db.accounts import load_account_named
from tgforward.db.session import SessionFactory, reading
from tgforward.sandbox.server import Sandbox
from tgforward.services.accounts import import_account
from tgforward.services.borrowing import borrowed_lane
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.vault import open_vault
from tgforward.settings import Settings
from tgforward.telegram.server import from_settings
from tgforward.types import AccountId, ConfigId


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path, db_url: str, redis_url: str) -> Settings:
    """Settings of an installation beside the sandbox."""
    key = tmp_path / "public.pem"
    key.write_text(sandbox.public_key_pem)
    values: dict[str, Any] = {
        "data_dir": tmp_path,
        "db_url": SecretStr(db_url),
        "redis_url": SecretStr(redis_url),
        "secret_key": SecretStr(base64.b64encode(b"k" * 32).decode()),
        "telegram_api_id": sandbox.api_id,
        "telegram_api_hash": SecretStr(sandbox.api_hash),
        "telegram_server": (sandbox.host, sandbox.port),
        "telegram_dc_id": sandbox.dc_id,
        "telegram_public_key": key,
    }
    return Settings.model_validate(values)


@pytest.fixture
def deps(settings: Settings, session_factory: SessionFactory, redis: ArqRedis) -> Deps:
    """What the use cases need."""
    return Deps(settings, session_factory, redis, open_vault(settings), from_settings(settings))


@pytest.fixture
async def account_id(deps: Deps, sandbox: Sandbox, town: Town) -> AccountId:
    """The operator's account, imported."""
    stored = await import_account(deps, "operator", sandbox.session_string(town.operator), actor="test")
    return stored.id


@asynccontextmanager
async def owned_lane(deps: Deps, name: str = "operator") -> AsyncIterator[Lane]:
    """An account's lane, owned by the test as a worker would."""
    async with reading(deps.session_factory) as session:
        account = await load_account_named(session, name)
    assert account is not None
    async with borrowed_lane(deps, account.id) as lane:
        assert lane is not None
        yield lane


async def make_config(
    deps: Deps, *, source: str = "@source", dest: str = "@dest", account: str | None = None, **fields: Any
) -> ConfigId:
    """A config from `source` to `dest`."""
    stored = await add_config(deps, source=source, dest=dest, account=account, fields=fields, actor="test")
    return stored.id
