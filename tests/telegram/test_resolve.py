"""Chats by id, name and invite link, as one account sees them."""

import pytest

from tests.telegram.conftest import Connect
from tgforward.errors import PeerGone
from tgforward.forwarding.links import ById, ByInvite, ByUsername, ChatReference, parse_chat_reference
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import PeerKind
from tgforward.telegram.reading import fetch_top
from tgforward.telegram.resolve import resolve
from tgforward.types import ChatId


@pytest.fixture
def chats(world: World, anna: Account, editor: Account) -> dict[PeerKind, Chat]:
    """One of each kind that Anna is in."""
    return {
        PeerKind.CHANNEL: world.add_channel("A channel", username="a_channel", members=[anna], protected=True),
        PeerKind.SUPERGROUP: world.add_channel("A supergroup", members=[anna], broadcast=False),
        PeerKind.CHAT: world.add_group("A group", admins=[editor], members=[anna]),
    }


async def test_chats_are_found_by_their_id(conn: Connection, chats: dict[PeerKind, Chat]) -> None:
    """A marked id is found among the account's dialogs, with everything needed to address the chat."""
    for kind, chat in chats.items():
        peer = await resolve(conn, ById(ChatId(chat.marked_id)))

        assert (peer.chat_id, peer.kind, peer.title) == (chat.marked_id, kind, chat.title)
        assert (peer.username, peer.protected) == (chat.username, chat.is_protected)
        assert await fetch_top(conn, peer) == 0


async def test_people_are_found_by_their_id(world: World, conn: Connection, anna: Account, editor: Account) -> None:
    """The other side of a private chat, and the account itself."""
    world.post(world.private_chat(anna, editor), "hello", sender=editor)

    other = await resolve(conn, ById(ChatId(editor.id)))
    myself = await resolve(conn, ById(ChatId(anna.id)))

    assert (other.chat_id, other.kind, other.title) == (editor.id, PeerKind.USER, "Ed")
    assert (myself.chat_id, myself.kind, myself.username) == (anna.id, PeerKind.USER, "anna_ko")
    assert await fetch_top(conn, other) == 1


async def test_an_id_is_found_behind_hundreds_of_dialogs(world: World, conn: Connection, anna: Account) -> None:
    """The list of dialogs is paged to its end."""
    chats = [world.add_channel(f"Channel {number}", members=[anna]) for number in range(230)]
    for chat in chats:
        world.post(chat, "x")

    for wanted in (chats[0], chats[120], chats[-1]):
        assert (await resolve(conn, ById(ChatId(wanted.marked_id)))).title == wanted.title
    assert conn.requests["messages.getDialogs"] <= 6


async def test_names_are_resolved_with_one_request(conn: Connection, chats: dict[PeerKind, Chat]) -> None:
    """A public name needs no dialogs."""
    peer = await resolve(conn, ByUsername("A_Channel"))

    assert (peer.chat_id, peer.username) == (chats[PeerKind.CHANNEL].marked_id, "a_channel")
    assert conn.requests.total() == 1


async def test_an_invite_link_to_a_chat_that_one_is_in(
    world: World, conn: Connection, chats: dict[PeerKind, Chat]
) -> None:
    """The link then names the chat."""
    chat = chats[PeerKind.SUPERGROUP]

    peer = await resolve(conn, parse_chat_reference(world.invite_link(chat)))

    assert peer.chat_id == chat.marked_id


@pytest.fixture
def private(world: World) -> Chat:
    """A channel that Anna is not in."""
    return world.add_channel("Private", admins=[world.add_user("Owner")])


async def test_a_chat_that_the_account_is_not_in_is_gone(world: World, conn: Connection, private: Chat) -> None:
    """By id and by invite link, the sentence says to join first; the link's secret is not repeated."""
    link = world.invite_link(private)
    references = [ById(ChatId(private.marked_id)), parse_chat_reference(link)]

    for reference in references:
        with pytest.raises(PeerGone, match=r"join .* with this account first") as caught:
            await resolve(conn, reference)
        assert private.invite not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        (ById(ChatId(-1009999999999)), "-1009999999999"),
        (ById(ChatId(-4242)), "-4242"),
        (ById(ChatId(4242)), "4242"),
        (ByUsername("no_such_name"), "@no_such_name"),
        (ByInvite("nosuchhash"), "invite link"),
    ],
)
async def test_what_does_not_exist_is_one_sentence_with_its_name(
    conn: Connection, reference: ChatReference, named: str
) -> None:
    """The error names what was asked for."""
    with pytest.raises(PeerGone) as caught:
        await resolve(conn, reference)

    assert named in str(caught.value)


async def test_a_bot_finds_what_it_is_in(world: World, connect: Connect) -> None:
    """Bots have no dialogs; an id is enough for them."""
    bot = world.add_bot("copy_bot")
    channel = world.add_channel("Bot's", admins=[bot])
    conn = await connect(bot)

    peer = await resolve(conn, ById(ChatId(channel.marked_id)))

    assert (peer.chat_id, peer.title) == (channel.marked_id, "Bot's")
    with pytest.raises(PeerGone):
        await resolve(conn, ById(ChatId(-1009999999999)))
