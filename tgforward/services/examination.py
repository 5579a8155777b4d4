"""Is an account's session valid, and may it still do what its configs need? Asked in its lane, wherever that is."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from tgforward.errors import FloodWait, InvalidInput, PeerFlood, PermanentError, TgforwardError
from tgforward.queue.asking import ask_lane
from tgforward.services.borrowing import borrowed_lane
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.loading import load_any
from tgforward.services.parking import pause_account
from tgforward.services.remote_errors import pack_error, raise_packed
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.connection import Connection
from tgforward.telegram.login import who_am_i
from tgforward.telegram.rights import check_dest, check_send_as, check_source, check_topic
from tgforward.types import AccountId, ConfigId

FUNCTION = "examine_configs"
AT_ONCE = 20
"""Configs per question: a look at two new chats each takes some seconds, an answer is waited for 45."""

Look: TypeAlias = Callable[[], Awaitable[object]]
Complaints: TypeAlias = dict[ConfigId, str | None]
"""What is wrong with each config, None where nothing is."""


async def examine(deps: Deps, account_id: AccountId, config_ids: Sequence[ConfigId]) -> Complaints:
    """What Telegram would refuse of these configs of an account; without configs only the session is looked at.

    Raises:
        TelegramError: the session is not valid, the account rests, or the worker that owns it does not answer.
    """
    found: Complaints = {}
    for start in range(0, max(len(config_ids), 1), AT_ONCE):
        found |= await _examine(deps, account_id, config_ids[start : start + AT_ONCE])
    return found


async def answer_examination(lane: Lane, config_ids: Sequence[int]) -> dict[str, Any]:
    """The job in the lane's queue: the complaints, or an error, as plain data."""
    try:
        found = await examine_in(lane, [ConfigId(number) for number in config_ids])
    except TgforwardError as error:
        return pack_error(error)
    return {"complaints": list(found.items())}


async def examine_in(lane: Lane, config_ids: Sequence[ConfigId]) -> Complaints:
    """The same, in the process that owns the account; a wait that Telegram orders meanwhile stops all of its work."""
    try:
        connection = await lane.connection()
        await who_am_i(connection)
        looks = _Looks(connection)
        return {config_id: await _complaint(lane, looks, config_id) for config_id in config_ids}
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        raise


async def _examine(deps: Deps, account_id: AccountId, config_ids: Sequence[ConfigId]) -> Complaints:
    async with borrowed_lane(deps, account_id) as lane:
        if lane is not None:
            return await examine_in(lane, config_ids)
    answer = await ask_lane(deps.redis, account_id, FUNCTION, list(config_ids))
    raise_packed(answer)
    return {ConfigId(number): complaint for number, complaint in answer["complaints"]}


@dataclass(slots=True)
class _Looks:
    """What was asked of Telegram already; configs share chats."""

    connection: Connection
    known: dict[object, str | None] = field(default_factory=dict)

    async def at(self, key: object, look: Look) -> str | None:
        """What Telegram says against it, asked once."""
        if key not in self.known:
            try:
                await look()
            except PermanentError as error:
                self.known[key] = str(error)
            else:
                self.known[key] = None
        return self.known[key]


async def _complaint(lane: Lane, looks: _Looks, config_id: ConfigId) -> str | None:
    try:
        branches = await load_any(lane, config_id)
    except (InvalidInput, PermanentError) as error:
        return str(error)
    found = [await looks.at(key, look) for branch in branches for key, look in _looks_at(looks.connection, branch)]
    return "; ".join(dict.fromkeys(sentence for sentence in found if sentence is not None)) or None


def _looks_at(conn: Connection, branch: ConfigSnapshot) -> Iterator[tuple[object, Look]]:
    source, dest, send_as = branch.source, branch.dest, branch.send_as
    yield ("source", source.chat_id), partial(check_source, conn, source)
    yield ("dest", dest.chat_id), partial(check_dest, conn, dest)
    for peer, topic_id in ((source, branch.source_topic), (dest, branch.topic_id)):
        if topic_id is not None:
            yield ("topic", peer.chat_id, topic_id), partial(check_topic, conn, peer, topic_id)
    if send_as is not None:
        yield ("send_as", dest.chat_id, send_as.chat_id), partial(check_send_as, conn, dest, send_as)
