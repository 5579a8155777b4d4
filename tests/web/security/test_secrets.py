"""What no page and no answer may show."""

import base64

import pytest
from httpx import AsyncClient

from tests.db.build import make_config
from tests.web.people import HTML, Browser
from tests.web.security.test_matrix import EXPECTED, OPEN, STREAM, routes
from tgforward.db.accounts import add_account
from tgforward.db.models.account import AccountKind
from tgforward.db.transaction import in_transaction
from tgforward.services.deps import Deps
from tgforward.services.web_access import Scope
from tgforward.services.web_secrets import hash_token
from tgforward.services.web_tokens import add_token
from tgforward.web.app import App

SEALED = b"sealed session of an account"


@pytest.mark.usefixtures("people")
async def test_no_secret_is_in_any_answer(app: App, client: AsyncClient, browser: Browser, web_deps: Deps) -> None:
    """Of everything that an administrator can look at: no session, no password's or token's hash, no token again."""
    account = await in_transaction(
        web_deps.session_factory,
        lambda session: add_account(session, name="main", kind=AccountKind.USER, session_sealed=SEALED),
    )
    number = await make_config(web_deps.session_factory, account.id)
    made = await add_token(web_deps, "ci", "admin", {Scope.CONFIGS_READ}, lasting=None, actor="test")
    await browser.log_in("admin")
    secrets = {SEALED.decode(), base64.b64encode(SEALED).decode(), "$argon2", made.token, hash_token(made.token)}
    secrets |= {str(browser.cookie), hash_token(str(browser.cookie))}
    looked = {}
    for route in routes(app):
        method, address = route.split(" ")
        if method == "GET" and route != STREAM and EXPECTED[route] is not OPEN:
            answer = await client.get(address.replace("{config_id}", str(number)), headers=HTML)
            looked[route] = answer.status_code
            assert not [secret for secret in secrets if secret in answer.text], route

    assert list(looked.values()).count(200) > 15, looked
