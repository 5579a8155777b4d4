"""Can this account read the source and write to the dest? Asked in the account's lane, wherever that is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from tgforward.errors import FloodWait, PeerFlood, TgforwardError
from tgforward.forwarding.links import parse_chat_reference
from tgforward.queue.asking import ask_lane
from tgforward.services.borrowing import borrowed_lane
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.parking import pause_account
from tgforward.services.remote_errors import pack_error, raise_packed
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer, PeerKind
from tgforward.telegram.resolve import resolve
from tgforward.telegram.rights import check_dest, check_send_as, check_source, check_topic
from tgforward.types import AccountId, ChatId, MessageId

FUNCTION = "inspect_chats"

Question: TypeAlias = str | Mapping[str, Any]
"""A chat to look at, as plain data: its name, or with it what else of it must be right: `topic_id`, `send_as`."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The chats as the account sees them; None for one that was not asked for."""

    source: Peer | None
    dest: Peer | None
    send_as: Peer | None = None


async def inspect(
    deps: Deps,
    account_id: AccountId,
    source: str | None,
    dest: str | None,
    *,
    source_topic: MessageId | None = None,
    dest_topic: MessageId | None = None,
    send_as: str | None = None,
) -> Inspection:
    """Resolve the chats and check that they have the topics, and what the account may do in them.

    Raises:
        TelegramError: unknown chat or topic, no right to read or write, or to write in that name, a bot that cannot
            read; the sentence says which.
    """
    about_source, about_dest = _question(source, topic_id=source_topic), _question(dest, dest_topic, send_as)
    async with borrowed_lane(deps, account_id) as lane:
        if lane is not None:
            return await inspect_in(lane, about_source, about_dest)
    return _unpack(await ask_lane(deps.redis, account_id, FUNCTION, about_source, about_dest))


async def inspect_in(lane: Lane, source: Question | None, dest: Question | None) -> Inspection:
    """The same, in the process that owns the account; a wait that Telegram orders meanwhile stops all of its work."""
    try:
        return await _look(await lane.connection(), source, dest)
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        raise


async def answer_inspection(lane: Lane, source: Question | None, dest: Question | None) -> dict[str, Any]:
    """The job in the lane's queue: the inspection, or its error, as plain data."""
    try:
        found = await inspect_in(lane, source, dest)
    except TgforwardError as error:
        return pack_error(error)
    return {"source": _pack(found.source), "dest": _pack(found.dest), "send_as": _pack(found.send_as)}


def _question(chat: str | None, topic_id: MessageId | None = None, send_as: str | None = None) -> Question | None:
    if chat is None or (topic_id is None and send_as is None):
        return chat
    return {"chat": chat, "topic_id": topic_id, "send_as": send_as}


async def _look(connection: Connection, source: Question | None, dest: Question | None) -> Inspection:
    found_source = found_dest = sender = None
    if source is not None:
        chat, topic_id, _ = _parts(source)
        found_source = await check_source(connection, await resolve(connection, parse_chat_reference(chat)))
        await _check_topic(connection, found_source, topic_id)
    if dest is not None:
        chat, topic_id, name = _parts(dest)
        found_dest = await check_dest(connection, await resolve(connection, parse_chat_reference(chat)))
        await _check_topic(connection, found_dest, topic_id)
        sender = None if name is None else await _find_sender(connection, found_dest, name)
    return Inspection(found_source, found_dest, sender)


def _parts(question: Question) -> tuple[str, MessageId | None, str | None]:
    if isinstance(question, str):
        return question, None, None
    return question["chat"], question["topic_id"], question["send_as"]


async def _check_topic(connection: Connection, peer: Peer, topic_id: MessageId | None) -> None:
    if topic_id is not None:
        await check_topic(connection, peer, topic_id)


async def _find_sender(connection: Connection, dest: Peer, name: str) -> Peer:
    sender = await resolve(connection, parse_chat_reference(name))
    if dest.kind is PeerKind.CHANNEL and sender.chat_id == dest.chat_id:
        return sender  # a channel's posts are in its own name anyway
    return await check_send_as(connection, dest, sender)


def _pack(peer: Peer | None) -> dict[str, Any] | None:
    return None if peer is None else asdict(peer)


def _unpack(answer: dict[str, Any]) -> Inspection:
    raise_packed(answer)
    return Inspection(*(_unpack_peer(answer[name]) for name in ("source", "dest", "send_as")))


def _unpack_peer(fields: dict[str, Any] | None) -> Peer | None:
    if fields is None:
        return None
    return Peer(**{**fields, "chat_id": ChatId(fields["chat_id"]), "kind": PeerKind(fields["kind"])})
