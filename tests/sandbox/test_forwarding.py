"""Forwarding, and what a repeated `random_id` does."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


@pytest.fixture
def forward(sandbox: Sandbox, anna: Account, news: Chat, copies: Chat) -> Any:
    """Makes a request that forwards from News to Copies; `random_id`s are ten times the ids."""

    def make(ids: list[int], **options: Any) -> Any:
        numbers = options.pop("random_id", [10 * message_id for message_id in ids])
        return functions.messages.ForwardMessagesRequest(
            peer(sandbox, anna, news), ids, peer(sandbox, anna, copies), random_id=numbers, **options
        )

    return make


async def test_a_forward_names_its_origin(
    connect: Connect, anna: Account, news: Chat, world: World, forward: Any
) -> None:
    """A forward tells channel and message; with `drop_author` it is a plain copy, formatting and all."""
    post = world.post(news, "text", entities=[types.MessageEntityItalic(0, 4)], media="photo")
    client = await connect(anna)
    (named,) = new_messages(await client(forward([post.id])))
    (plain,) = new_messages(await client(forward([post.id], drop_author=True, random_id=[1])))
    assert named.fwd_from.from_id == types.PeerChannel(news.id)
    assert named.fwd_from.channel_post == post.id
    assert plain.fwd_from is None
    assert (plain.message, plain.entities, plain.media.photo.id) == (named.message, named.entities, post.media_id)


async def test_what_cannot_be_forwarded_is_left_out(
    connect: Connect, anna: Account, news: Chat, world: World, forward: Any
) -> None:
    """Missing and service messages make the answer shorter; if nothing is left the call is refused."""
    first, gone, last = (world.post(news, text) for text in ("first", "gone", "last"))
    service = world.post(news, action=types.MessageActionPinMessage())
    world.delete(gone)
    client = await connect(anna)
    answer = await client(forward([first.id, gone.id, last.id, service.id]))
    assert [message.message for message in new_messages(answer)] == ["first", "last"]
    numbers = [update.random_id for update in answer.updates if isinstance(update, types.UpdateMessageID)]
    assert numbers == [10 * first.id, 10 * last.id]
    with pytest.raises(errors.MessageIdInvalidError):
        await client(forward([gone.id, service.id]))


async def test_albums_stay_together(connect: Connect, anna: Account, news: Chat, world: World, forward: Any) -> None:
    """Members of an album that are forwarded together get one new album number, a single one none."""
    album = world.post_album(news, [("photo", "a"), ("photo", "b"), ("photo", "c")])
    single = world.post(news, "text")
    client = await connect(anna)
    messages = new_messages(await client(forward([message.id for message in (*album, single)])))
    numbers = [message.grouped_id for message in messages]
    assert numbers[0] == numbers[1] == numbers[2]
    assert numbers[0] not in (None, album[0].grouped_id)
    assert numbers[3] is None
    (alone,) = new_messages(await client(forward([album[0].id], random_id=[5])))
    assert alone.grouped_id is None


async def test_limits_of_a_call(connect: Connect, anna: Account, news: Chat, world: World, forward: Any) -> None:
    """A hundred ids pass, one more does not, and each needs its own `random_id`."""
    ids = [world.post(news, str(number)).id for number in range(101)]
    client = await connect(anna)
    assert len(new_messages(await client(forward(ids[:100])))) == 100
    with pytest.raises(errors.RPCError, match="MESSAGE_IDS_TOO_MUCH"):
        await client(forward(ids, random_id=list(range(1, 102))))
    with pytest.raises(errors.RandomIdInvalidError):
        await client(forward(ids[:2], random_id=[1]))
    with pytest.raises(errors.RandomIdEmptyError):
        await client(forward(ids[:1], random_id=[0]))


@pytest.mark.parametrize("by", ["chat", "message"])
async def test_protection(connect: Connect, anna: Account, news: Chat, world: World, forward: Any, by: str) -> None:
    """Neither a protected message nor anything from a protected chat is forwarded."""
    post = world.post(news, "secret", protected=by == "message")
    world.protect(news, protected=by == "chat")
    client = await connect(anna)
    with pytest.raises(errors.ChatForwardsRestrictedError):
        await client(forward([post.id]))
    (served,) = await client.get_messages("the_news", limit=1)
    assert served.noforwards == (by == "message")
    assert (await client.get_entity("the_news")).noforwards == (by == "chat")


async def test_a_repeat_brings_back_the_first_message(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World, forward: Any
) -> None:
    """The same `random_id` to the same chat stores nothing and answers with what was stored before."""
    ids = [world.post(news, text).id for text in ("one", "two", "three")]
    client = await connect(anna)
    first = new_messages(await client(forward(ids[:2])))
    again = await client(forward(ids))
    assert [message.id for message in new_messages(again)] == [first[0].id, first[1].id, first[1].id + 1]
    counts = [u.pts_count for u in again.updates if isinstance(u, types.UpdateNewChannelMessage)]
    assert counts == [0, 0, 1]
    assert [entry.text for entry in sandbox.journal(copies)] == ["one", "two", "three"]


async def test_a_repeat_as_an_error(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World, forward: Any
) -> None:
    """In the other mode the repeat is refused as a whole and stores nothing."""
    sandbox.set_duplicates("error")
    ids = [world.post(news, text).id for text in ("one", "two")]
    client = await connect(anna)
    await client(forward(ids[:1]))
    with pytest.raises(errors.RandomIdDuplicateError):
        await client(forward(ids))
    assert [entry.text for entry in sandbox.journal(copies)] == ["one"]


async def test_the_memory_is_per_account_and_chat(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, copies: Chat, world: World
) -> None:
    """Another account or another chat may use the same `random_id`."""
    world.join(copies, ed, admin=True)
    other = world.add_channel("Other", admins=[anna])
    send = functions.messages.SendMessageRequest
    for account, chat in ((anna, copies), (ed, copies), (anna, other), (anna, copies)):
        await (await connect(account))(send(peer(sandbox, account, chat), "text", random_id=9))
    assert [entry.sender for entry in sandbox.journal(copies)] == ["Anna", "Ed"]
    assert len(sandbox.journal(other)) == 1
