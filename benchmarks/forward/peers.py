"""What ours is compared with: loops over Telethon that keep no books."""

from collections.abc import Awaitable, Callable
from typing import Any

from telethon import TelegramClient
from telethon.tl import functions

PAGE = 100
Way = Callable[[TelegramClient, Any, Any], Awaitable[None]]


async def forward_raw(client: TelegramClient, source: Any, dest: Any) -> None:
    """Fetch a hundred, forward a hundred."""
    last = 0
    while page := await client.get_messages(source, limit=PAGE, min_id=last, reverse=True):
        ids = [message.id for message in page if message.message]
        last = page[-1].id
        if ids:
            await client.forward_messages(dest, ids, source, drop_author=True)


async def edit_raw(client: TelegramClient, source: Any, dest: Any) -> None:
    """Fetch a hundred, send each anew, one after the other."""
    last = 0
    while page := await client.get_messages(source, limit=PAGE, min_id=last, reverse=True):
        last = page[-1].id
        for message in page:
            if message.message:
                await client(functions.messages.SendMessageRequest(dest, f"{message.message}\nedited"))


async def plain(client: TelegramClient, source: Any, dest: Any) -> None:
    """What most programs do."""
    async for message in client.iter_messages(source, reverse=True):
        if message.message:
            await client.send_message(dest, message)


PEERS: dict[str, Way] = {"raw_unchanged": forward_raw, "raw_edited": edit_raw, "plain": plain}
