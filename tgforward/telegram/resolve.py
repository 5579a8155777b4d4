"""Finding the chat that a person named: once, since Telegram answers too many look-ups with a flood wait of a day."""

from collections.abc import AsyncIterator
from typing import Any, assert_never

from telethon import utils
from telethon.tl import functions, types

from tgforward.errors import PeerGone
from tgforward.forwarding.links import ById, ByInvite, ByUsername, ChatReference
from tgforward.telegram.connection import Connection
from tgforward.telegram.login import who_am_i
from tgforward.telegram.peers import Peer, to_peer
from tgforward.types import ChatId

_DIALOGS_PER_PAGE = 100  # core.telegram.org/method/messages.getDialogs
_MAX_DIALOG_PAGES = 50  # an account has at most a few thousand chats; beyond, a bug would ask for ever


async def resolve(conn: Connection, reference: ChatReference) -> Peer:
    """The chat as this account sees it.

    Raises:
        PeerGone: it does not exist, or the account has not joined it.
    """
    match reference:
        case ById(chat_id):
            return await _by_id(conn, chat_id)
        case ByUsername(username):
            return await _by_username(conn, username)
        case ByInvite(code):
            return await _by_invite(conn, code)
        case _ as never:
            assert_never(never)


async def _by_username(conn: Connection, username: str) -> Peer:
    try:
        found = await conn.call(functions.contacts.ResolveUsernameRequest(username))
    except PeerGone as error:
        raise PeerGone(f"No chat has the name @{username}: check the spelling", code=error.code) from error
    wanted = utils.get_peer_id(found.peer)
    return to_peer(_find(wanted, found) or types.ChannelForbidden(wanted, 0, f"@{username}"))


async def _by_invite(conn: Connection, code: str) -> Peer:
    try:
        invite = await conn.call(functions.messages.CheckChatInviteRequest(code))
    except PeerGone as error:
        raise PeerGone("The invite link is not valid (any more): ask for a new one", code=error.code) from error
    if isinstance(invite, types.ChatInviteAlready):
        return to_peer(invite.chat)
    raise PeerGone("The account is not in the chat of the invite link: join the chat with this account first")


async def _by_id(conn: Connection, chat_id: ChatId) -> Peer:
    me = await who_am_i(conn)
    if me.user_id == chat_id:
        found = await conn.call(functions.users.GetUsersRequest([types.InputUserSelf()]))
        return to_peer(found[0])
    entity = await (_ask_as_bot(conn, chat_id) if me.is_bot else _look_through_dialogs(conn, chat_id))
    if entity is None:
        raise PeerGone(
            f"The account does not know the chat {chat_id}: join it with this account first, or give its @name"
        )
    return to_peer(entity)


async def _look_through_dialogs(conn: Connection, chat_id: ChatId) -> Any:
    async for page in _dialog_pages(conn):
        if (entity := _find(chat_id, page)) is not None:
            return entity
    return None


async def _dialog_pages(conn: Connection) -> AsyncIterator[Any]:
    request = functions.messages.GetDialogsRequest(
        offset_date=None, offset_id=0, offset_peer=types.InputPeerEmpty(), limit=_DIALOGS_PER_PAGE, hash=0
    )
    for _ in range(_MAX_DIALOG_PAGES):
        page = await conn.call(request)
        yield page
        if not isinstance(page, types.messages.DialogsSlice) or len(page.dialogs) < _DIALOGS_PER_PAGE:
            return
        if not _move_on(request, page):
            return


def _move_on(request: Any, page: Any) -> bool:
    """Let `request` ask for the dialogs behind those of `page`; False if there is nothing to go by."""
    messages = {(utils.get_peer_id(message.peer_id), message.id): message for message in page.messages}
    entities = {utils.get_peer_id(entity): entity for entity in (*page.users, *page.chats)}
    for dialog in reversed(page.dialogs):
        peer_id = utils.get_peer_id(dialog.peer)
        message, entity = messages.get((peer_id, dialog.top_message)), entities.get(peer_id)
        if message is not None and message.date is not None and entity is not None:
            request.exclude_pinned = True
            request.offset_date, request.offset_id = message.date, message.id
            request.offset_peer = utils.get_input_peer(entity)
            return True
    return False


async def _ask_as_bot(conn: Connection, chat_id: ChatId) -> Any:
    """Bots have no list of dialogs, but may name what they are in without an access hash."""
    bare_id, kind = utils.resolve_id(chat_id)
    request = {
        types.PeerUser: lambda: functions.users.GetUsersRequest([types.InputUser(bare_id, 0)]),
        types.PeerChat: lambda: functions.messages.GetChatsRequest([bare_id]),
        types.PeerChannel: lambda: functions.channels.GetChannelsRequest([types.InputChannel(bare_id, 0)]),
    }[kind]()
    try:
        answer = await conn.call(request)
    except PeerGone:
        return None
    return next(iter(answer if kind is types.PeerUser else answer.chats), None)


def _find(chat_id: int, answer: Any) -> Any:
    entities = (*answer.users, *answer.chats)
    return next((entity for entity in entities if utils.get_peer_id(entity) == chat_id), None)
