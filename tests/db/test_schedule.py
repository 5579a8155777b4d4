"""What schedulers are told."""

from datetime import UTC, datetime, timedelta

from tests.db.build import is_runnable, make_account, make_config
from tgforward.db.accounts import remove_account, set_account_state
from tgforward.db.configs import set_config_state
from tgforward.db.models import AccountState, ConfigState
from tgforward.db.schedule import BEFORE_ALL, ScheduleRow, load_schedule
from tgforward.db.session import SessionFactory, reading
from tgforward.db.users import add_user, authorise_user
from tgforward.types import ConfigId

NOW = datetime.now(UTC)


async def _rows(factory: SessionFactory, since: datetime | None = None) -> dict[ConfigId, ScheduleRow]:
    async with reading(factory) as session:
        return {row.config_id: row for row in await load_schedule(session, changed_since=since, limit=100)}


async def test_a_config_runs_with_an_active_account(session_factory: SessionFactory) -> None:
    """One without an account is listed, since the scheduler must drop it, but does not run."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    without = await make_config(session_factory)
    rows = await _rows(session_factory)
    assert is_runnable(rows[config_id], NOW)
    assert (rows[config_id].account_id, rows[config_id].interval_second, rows[config_id].version) == (account_id, 20, 1)
    assert not is_runnable(rows[without], NOW)


async def test_a_user_is_authorised_until_a_moment(session_factory: SessionFactory) -> None:
    """The expiry is checked in memory, and extending it reaches the schedulers as a change."""
    async with session_factory.begin() as session:
        await add_user(session, "6001")
    config_id = await make_config(session_factory, await make_account(session_factory), "6001")
    row = (await _rows(session_factory))[config_id]
    assert is_runnable(row, NOW)
    assert not is_runnable(row, NOW + timedelta(days=8))
    async with session_factory.begin() as session:
        assert await authorise_user(session, "6001", NOW + timedelta(days=30))
    extended = (await _rows(session_factory, row.updated_at))[config_id]
    assert extended.updated_at > row.updated_at
    assert extended.version > row.version
    assert is_runnable(extended, NOW + timedelta(days=8))


async def test_only_changes_since_the_watermark_are_loaded(session_factory: SessionFactory) -> None:
    """Pausing a config and parking an account both show; what was not touched does not."""
    quiet = await make_config(session_factory, await make_account(session_factory, "quiet"))
    loud_account = await make_account(session_factory, "loud")
    loud = await make_config(session_factory, loud_account)
    other = await make_config(session_factory, loud_account)
    watermark = max(row.updated_at for row in (await _rows(session_factory)).values()) + timedelta(microseconds=1)
    async with session_factory.begin() as session:
        await set_config_state(session, loud, ConfigState.PAUSED)
    assert not is_runnable((await _rows(session_factory, watermark))[loud], NOW)
    async with session_factory.begin() as session:
        await set_account_state(session, loud_account, AccountState.PARKED, "session revoked")
    changed = await _rows(session_factory, watermark)
    assert set(changed) == {loud, other}
    assert quiet not in changed
    assert not is_runnable(changed[other], NOW)


async def test_a_removed_account_leaves_its_configs_without_one(session_factory: SessionFactory) -> None:
    """They show as changed and do not run."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    before = (await _rows(session_factory))[config_id]
    async with session_factory.begin() as session:
        assert await remove_account(session, account_id)
        assert not await remove_account(session, account_id)
    after = (await _rows(session_factory, before.updated_at))[config_id]
    assert after.account_id is None
    assert after.version > before.version
    assert not is_runnable(after, NOW)


async def test_configs_come_in_pages(session_factory: SessionFactory) -> None:
    """Each page begins behind the last one, and together they are everything."""
    account_id = await make_account(session_factory)
    made = [await make_config(session_factory, account_id) for _ in range(5)]
    found: list[ConfigId] = []
    async with reading(session_factory) as session:
        while page := await load_schedule(session, after=found[-1] if found else BEFORE_ALL, limit=2):
            found += [row.config_id for row in page]
    assert found == made
