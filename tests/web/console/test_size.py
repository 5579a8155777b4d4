"""However much there is, a page takes as many statements."""

import pytest

from tests.db.build import DEST, SOURCE, make_account, make_config, make_dead
from tests.db.statements import counted
from tests.web.people import Browser
from tgforward.db.configs import add_config
from tgforward.db.session import SessionFactory
from tgforward.services.deps import Deps
from tgforward.services.users import add_user
from tgforward.types import AccountId

pytestmark = pytest.mark.usefixtures("people")

MOST = 16
PAGES = ("/", "/configs", "/configs?search=news", "/configs?state=active&order=last_run_at", "/configs/{id}",
         "/configs/{id}/edit", "/configs/new", "/dead", "/accounts", "/users", "/audit", "/tokens")  # fmt: skip


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """Statements are the same everywhere."""
    return sqlite_url


async def statements(browser: Browser, factory: SessionFactory, config_id: int) -> dict[str, int]:
    """How many each page takes."""
    found = {}
    for page in PAGES:
        with counted(factory) as executed:
            assert (await browser.open(page.format(id=config_id))).status_code == 200
        found[page] = len(executed)
    return found


async def grow(deps: Deps, account_id: AccountId) -> None:
    """Many configs, accounts, users and dead deliveries."""
    factory = deps.session_factory
    async with factory.begin() as session:
        for number in range(120):
            await add_config(
                session, source=SOURCE, dest=DEST, name=f"news {number}", forward_history_count=0, account_id=account_id
            )
    for number in range(60):
        await make_account(factory, f"account {number}")
        await add_user(deps, str(number + 1), actor="test")
        await make_dead(factory, await make_config(factory, account_id), account_id, number + 1, "gone")


async def test_a_page_takes_as_many_statements_for_many_as_for_one(browser: Browser, web_deps: Deps) -> None:
    """And never more than a few."""
    factory = web_deps.session_factory
    account_id = await make_account(factory)
    async with factory.begin() as session:
        row = await add_config(
            session, source=SOURCE, dest=DEST, name="news", forward_history_count=0, account_id=account_id
        )
    config_id = row.id
    await make_dead(factory, config_id, account_id, 99, "gone")
    await browser.log_in("admin")
    few = await statements(browser, factory, config_id)
    await grow(web_deps, account_id)
    many = await statements(browser, factory, config_id)
    assert many == few
    assert max(many.values()) <= MOST
