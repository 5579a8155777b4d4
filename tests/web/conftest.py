"""The application on real stores, asked without a network."""

import base64
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from arq import ArqRedis
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from tests.web.people import PASSWORD, Browser
from tgforward.db.models import Role
from tgforward.db.session import SessionFactory
from tgforward.db.web_users import add_web_user
from tgforward.services.deps import Deps
from tgforward.services.users import add_user
from tgforward.services.vault import open_vault
from tgforward.services.web_access import Scope
from tgforward.services.web_secrets import hash_password
from tgforward.services.web_tokens import add_token
from tgforward.settings import Settings
from tgforward.telegram.server import from_settings
from tgforward.web.app import App, create_app

TENANT_OF = "1001"


@pytest.fixture
def web_settings(tmp_path: Path, db_url: str, redis_url: str) -> Settings:
    """Settings of an installation without Telegram."""
    values: dict[str, Any] = {
        "data_dir": tmp_path,
        "db_url": SecretStr(db_url),
        "redis_url": SecretStr(redis_url),
        "secret_key": SecretStr(base64.b64encode(b"k" * 32).decode()),
        "web_max_body_kb": 64,
    }
    return Settings.model_validate(values)


@pytest.fixture
def web_deps(web_settings: Settings, session_factory: SessionFactory, redis: ArqRedis) -> Deps:
    """What the application works with."""
    return Deps(web_settings, session_factory, redis, open_vault(web_settings), from_settings(web_settings))


@pytest.fixture
def app(web_deps: Deps) -> App:
    """The application."""
    return create_app(web_deps)


@pytest.fixture
async def client(app: App) -> AsyncIterator[AsyncClient]:
    """Somebody who is not logged in."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
def browser(client: AsyncClient) -> Browser:
    """Somebody with a browser, not logged in."""
    return Browser(client)


@pytest.fixture
async def people(web_deps: Deps) -> None:
    """One web user of each role, by the role's name."""
    await add_user(web_deps, TENANT_OF, actor="test")
    async with web_deps.session_factory.begin() as session:
        for role in Role:
            user_id = TENANT_OF if role is Role.TENANT else None
            await add_web_user(session, name=role, password_hash=_hash(), role=role, user_id=user_id)


@pytest.fixture
async def program(client: AsyncClient, web_deps: Deps, people: None) -> AsyncClient:
    """A program with a token, which may do everything."""
    made = await add_token(web_deps, "test", "admin", set(Scope), lasting=None, actor="test")
    client.headers["Authorization"] = f"Bearer {made.token}"
    return client


@cache
def _hash() -> str:
    """Hashed once: it takes 0.1 s."""
    return hash_password(PASSWORD)
