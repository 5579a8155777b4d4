"""Can this account read the source and write to the dest? Asked in the account's lane, wherever that is."""

from dataclasses import asdict, dataclass
from typing import Any

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
from tgforward.telegram.rights import check_dest, check_source
from tgforward.types import AccountId, ChatId

FUNCTION = "inspect_chats"


@dataclass(frozen=True, slots=True)
class Inspection:
    """Both chats as the account sees them; None for the one that was not asked for."""

    source: Peer | None
    dest: Peer | None


async def inspect(deps: Deps, account_id: AccountId, source: str | None, dest: str | None) -> Inspection:
    """Resolve both chats and check the account's rights in them.

    Raises:
        TelegramError: unknown chat, no right to read or write, a bot that cannot read; the sentence says which.
    """
    async with borrowed_lane(deps, account_id) as lane:
        if lane is not None:
            return await inspect_in(lane, source, dest)
    return _unpack(await ask_lane(deps.redis, account_id, FUNCTION, source, dest))


async def inspect_in(lane: Lane, source: str | None, dest: str | None) -> Inspection:
    """The same, in the process that owns the account; a wait that Telegram orders meanwhile stops all of its work."""
    try:
        return await _look(await lane.connection(), source, dest)
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        raise


async def _look(connection: Connection, source: str | None, dest: str | None) -> Inspection:
    found_source = found_dest = None
    if source is not None:
        found_source = await check_source(connection, await resolve(connection, parse_chat_reference(source)))
    if dest is not None:
        found_dest = await check_dest(connection, await resolve(connection, parse_chat_reference(dest)))
    return Inspection(found_source, found_dest)


async def answer_inspection(lane: Lane, source: str | None, dest: str | None) -> dict[str, Any]:
    """The job in the lane's queue: the inspection, or its error, as plain data."""
    try:
        found = await inspect_in(lane, source, dest)
    except TgforwardError as error:
        return pack_error(error)
    return {"source": _pack(found.source), "dest": _pack(found.dest)}


def _pack(peer: Peer | None) -> dict[str, Any] | None:
    return None if peer is None else asdict(peer)


def _unpack(answer: dict[str, Any]) -> Inspection:
    raise_packed(answer)
    return Inspection(_unpack_peer(answer["source"]), _unpack_peer(answer["dest"]))


def _unpack_peer(fields: dict[str, Any] | None) -> Peer | None:
    if fields is None:
        return None
    return Peer(**{**fields, "chat_id": ChatId(fields["chat_id"]), "kind": PeerKind(fields["kind"])})
