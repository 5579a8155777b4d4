"""Who may read and write where."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import history, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.sandbox.worlds import basic_world

READ = {
    "Public": None,
    "Private": None,
    "Protected": None,
    "Not joined": errors.ChannelPrivateError,
    "Dest": None,
    "Read-only": None,
    "Group": None,
}
WRITE = {
    "Public": errors.ChatAdminRequiredError,
    "Private": errors.ChatAdminRequiredError,
    "Not joined": errors.ChannelPrivateError,
    "Dest": None,
    "Supergroup": None,
    "Read-only": errors.ChatWriteForbiddenError,
    "Group": None,
}


@pytest.fixture
def world() -> World:
    """One chat of each kind."""
    return basic_world(1)


@pytest.fixture
def reader(world: World) -> Account:
    """Who asks."""
    return world.account("reader")


async def attempt(client: Any, request: Any, error: Any) -> None:
    if error is None:
        await client(request)
    else:
        with pytest.raises(error):
            await client(request)


async def test_reading(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """Members and everybody in public channels may read."""
    client = await connect(reader)
    for title, error in READ.items():
        await attempt(client, history(peer(sandbox, reader, world.chat(title))), error)


async def test_writing(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """Admins write in channels, members in groups that are not read-only."""
    client = await connect(reader)
    for title, error in WRITE.items():
        request = functions.messages.SendMessageRequest(peer(sandbox, reader, world.chat(title)), "x")
        await attempt(client, request, error)


async def test_access_hashes_are_the_accounts_own(
    connect: Connect, sandbox: Sandbox, world: World, reader: Account
) -> None:
    """Another account's access hash, and a wrong user, are refused."""
    client = await connect(reader)
    foreign = peer(sandbox, world.account("writer"), world.chat("Public"))
    await attempt(client, history(foreign), errors.ChannelInvalidError)
    await attempt(client, history(types.InputPeerUser(world.account("writer").id, 1)), errors.PeerIdInvalidError)
    await attempt(client, history(types.InputPeerChat(999)), errors.PeerIdInvalidError)


async def test_usernames(connect: Connect, world: World, reader: Account) -> None:
    """Usernames resolve in any case; unknown and impossible ones are told apart; a renamed channel is gone."""
    client = await connect(reader)
    assert (await client.get_entity("@Basic_PUBLIC")).title == "Public"
    resolve = functions.contacts.ResolveUsernameRequest
    await attempt(client, resolve("nobody_here"), errors.UsernameNotOccupiedError)
    await attempt(client, resolve("1 2"), errors.UsernameInvalidError)
    world.rename(world.chat("Public"), username=None)
    await attempt(client, resolve("basic_public"), errors.UsernameNotOccupiedError)


async def test_leaving_and_banning(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """Who has left a private channel or is banned from a public one sees it as forbidden."""
    client = await connect(reader)
    private, public = world.chat("Private"), world.chat("Public")
    world.leave(private, reader)
    world.ban(public, reader)
    for chat in (private, public):
        await attempt(client, history(peer(sandbox, reader, chat)), errors.ChannelPrivateError)
        assert isinstance(await client.get_entity(peer(sandbox, reader, chat)), types.ChannelForbidden)
    world.unban(public, reader)
    await client(functions.channels.JoinChannelRequest(peer(sandbox, reader, public)))
    await client(history(peer(sandbox, reader, public)))


async def test_own_rights_are_shown(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """A channel shows its viewer what they are in it."""
    client = await connect(reader)
    dest = await client.get_entity("basic_dest")
    public = await client.get_entity("basic_public")
    assert (dest.creator, dest.admin_rights.post_messages, dest.left) == (True, True, False)
    assert (public.creator, public.admin_rights, public.left) == (False, None, False)
    kinds = [
        type((await client(functions.channels.GetParticipantRequest(chat, "me"))).participant).__name__
        for chat in (dest, public)
    ]
    assert kinds == ["ChannelParticipantCreator", "ChannelParticipantSelf"]
    await attempt(client, functions.channels.GetParticipantRequest(public, "basic_reader"), None)


async def test_demoted_and_restricted(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """Rights that are taken away are gone at the next request."""
    client = await connect(reader)
    world.demote(world.chat("Dest"), reader)
    world.restrict(world.chat("Supergroup"), reader)
    send = functions.messages.SendMessageRequest
    await attempt(client, send(peer(sandbox, reader, world.chat("Dest")), "x"), errors.ChatAdminRequiredError)
    supergroup = peer(sandbox, reader, world.chat("Supergroup"))
    await attempt(client, send(supergroup, "x"), errors.UserBannedInChannelError)
    world.restrict(world.chat("Supergroup"), reader, restricted=False)
    await attempt(client, send(supergroup, "x"), None)


async def test_slow_mode(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """In slow mode the next message must wait and batches are refused; admins are free."""
    slow = world.add_channel(
        "Slow", admins=[world.account("writer")], members=[reader], broadcast=False, slow_mode_s=60
    )
    posts = [world.post(world.chat("Public"), text).id for text in ("one", "two")]
    client, admin = await connect(reader), await connect(world.account("writer"))
    where = peer(sandbox, reader, slow)
    source = peer(sandbox, reader, world.chat("Public"))
    batch = functions.messages.ForwardMessagesRequest(source, posts, where)
    with pytest.raises(errors.SlowModeMultiMsgsDisabledError):
        await client(batch)
    await client.send_message(where, "first")
    with pytest.raises(errors.SlowModeWaitError) as caught:
        await client.send_message(where, "second")
    assert 0 < caught.value.seconds <= 60
    for _ in range(2):
        await admin.send_message(peer(sandbox, world.account("writer"), slow), "x")


async def test_bots(connect: Connect, sandbox: Sandbox, world: World) -> None:
    """A bot reads no history and lists no dialogs, but reads single messages and posts where it is admin."""
    bot = world.account("basic_bot")
    public, dest = world.chat("Public"), world.chat("Dest")
    post = world.post(public, "text")
    client = await connect(bot)
    for request in (
        history(peer(sandbox, bot, public)),
        functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(peer(sandbox, bot, public))]),
    ):
        await attempt(client, request, errors.BotMethodInvalidError)
    (found,) = (
        await client(functions.channels.GetMessagesRequest(types.InputChannel(public.id, 0), [post.id]))
    ).messages
    assert found.message == "text"
    await client.send_message(peer(sandbox, bot, dest), "posted")
    assert [entry.sender for entry in sandbox.journal(dest)] == ["basic_bot"]


async def test_invite_links(connect: Connect, world: World, reader: Account) -> None:
    """A link shows its chat, joins it once, and any other hash has expired."""
    client = await connect(reader)
    link = world.invite_link(world.chat("Not joined"))
    code = link.rpartition("+")[2]
    assert isinstance(await client(functions.messages.CheckChatInviteRequest(code)), types.ChatInvite)
    await client(functions.messages.ImportChatInviteRequest(code))
    assert (await client.get_entity(link)).title == "Not joined"
    await attempt(client, functions.messages.ImportChatInviteRequest(code), errors.UserAlreadyParticipantError)
    await attempt(client, functions.messages.CheckChatInviteRequest("other"), errors.InviteHashExpiredError)


async def test_topics(connect: Connect, sandbox: Sandbox, world: World, reader: Account) -> None:
    """Messages go to the topic that is named; closed and deleted topics refuse them."""
    forum: Chat = world.chat("Forum")
    topic = world.add_topic(forum, "Sports")
    posts = [world.post(world.chat("Public"), "forwarded").id]
    client = await connect(reader)
    where, source = peer(sandbox, reader, forum), peer(sandbox, reader, world.chat("Public"))
    await client.send_message(where, "sent", reply_to=topic.id)
    forward = functions.messages.ForwardMessagesRequest
    await client(forward(source, posts, where, top_msg_id=topic.id))
    assert [(entry.text, entry.topic_id) for entry in sandbox.journal(forum)[2:]] == [
        ("sent", topic.id),
        ("forwarded", topic.id),
    ]
    (served,) = await client.get_messages(where, limit=1)
    assert (served.reply_to.forum_topic, served.reply_to.reply_to_msg_id) == (True, topic.id)
    topic.is_closed = True
    with pytest.raises(errors.RPCError, match="TOPIC_CLOSED"):
        await client(forward(source, posts, where, top_msg_id=topic.id))
    topic.is_deleted = True
    await attempt(client, forward(source, posts, where, top_msg_id=topic.id), errors.TopicDeletedError)
