"""The peer: plain Telethon that sends inside its handler, as event-driven forwarders do.

Arguments: host, port, dc, api id, path of the public key, session, source, dest; and the api hash in `API_HASH`.
"""

import asyncio
import os
import sys
from pathlib import Path

from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import StringSession


async def main(host: str, port: str, dc_id: str, api_id: str, key: str, session: str, source: str, dest: str) -> None:
    """Forward until killed."""
    rsa.add_key(Path(key).read_text(), old=False)  # noqa: ASYNC240 - nothing else runs yet
    opened = StringSession(session)
    opened.set_dc(int(dc_id), host, int(port))
    client = TelegramClient(opened, int(api_id), os.environ["API_HASH"])
    await client.connect()
    target = await client.get_input_entity(dest)

    async def forward(event: events.NewMessage.Event) -> None:
        await client.send_message(target, event.message)

    client.add_event_handler(forward, events.NewMessage(chats=await client.get_input_entity(source)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await client.run_until_disconnected()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
