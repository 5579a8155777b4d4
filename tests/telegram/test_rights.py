"""What the account may do with a source and a dest."""

import pytest

from tests.telegram.conftest import Connect, peer_of
from tgforward.errors import BotCannotRead, PeerGone, PermanentError, WriteForbidden
from tgforward.forwarding.links import ByUsername
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.resolve import resolve
from tgforward.telegram.rights import check_dest, check_send_as, check_source, check_topic
from tgforward.types import MessageId


async def test_a_readable_source_is_returned_as_it_is_now(world: World, conn: Connection, news: Chat) -> None:
    """What changed since the chat was looked up is in the answer: above all, the protection."""
    known = await peer_of(conn, news)
    world.protect(news)

    fresh = await check_source(conn, known)

    assert (known.protected, fresh.protected) == (False, True)
    assert fresh.chat_id == known.chat_id


async def test_a_public_channel_is_readable_without_joining(world: World, conn: Connection) -> None:
    """Reading needs no membership there; writing does."""
    world.add_channel("Open", username="open_news", admins=[world.add_user("Owner")])
    peer = await resolve(conn, ByUsername("open_news"))

    assert (await check_source(conn, peer)).username == "open_news"
    with pytest.raises(WriteForbidden, match="join the chat"):
        await check_dest(conn, peer)


async def test_a_bot_cannot_read(world: World, connect: Connect) -> None:
    """The sentence says to use a user account."""
    bot = world.add_bot("copy_bot")
    conn = await connect(bot)
    peer = await peer_of(conn, world.add_channel("Bot's", admins=[bot]))

    with pytest.raises(BotCannotRead, match="use a user account"):
        await check_source(conn, peer)
    assert (await check_dest(conn, peer)).title == "Bot's"


async def test_a_source_that_was_left_is_gone(world: World, conn: Connection, anna: Account, news: Chat) -> None:
    """A private channel is closed to those who are not in it, and the error says to join."""
    peer = await peer_of(conn, news)
    world.leave(news, anna)

    for check in (check_source, check_dest):
        with pytest.raises(PeerGone, match="join it with this account first"):
            await check(conn, peer)


async def test_a_channel_takes_posts_of_its_admins_only(
    world: World, conn: Connection, anna: Account, news: Chat, copies: Chat
) -> None:
    """A member may not post; an admin and the creator may."""
    with pytest.raises(WriteForbidden, match="only administrators may post"):
        await check_dest(conn, await peer_of(conn, news))

    world.join(news, anna, admin=True)

    assert (await check_dest(conn, await peer_of(conn, news))).title == "News"
    assert (await check_dest(conn, await peer_of(conn, copies))).title == "Copies"


async def test_a_group_takes_messages_of_members_who_are_not_restricted(
    world: World, conn: Connection, anna: Account, editor: Account
) -> None:
    """Restrictions stand on the member or on the group; admins are above the group's."""
    group = world.add_channel("Group", admins=[editor], members=[anna], broadcast=False)
    quiet = world.add_channel("Quiet", admins=[editor], members=[anna], broadcast=False, read_only=True)
    peer, quiet_peer = await peer_of(conn, group), await peer_of(conn, quiet)
    assert (await check_dest(conn, peer)).title == "Group"

    world.restrict(group, anna)

    for restricted in (peer, quiet_peer):
        with pytest.raises(WriteForbidden, match="may not send messages"):
            await check_dest(conn, restricted)
    world.join(quiet, anna, admin=True)
    assert (await check_dest(conn, quiet_peer)).title == "Quiet"


async def test_basic_groups_and_people_can_be_dests(
    world: World, conn: Connection, anna: Account, editor: Account
) -> None:
    """Membership is enough in a basic group, and a private chat has no rights to ask for."""
    group = world.add_group("Small", admins=[editor], members=[anna])
    world.add_user("Bob", username="bob_x")

    assert (await check_dest(conn, await peer_of(conn, group))).title == "Small"
    assert (await check_dest(conn, await resolve(conn, ByUsername("bob_x")))).title == "Bob"


async def test_a_group_that_became_a_supergroup_names_its_new_id(
    world: World, conn: Connection, anna: Account, editor: Account
) -> None:
    """Its history stays readable, but messages go to the new chat."""
    group = world.add_group("Small", admins=[editor], members=[anna])
    peer = await peer_of(conn, group)
    new = world.migrate(group)

    with pytest.raises(WriteForbidden, match=f"new id {new.marked_id}"):
        await check_dest(conn, peer)
    assert (await check_source(conn, peer)).chat_id == group.marked_id


async def test_a_topic_is_known_by_its_title(world: World, conn: Connection, anna: Account, copies: Chat) -> None:
    """A number that is no topic, a deleted topic and a chat without topics say so in one sentence."""
    forum = world.add_channel("Forum", admins=[anna], broadcast=False, forum=True)
    topic, deleted = world.add_topic(forum, "Talk", creator=anna), world.add_topic(forum, "Old", creator=anna)
    world.delete_topic(forum, deleted)
    world.post(forum, "no topic", sender=anna)
    plain = world.add_channel("Plain", admins=[anna], broadcast=False)
    peer = await peer_of(conn, forum)

    assert await check_topic(conn, peer, MessageId(topic.id)) == "Talk"
    assert await check_topic(conn, peer, MessageId(1)) == "General"
    for chat, number in ((forum, deleted.id), (forum, 999), (plain, topic.id), (copies, topic.id)):
        with pytest.raises(PermanentError, match=f"has no topic {number}") as refused:
            await check_topic(conn, await peer_of(conn, chat), MessageId(number))
        assert refused.value.code == "TOPIC_ID_INVALID"


async def test_the_account_writes_in_the_name_of_its_own_channels_only(
    world: World, conn: Connection, anna: Account, editor: Account, news: Chat, copies: Chat
) -> None:
    """Of others not, and in a basic group in nobody else's name."""
    group = await peer_of(conn, world.add_channel("Group", admins=[editor], members=[anna], broadcast=False))
    small = await peer_of(conn, world.add_group("Small", admins=[editor], members=[anna]))
    own, others = await peer_of(conn, copies), await peer_of(conn, news)

    assert await check_send_as(conn, group, own) == own
    for dest, send_as in ((group, others), (small, own)):
        with pytest.raises(WriteForbidden, match="choose a channel that it administers"):
            await check_send_as(conn, dest, send_as)
