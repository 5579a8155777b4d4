"""Texts of the program's own, under a `random_id` of its own."""

from telethon.tl import functions

from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import RandomId


async def send_notice(conn: Connection, dest: Peer, text: str, random_id: RandomId) -> None:
    """Write a plain text; a repetition under the same `random_id` writes nothing.

    Raises:
        TelegramError: it was refused, or (ConnectionLost) may or may not have been written.
    """
    await conn.call(
        functions.messages.SendMessageRequest(peer=input_peer(dest), message=text, no_webpage=True, random_id=random_id)
    )
