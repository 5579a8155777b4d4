"""The sandbox as a process of its own."""

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tgforward.sandbox.call import DuplicateMode
from tgforward.sandbox.control import ControlServer
from tgforward.sandbox.keys import PUBLIC_FILE, load_or_create_key
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.worlds import make_world


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve; `directory` holds the server's key and its `public.pem`, port 0 is any free one."""

    directory: Path
    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    world: str = "demo"
    seed: int = 1
    duplicates: DuplicateMode = "original"
    latency_ms: float = 0


async def serve(options: ServeOptions) -> None:
    """Serves until SIGTERM or SIGINT; prints one JSON line when clients can connect.

    Raises:
        InvalidInput: there is no world of that name.
    """
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = Sandbox(
        make_world(options.world, options.seed),
        key=load_or_create_key(options.directory),
        host=options.host,
        port=options.port,
        duplicates=options.duplicates,
        latency_ms=options.latency_ms,
    )
    async with server, ControlServer(server, host=options.host, port=options.control_port) as control:
        sys.stdout.write(json.dumps(describe(server, control.port, options.directory / PUBLIC_FILE)) + "\n")
        sys.stdout.flush()
        await ended.wait()


def describe(server: Sandbox, control_port: int, public_key: Path) -> dict[str, Any]:
    """What clients need to know: the address, the key, a session of every account, the chats."""
    world = server.world
    return {
        "host": server.host,
        "port": server.port,
        "dc_id": server.dc_id,
        "public_key": str(public_key.absolute()),
        "api_id": server.api_id,
        "api_hash": server.api_hash,
        "control_port": control_port,
        "accounts": {
            account.name: {
                "id": account.id,
                "phone": f"+{account.phone}" if account.phone else None,
                "code": account.code or None,
                "is_bot": account.is_bot,
                "session": server.session_string(account),
            }
            for account in world.accounts.values()
        },
        "chats": {
            chat.title: {"id": chat.marked_id, "username": chat.username}
            for chat in (*world.channels.values(), *world.groups.values())
        },
    }
