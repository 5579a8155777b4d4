"""Dialogs, basic groups and what becomes of them, private chats."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import history, new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


async def test_dialogs(connect: Connect, anna: Account, news: Chat, copies: Chat, world: World) -> None:
    """The dialogs are the account's own chats; each has its newest message."""
    world.add_channel("Foreign", username="foreign")
    posts = [world.post(news, text) for text in ("one", "two")]
    world.delete(posts[1])
    client = await connect(anna)
    dialogs = {dialog.name: dialog for dialog in await client.get_dialogs()}
    assert set(dialogs) == {"News", "Copies"}
    assert dialogs["News"].message.text == "one"
    assert dialogs["News"].id == news.marked_id


async def test_more_dialogs_than_a_page(connect: Connect, anna: Account, world: World) -> None:
    """Telethon pages through all dialogs and sees each once."""
    chats = [world.add_channel(f"Chat {number}", admins=[anna]) for number in range(130)]
    for chat in chats:
        world.post(chat, "text")
    dialogs = [dialog.id async for dialog in (await connect(anna)).iter_dialogs()]
    assert sorted(dialogs) == sorted(chat.marked_id for chat in chats)


async def test_peer_dialogs_are_cut_at_100(connect: Connect, sandbox: Sandbox, anna: Account, world: World) -> None:
    """One call tells the newest message of up to 100 chats; more are left out without a word."""
    chats = [world.add_channel(f"Chat {number}", admins=[anna]) for number in range(101)]
    world.post(chats[0], "text")
    peers = [types.InputDialogPeer(peer(sandbox, anna, chat)) for chat in chats]
    answer = await (await connect(anna))(functions.messages.GetPeerDialogsRequest(peers))
    assert len(answer.dialogs) == 100
    assert [dialog.top_message for dialog in answer.dialogs[:2]] == [1, 0]


async def test_a_basic_group_counts_per_account(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, world: World
) -> None:
    """Each member has its own numbers for the messages of basic groups and private chats."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    mine, other = await connect(anna), await connect(ed)
    await mine.send_message("me", "a note that moves Anna's numbers")
    sent = await mine.send_message(types.InputPeerChat(group.id), "hello")
    (read,) = await other.get_messages(types.InputPeerChat(group.id), limit=1)
    assert (sent.id, read.id, read.text) == (2, 1, "hello")
    assert (await other.get_messages(None, ids=read.id)).text == "hello"
    await mine.delete_messages(None, [sent.id])
    assert list(await other.get_messages(types.InputPeerChat(group.id), limit=5)) == []
    assert [entry.text for entry in sandbox.journal(group)] == ["hello"]


async def test_a_migrated_group(connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, world: World) -> None:
    """The old group stays readable, names its successor, and takes no more messages; the new one begins at 1."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    old = world.post(group, "old", sender=anna)
    successor = world.migrate(group)
    world.post(successor, "new", sender=anna)
    client = await connect(ed)
    entity = await client.get_entity(types.InputPeerChat(group.id))
    assert (entity.deactivated, entity.migrated_to.channel_id) == (True, successor.id)
    where = types.InputPeerChannel(entity.migrated_to.channel_id, entity.migrated_to.access_hash)
    texts = [message.message for message in (await client(history(where))).messages]
    ids = [message.id for message in (await client(history(where))).messages]
    assert (texts, ids) == (["new", None], [2, 1])
    service, first = (await client(history(types.InputPeerChat(group.id)))).messages
    assert service.action == types.MessageActionChatMigrateTo(successor.id)
    assert first.message == old.text
    with pytest.raises(errors.PeerIdInvalidError):
        await client.send_message(types.InputPeerChat(group.id), "late")
    full = await client(functions.channels.GetFullChannelRequest(where))
    assert full.full_chat.migrated_from_chat_id == group.id


async def test_forwarding_out_of_a_group(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, copies: Chat, world: World
) -> None:
    """The ids of a forward are the caller's own, and the origin is the person who wrote it."""
    group = world.add_group("Friends", admins=[ed], members=[anna])
    await (await connect(ed)).send_message("me", "moves the numbers")
    message = world.post(group, "hello", sender=ed)
    client = await connect(anna)
    request = functions.messages.ForwardMessagesRequest(
        types.InputPeerChat(group.id), [message.id_for(anna)], peer(sandbox, anna, copies)
    )
    (copy,) = new_messages(await client(request))
    assert (copy.message, copy.fwd_from.from_id) == ("hello", types.PeerUser(ed.id))


async def test_full_chats(connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, world: World) -> None:
    """The long descriptions of groups, channels and users are served."""
    group = world.add_group("Friends", admins=[anna])
    client = await connect(anna)
    channel: Any = await client(functions.channels.GetFullChannelRequest(peer(sandbox, anna, news)))
    assert channel.full_chat.participants_count == 2
    basic: Any = await client(functions.messages.GetFullChatRequest(group.id))
    assert [one.user_id for one in basic.full_chat.participants.participants] == [anna.id]
    person: Any = await client(functions.users.GetFullUserRequest("me"))
    assert person.full_user.id == anna.id


async def test_private_messages(connect: Connect, anna: Account, world: World) -> None:
    """Two people see the same private chat, each under the name of the other."""
    bob = world.add_user("Bob", username="bob_bob")
    mine, other = await connect(anna), await connect(bob)
    await mine.send_message("bob_bob", "hi")
    (dialog,) = await other.get_dialogs()
    assert (dialog.id, dialog.message.text, dialog.message.out) == (anna.id, "hi", False)
