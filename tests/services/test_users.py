"""Users own configs, which run as long as they are authorised."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.db.build import is_runnable
from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.schedule import load_schedule
from tgforward.db.session import SessionFactory, reading
from tgforward.errors import InvalidInput
from tgforward.forwarding.outcomes import Done
from tgforward.sandbox.server import Sandbox
from tgforward.services.configs import edit_config
from tgforward.services.database import Database
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import enqueue, enqueue_all
from tgforward.services.forward import run_forward_config
from tgforward.services.known_configs import require_config
from tgforward.services.users import Term, add_user, all_users, extend_user, remove_user
from tgforward.types import AccountId, ConfigId

NOW = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
USER = "6001"


@dataclass(slots=True)
class SetClock:
    """A wall clock that a test sets."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(session_factory: SessionFactory, clock: SetClock) -> Database:
    """The database alone, at a time of the test's own."""
    return Database(session_factory, clock)


async def test_a_new_user_has_seven_days(database: Database, clock: SetClock) -> None:
    """Then they count as expired, from the moment itself."""
    end = await add_user(database, USER, actor="test")
    assert end == NOW + timedelta(days=7)
    (user,) = await all_users(database)
    assert (user.id, user.auth_time, user.is_expired, user.configs) == (USER, end, False, 0)
    clock.at = end
    assert (await all_users(database))[0].is_expired


async def test_more_days_count_from_what_is_left(database: Database, clock: SetClock) -> None:
    """An expired user's days count from now."""
    await add_user(database, USER, Term(days=2), actor="test")
    assert await extend_user(database, USER, Term(days=3), actor="test") == NOW + timedelta(days=5)
    clock.at = NOW + timedelta(days=10)
    assert await extend_user(database, USER, Term(days=3), actor="test") == NOW + timedelta(days=13)


async def test_a_user_for_ever(database: Database) -> None:
    """Nothing is added to for ever, but an end can be set."""
    assert await add_user(database, USER, Term(), actor="test") is None
    with pytest.raises(InvalidInput, match="for ever"):
        await extend_user(database, USER, Term(days=3), actor="test")
    assert await extend_user(database, USER, Term(until=NOW), actor="test") == NOW
    assert (await all_users(database))[0].is_expired


@pytest.mark.parametrize("user_id", ["", "0", "-5", "@me", "12 ", "1" * 21, "１２"])  # noqa: RUF001 - full-width digits
async def test_what_is_no_user_id(database: Database, user_id: str) -> None:
    """A user is a number, nothing else."""
    with pytest.raises(InvalidInput, match="number"):
        await add_user(database, user_id, actor="test")


async def test_users_that_cannot_be_added_or_found(database: Database) -> None:
    """A second time, with an end that has passed, or unknown."""
    await add_user(database, USER, actor="test")
    with pytest.raises(InvalidInput, match="registered already"):
        await add_user(database, USER, actor="test")
    with pytest.raises(InvalidInput, match="has passed"):
        await add_user(database, "6002", Term(until=NOW), actor="test")
    for change in (extend_user(database, "7", Term(days=1), actor="test"), remove_user(database, "7", actor="test")):
        with pytest.raises(InvalidInput, match="no user 7"):
            await change


async def test_a_user_with_configs_is_not_removed(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Their configs are given to nobody first."""
    await add_user(deps, USER, actor="test")
    config_id = await make_config(deps, user_id=USER)
    with pytest.raises(InvalidInput, match="owns 1 config"):
        await remove_user(deps, USER, actor="test")
    await edit_config(deps, config_id, {"user_id": None}, account=None, actor="test")
    await remove_user(deps, USER, actor="test")
    assert await all_users(deps) == []
    assert (await require_config(deps, config_id)).user_id is None


async def test_a_config_needs_a_user_who_exists(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """The sentence says how to add them."""
    with pytest.raises(InvalidInput, match="tgforward user add 6001"):
        await make_config(deps, user_id=USER)
    config_id = await make_config(deps)
    with pytest.raises(InvalidInput, match="no user 6001"):
        await edit_config(deps, config_id, {"user_id": USER}, account=None, actor="test")


async def test_an_expired_users_configs_stand_still_until_more_time_is_given(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """They are neither scheduled nor enqueued nor run, and go on without losing a message."""
    await add_user(deps, USER, actor="test")
    town.world.post(town.source, "a", sender=town.editor)
    config_id = await make_config(deps, user_id=USER, forward_history_count=-1)
    later = replace(deps, clock=SetClock(datetime.now(UTC) + timedelta(days=8)))
    with pytest.raises(InvalidInput, match="tgforward user extend 6001"):
        await enqueue(later, config_id)
    assert await enqueue_all(later) == []
    assert not await is_scheduled(later, config_id)
    await run(later, config_id)
    assert sandbox.journal(town.dest) == []
    before = (await require_config(deps, config_id)).version
    await extend_user(later, USER, Term(days=1), actor="test")
    assert (await require_config(deps, config_id)).version > before
    assert await is_scheduled(later, config_id)
    await run(later, config_id)
    assert [entry.text for entry in sandbox.journal(town.dest)] == ["a"]


async def is_scheduled(deps: Deps, config_id: ConfigId) -> bool:
    async with reading(deps.session_factory) as session:
        rows = {row.config_id: row for row in await load_schedule(session, limit=100)}
    return is_runnable(rows[config_id], deps.clock.now())


async def run(deps: Deps, config_id: ConfigId) -> None:
    """Jobs of one owner until nothing is left for now."""
    async with owned_lane(deps) as lane:
        while await run_forward_config(lane, config_id, None) != Done():
            pass
