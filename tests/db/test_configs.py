"""Configs as people make, edit and remove them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func

from tests.db.build import DEST, SOURCE, make_account, make_config, reserve
from tgforward.db.configs import (
    add_config,
    edit_config,
    list_configs,
    load_config,
    load_configs,
    remove_config,
    set_config_state,
)
from tgforward.db.models import ConfigState, Delivery, ForwardRun, TGForwardConfig
from tgforward.db.progress import fix_window
from tgforward.db.reservations import NewDelivery
from tgforward.db.runs import NewRun, record_runs
from tgforward.db.session import SessionFactory, reading, select
from tgforward.types import ChatId, ConfigId, MessageId, RandomId

NOBODY = ConfigId(999_999)


async def test_a_new_config_has_the_defaults(session_factory: SessionFactory) -> None:
    """What a person leaves open is what the older forwarder did."""
    async with session_factory.begin() as session:
        config = await add_config(session, source=SOURCE, dest=DEST, forward_history_count=-1)
    assert (config.source, config.dest, config.interval_second, config.time_zone) == (SOURCE, DEST, 20, "Asia/Shanghai")
    assert (config.state, config.version, config.epoch, config.live_cursor) == (ConfigState.ACTIVE, 1, 0, None)
    assert (config.rules, config.source_topic_id, config.dest_topic_id, config.change_pts) == (None,) * 4
    assert abs(config.updated_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_an_edit_raises_the_version_and_the_watermark(session_factory: SessionFactory) -> None:
    """Workers and schedulers notice, and what was not named stays."""
    config_id = await make_config(session_factory)
    async with session_factory.begin() as session:
        before = (await load_configs(session, [config_id]))[config_id].updated_at
    async with session_factory.begin() as session:
        edited = await edit_config(session, config_id, skip_word="广告,spam", interval_second=60, name="news")
    assert edited is not None
    assert (edited.version, edited.skip_word, edited.interval_second, edited.name) == (2, "广告,spam", 60, "news")
    assert (edited.source, edited.forward_history_count) == (SOURCE, 10)
    assert edited.updated_at > before


async def test_rules_and_topics_are_kept(session_factory: SessionFactory) -> None:
    """A document comes back as it was, and none is NULL, not the JSON word."""
    config_id = await make_config(session_factory)
    rules = {"version": 1, "steps": [{"skip": "words", "words": ["广告", "😀"]}], "send": {"delay_s": 3}}
    async with session_factory.begin() as session:
        topic, other = MessageId(2**31), MessageId(17)
        edited = await edit_config(session, config_id, rules=rules, source_topic_id=topic, dest_topic_id=other)
        assert edited is not None
        assert (edited.rules, edited.source_topic_id, edited.dest_topic_id) == (rules, topic, other)
        cleared = await edit_config(session, config_id, rules=None, source_topic_id=None, dest_topic_id=None)
        assert cleared is not None
        assert (cleared.rules, cleared.source_topic_id, cleared.dest_topic_id) == (None, None, None)
        assert await session.scalar(select(func.count()).where(TGForwardConfig.rules.is_(None))) == 1


async def test_an_edit_of_nothing_is_none(session_factory: SessionFactory) -> None:
    """A removed config cannot be edited, paused or removed again."""
    async with session_factory.begin() as session:
        assert await edit_config(session, NOBODY, name="x") is None
        assert not await set_config_state(session, NOBODY, ConfigState.PAUSED)
        assert not await remove_config(session, NOBODY)


async def test_another_source_unfixes_the_history_window(session_factory: SessionFactory) -> None:
    """The same source again, or another dest, leaves the cursors where they are."""
    config_id = await make_config(session_factory)
    async with session_factory.begin() as session:
        await fix_window(session, config_id, floor=MessageId(5), top=MessageId(15), total=10)
        kept = await edit_config(session, config_id, source=SOURCE, dest=ChatId(7))
        assert kept is not None
        assert (kept.live_cursor, kept.history_cursor) == (15, 5)
        moved = await edit_config(session, config_id, source=ChatId(8))
        assert moved is not None
        assert (moved.live_cursor, moved.history_cursor, moved.history_top, moved.history_total) == (None,) * 4


async def test_a_state_has_a_reason_that_fits(session_factory: SessionFactory) -> None:
    """A long reason is cut, and activating clears it."""
    config_id = await make_config(session_factory)
    async with session_factory.begin() as session:
        assert await set_config_state(session, config_id, ConfigState.PARKED, "长" * 600)
        parked = await load_config(session, config_id)
        assert parked is not None
        assert (parked.state, parked.state_reason, parked.version) == (ConfigState.PARKED, "长" * 500, 2)
        assert await set_config_state(session, config_id, ConfigState.ACTIVE)
        active = await load_config(session, config_id)
        assert active is not None
        assert (active.state, active.state_reason, active.version) == (ConfigState.ACTIVE, None, 3)


async def test_configs_are_found_by_account(session_factory: SessionFactory) -> None:
    """Lists are by id; ids that do not exist are left out."""
    account_id = await make_account(session_factory)
    first = await make_config(session_factory, account_id)
    other = await make_config(session_factory)
    async with reading(session_factory) as session:
        assert [config.id for config in await list_configs(session)] == [first, other]
        assert [config.id for config in await list_configs(session, account_id=account_id)] == [first]
        assert set(await load_configs(session, [other, NOBODY])) == {other}


async def test_removing_a_config_removes_its_ledger(session_factory: SessionFactory) -> None:
    """Deliveries and runs go with it, those of others stay."""
    account_id = await make_account(session_factory)
    gone, kept = [await make_config(session_factory, account_id) for _ in range(2)]
    delivery = NewDelivery(SOURCE, MessageId(1), 0, RandomId(1), DEST)
    async with session_factory.begin() as session:
        for config_id in (gone, kept):
            await reserve(session, config_id, account_id, [delivery])
            await record_runs(session, [NewRun(config_id, account_id, datetime.now(UTC), timedelta(seconds=1))])
        assert await remove_config(session, gone)
    async with reading(session_factory) as session:
        for model in (Delivery, ForwardRun):
            assert await session.scalar(select(func.count()).select_from(model)) == 1
