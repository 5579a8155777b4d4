"""The console beside the sandbox."""

from pathlib import Path

import pytest
from arq import ArqRedis
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from tests.fixtures.town import Town
from tests.web.people import Browser
from tgforward.db.session import SessionFactory
from tgforward.sandbox.server import Sandbox
from tgforward.services.accounts import import_account
from tgforward.services.deps import Deps
from tgforward.services.vault import open_vault
from tgforward.settings import Settings
from tgforward.telegram.server import from_settings
from tgforward.web.app import create_app


@pytest.fixture
def town_deps(
    web_settings: Settings, sandbox: Sandbox, tmp_path: Path, session_factory: SessionFactory, redis: ArqRedis
) -> Deps:
    """What the application works with where there is a Telegram."""
    key = tmp_path / "public.pem"
    key.write_text(sandbox.public_key_pem)
    server = {
        "telegram_api_id": sandbox.api_id,
        "telegram_api_hash": SecretStr(sandbox.api_hash),
        "telegram_server": (sandbox.host, sandbox.port),
        "telegram_dc_id": sandbox.dc_id,
        "telegram_public_key": key,
    }
    settings = web_settings.model_copy(update=server)
    return Deps(settings, session_factory, redis, open_vault(settings), from_settings(settings))


@pytest.fixture
async def operator(town_deps: Deps, sandbox: Sandbox, town: Town, people: None) -> Browser:
    """Somebody with a browser who is logged in as operator, where the account `operator` is logged in."""
    await import_account(town_deps, "operator", sandbox.session_string(town.operator), actor="test")
    return await logged_in(town_deps, "operator")


async def logged_in(deps: Deps, name: str) -> Browser:
    """A browser of its own, after the log-in."""
    client = AsyncClient(transport=ASGITransport(create_app(deps)), base_url="http://127.0.0.1")
    browser = Browser(client)
    await browser.log_in(name)
    return browser
