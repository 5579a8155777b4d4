"""Sends under a `random_id` of ours: repeated after a crash or a lost answer, they return the first send's messages."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any

from telethon.tl import types

from tgforward.errors import MessageRejected
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.chain import Chain
from tgforward.telegram.connection import Connection
from tgforward.telegram.error_codes import REPLY_LOST
from tgforward.telegram.outgoing import Outgoing
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId]
"""The new message of each send; those that Telegram left out (deleted meanwhile) are absent."""


async def send(conn: Connection, outgoing: Outgoing) -> Sent:
    """Send; it is over when this returns.

    Raises:
        FileReferenceExpired: fetch the message again and repeat with the same `random_id`.
        TelegramError: it was refused, or (ConnectionLost) may or may not have been executed.
    """
    return _sent(await _or_without_reply(conn, outgoing, conn.call(outgoing.request)), outgoing.deliveries)


class InFlight:
    """Sends that are under way together, each done after the one before it."""

    def __init__(self, conn: Connection, chain: Chain, sends: Sequence[Outgoing]) -> None:
        self._conn = conn
        self._chain = chain
        self._sends = sends

    async def answer(self, number: int) -> Sent:
        """What the send with that number, from 0, became.

        Raises:
            ChainBroken: an earlier one failed; this one was not done.
            TelegramError: as of `send`.
        """
        return _sent(await self._chain.answer(number), self._sends[number].deliveries)

    async def sent(self, number: int) -> Sent:
        """The same; what `send` mends is mended here, too, once all before it are done."""
        outgoing = self._sends[number]
        answer = await _or_without_reply(self._conn, outgoing, self._chain.answer(number))
        return _sent(answer, outgoing.deliveries)


async def send_in_order(conn: Connection, sends: Sequence[Outgoing]) -> InFlight:
    """Begin sends without waiting for the answers in between; one that fails stops those behind it.

    Raises:
        TelegramError: nothing was sent.
    """
    return InFlight(conn, await conn.call_in_order([outgoing.request for outgoing in sends]), sends)


async def _or_without_reply(conn: Connection, outgoing: Outgoing, answer: Awaitable[Any]) -> Any:
    """A message is not lost because what it answers is: it goes once more without, under the same `random_id`."""
    try:
        return await answer
    except MessageRejected as error:
        if outgoing.manner.reply_to is None or error.code not in REPLY_LOST:
            raise
    return await conn.call(outgoing.without_reply().request)


def _sent(answer: Any, deliveries: Iterable[Delivery]) -> Sent:
    """Never by position: a message that is missing makes the answer shorter."""
    wanted = [delivery.random_id for delivery in deliveries]
    if isinstance(answer, types.UpdateShortSentMessage):
        return {wanted[0]: MessageId(answer.id)}  # only ever the answer to one text
    updates = getattr(answer, "updates", ())
    given = {update.random_id: update.id for update in updates if isinstance(update, types.UpdateMessageID)}
    return {random_id: MessageId(given[random_id]) for random_id in wanted if random_id in given}
