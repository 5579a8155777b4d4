"""Further dests of a config."""

import asyncio

import pytest
from sqlalchemy import func

from tests.db.build import DEST, make_config
from tgforward.db.configs import edit_config, load_config, remove_config
from tgforward.db.dests import add_dest, list_dests, remove_dest, set_dest_state, start_dest
from tgforward.db.models import DestState, ForwardDest
from tgforward.db.session import Session, SessionFactory, reading, select
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput
from tgforward.types import ChatId, ConfigId, MessageId

OTHER, THIRD = ChatId(-1005550001), ChatId(-1005550002)
TOPIC = MessageId(17)
NOBODY = ConfigId(999_999)


async def add(
    factory: SessionFactory, config_id: ConfigId, chat: ChatId = OTHER, topic: MessageId | None = None
) -> int:
    """The number of a new dest."""
    async with factory.begin() as session:
        return (await add_dest(session, config_id, chat, topic)).number


async def load_dest(factory: SessionFactory, config_id: ConfigId, number: int = 1) -> ForwardDest:
    """A dest as it is stored, removed or not."""
    async with reading(factory) as session:
        return await session.get_one(ForwardDest, (config_id, number))


async def test_a_new_dest_has_not_begun(session_factory: SessionFactory) -> None:
    """It is active and without cursors, and workers are told."""
    config_id = await make_config(session_factory)
    assert await add(session_factory, config_id, DEST, TOPIC) == 1
    dest = await load_dest(session_factory, config_id)
    assert (dest.chat_id, dest.topic_id, dest.state, dest.state_reason) == (DEST, TOPIC, DestState.ACTIVE, None)
    assert (dest.history_cursor, dest.live_cursor, dest.change_pts) == (None, None, None)
    assert (dest.history_forwarded, dest.live_forwarded) == (0, 0)
    async with reading(session_factory) as session:
        config = await load_config(session, config_id)
        assert config is not None
        assert config.version == 2


async def test_the_same_dest_is_refused(session_factory: SessionFactory) -> None:
    """The config's own dest, and one that it has further; another topic of the chat is another dest."""
    config_id = await make_config(session_factory)
    async with session_factory.begin() as session:
        await edit_config(session, config_id, dest_topic_id=TOPIC)
    await add(session_factory, config_id, DEST)
    with pytest.raises(InvalidInput, match=rf"config {config_id} has chat {DEST} as a dest already"):
        await add(session_factory, config_id, DEST)
    with pytest.raises(InvalidInput, match=rf"has topic 17 of chat {DEST} as a dest already"):
        await add(session_factory, config_id, DEST, TOPIC)
    async with reading(session_factory) as session:
        config = await load_config(session, config_id)
        assert config is not None
        assert config.version == 3  # what is refused tells nobody


async def test_a_dest_needs_its_config(session_factory: SessionFactory) -> None:
    """A removed config gets none, and its dests go with it; those of others stay."""
    gone, kept = [await make_config(session_factory) for _ in range(2)]
    for config_id in (gone, kept):
        await add(session_factory, config_id)
    async with session_factory.begin() as session:
        assert await remove_config(session, gone)
    with pytest.raises(InvalidInput, match=f"there is no config {gone}: see tgforward config list"):
        await add(session_factory, gone)
    async with reading(session_factory) as session:
        assert await session.scalar(select(func.count()).select_from(ForwardDest)) == 1
        assert list(await list_dests(session, [gone, kept])) == [kept]


async def test_a_number_never_comes_back(session_factory: SessionFactory) -> None:
    """A dest that was removed and is added again is another one."""
    config_id = await make_config(session_factory)
    assert [await add(session_factory, config_id, chat) for chat in (OTHER, THIRD)] == [1, 2]
    async with session_factory.begin() as session:
        assert await remove_dest(session, config_id, 2)
        assert not await remove_dest(session, config_id, 2)
    assert await add(session_factory, config_id, THIRD) == 3
    async with reading(session_factory) as session:
        found = await list_dests(session, [config_id])
    assert [(dest.number, dest.chat_id) for dest in found[config_id]] == [(1, OTHER), (3, THIRD)]


async def test_there_are_31_further_dests_at_most(session_factory: SessionFactory) -> None:
    """Removed ones count, since their numbers are in use for ever."""
    config_id = await make_config(session_factory)
    numbers = [await add(session_factory, config_id, ChatId(chat)) for chat in range(1, 32)]
    assert numbers == list(range(1, 32))
    async with session_factory.begin() as session:
        assert await remove_dest(session, config_id, 31)
    with pytest.raises(InvalidInput, match=f"config {config_id} has had 31 further dests, the most that one may have"):
        await add(session_factory, config_id, ChatId(32))


async def test_dests_added_at_once_have_numbers_of_their_own(session_factory: SessionFactory) -> None:
    """Nobody gets another one's number, and of five that add the same one succeeds."""
    config_id = await make_config(session_factory)

    async def added(chat: ChatId) -> int | None:
        async def work(session: Session) -> int:
            return (await add_dest(session, config_id, chat, None)).number

        try:
            return await in_transaction(session_factory, work)
        except InvalidInput:
            return None

    numbers = await asyncio.gather(*(added(ChatId(chat)) for chat in (1, 2, 3, 4, 5)))
    assert sorted(number or 0 for number in numbers) == [1, 2, 3, 4, 5]
    again = await asyncio.gather(*(added(OTHER) for _ in range(5)))
    assert [number for number in again if number is not None] == [6]


async def test_a_dest_is_parked_alone(session_factory: SessionFactory) -> None:
    """With a reason that fits; resuming clears it, and each change tells workers."""
    config_id = await make_config(session_factory)
    await add(session_factory, config_id)
    async with session_factory.begin() as session:
        assert await set_dest_state(session, config_id, 1, DestState.PARKED, "长" * 600)
        (parked,) = (await list_dests(session, [config_id]))[config_id]
        assert (parked.state, parked.state_reason) == (DestState.PARKED, "长" * 500)
        assert await set_dest_state(session, config_id, 1, DestState.ACTIVE)
        (active,) = (await list_dests(session, [config_id]))[config_id]
        assert (active.state, active.state_reason) == (DestState.ACTIVE, None)
        config = await load_config(session, config_id)
        assert config is not None
        assert (config.version, config.state) == (4, "active")


async def test_a_dest_that_is_not_there_cannot_be_changed(session_factory: SessionFactory) -> None:
    """The config's own dest, an unknown one and a removed one; nobody is told."""
    config_id = await make_config(session_factory)
    await add(session_factory, config_id)
    async with session_factory.begin() as session:
        await remove_dest(session, config_id, 1)
        for number in (0, 1, 2):
            assert not await set_dest_state(session, config_id, number, DestState.ACTIVE)
            assert not await start_dest(session, config_id, number, history_cursor=MessageId(1), live_cursor=TOPIC)
        assert not await remove_dest(session, NOBODY, 1)
        assert await list_dests(session, [config_id]) == {}
        config = await load_config(session, config_id)
        assert config is not None
        assert config.version == 3


async def test_a_dest_starts_once(session_factory: SessionFactory) -> None:
    """Of two first runs one chooses the cursors; that is no edit."""
    config_id = await make_config(session_factory)
    await add(session_factory, config_id)

    async def start(cursor: MessageId) -> bool:
        return await in_transaction(
            session_factory,
            lambda session: start_dest(session, config_id, 1, history_cursor=cursor, live_cursor=cursor),
        )

    started = await asyncio.gather(*(start(MessageId(cursor)) for cursor in range(5)))
    dest = await load_dest(session_factory, config_id)
    assert sorted(started) == [False] * 4 + [True]
    assert dest.live_cursor == dest.history_cursor == started.index(True)
    async with reading(session_factory) as session:
        config = await load_config(session, config_id)
        assert config is not None
        assert config.version == 2
