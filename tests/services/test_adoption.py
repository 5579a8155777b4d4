"""Configs of the predecessor get an account, with or without their history."""

import pytest
from sqlalchemy import text

from tests.fixtures.database import run_apart
from tests.migrations.older import WORDS, make_older
from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.migrate import upgrade
from tgforward.db.session import SessionFactory
from tgforward.errors import BotCannotRead, InvalidInput
from tgforward.forwarding.outcomes import Done
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.accounts import import_account
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import enqueue
from tgforward.services.forward import run_forward_config
from tgforward.services.known_configs import adopt, all_configs, require_config
from tgforward.types import ConfigId

OLD = ConfigId(7)
"""The config of the older database that no user's time limits."""


@pytest.fixture
def db_url(empty_db_url: str) -> str:
    """An older database with its rows, upgraded; `deps` opens it."""
    run_apart(make_older(empty_db_url))
    run_apart(upgrade(empty_db_url))
    return empty_db_url


@pytest.fixture
async def old_dest(town: Town, session_factory: SessionFactory) -> Chat:
    """The dest of the older config: it joins two groups of the sandbox and asks for its source's last two messages."""
    source = town.world.add_group("Old source", admins=[town.editor], members=[town.operator])
    dest = town.world.add_group("Old dest", admins=[town.operator], members=[])
    for number in range(3):
        town.world.post(source, f"old {number}", sender=town.editor)
    new = {"source": source.marked_id, "dest": dest.marked_id}
    change = "UPDATE forward_config SET source = :source, dest = :dest, forward_history_count = 2, add_text = NULL"
    async with session_factory.begin() as session:
        await session.execute(text(f"{change} WHERE id = {OLD}"), new)
    return dest


async def log_in(deps: Deps, sandbox: Sandbox, town: Town) -> int:
    """The operator's first log-in; answers how many configs have no account."""
    return (await import_account(deps, "operator", sandbox.session_string(town.operator), actor="test")).orphans


async def run(deps: Deps) -> None:
    """Jobs of one owner until nothing is left for now."""
    async with owned_lane(deps) as lane:
        while await run_forward_config(lane, OLD, None) != Done():
            pass


@pytest.mark.parametrize("with_history", [True, False])
async def test_an_older_config_goes_on_with_an_account(
    deps: Deps, sandbox: Sandbox, town: Town, old_dest: Chat, *, with_history: bool
) -> None:
    """It cannot run before; then what is new arrives, and what stood there before only if that is asked for."""
    assert await log_in(deps, sandbox, town) == 2
    with pytest.raises(InvalidInput, match="it has no account"):
        await enqueue(deps, OLD)
    assert await adopt(deps, "operator", with_history=with_history, actor="test") == 2
    await run(deps)
    source = next(group for group in town.world.groups.values() if group.title == "Old source")
    town.world.post(source, "new", sender=town.editor)
    await run(deps)
    old = ["old 1", "old 2"] if with_history else []
    assert [entry.text for entry in sandbox.journal(old_dest) if entry.text] == [*old, "new"]


async def test_what_has_an_account_keeps_it(deps: Deps, sandbox: Sandbox, town: Town) -> None:
    """Adopting concerns the configs without one, once; the rest, and all rules, stay as they are."""
    await log_in(deps, sandbox, town)
    own = await make_config(deps, account="operator")
    editor = await import_account(deps, "editor", sandbox.session_string(town.editor), actor="test")
    assert await adopt(deps, "editor", with_history=True, actor="test") == 2
    assert await adopt(deps, "operator", with_history=True, actor="test") == 0
    assert [config.account_id for config in await all_configs(deps) if config.id != own] == [editor.id, editor.id]
    assert (await require_config(deps, own)).account_id != editor.id
    first = await require_config(deps, ConfigId(1))
    assert (first.remove_word, first.user_id, first.forward_history_count) == (WORDS, "6001", -1)


async def test_who_cannot_adopt(deps: Deps, sandbox: Sandbox, town: Town) -> None:
    """A bot cannot read, and an unknown account is named; nothing is changed."""
    bot = town.world.add_bot("helper_bot")
    await import_account(deps, "bot", sandbox.session_string(bot), actor="test")
    with pytest.raises(BotCannotRead, match="is a bot"):
        await adopt(deps, "bot", with_history=False, actor="test")
    with pytest.raises(InvalidInput, match="no account named nobody"):
        await adopt(deps, "nobody", with_history=False, actor="test")
    assert [config.account_id for config in await all_configs(deps)] == [None, None]
