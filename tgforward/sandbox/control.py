"""The remote control of a sandbox that runs in its own process: JSON lines over loopback.

A request is `{"op": name, "args": {…}}`, its answer `{"result": …}` or `{"error": sentence}`. Chats are named by
username, title or marked id, accounts by name, messages by their id in the chat.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from tgforward.sandbox.call import DuplicateMode, MissingReplyMode
from tgforward.sandbox.control_posts import PostingControl
from tgforward.sandbox.control_topics import TopicControl
from tgforward.sandbox.faults import Fault
from tgforward.sandbox.server import Sandbox

LONGEST_LINE_BYTES = 2**24


class Control(PostingControl, TopicControl):
    """The operations; each public method is one, called by its name."""

    def __init__(self, server: Sandbox) -> None:
        super().__init__(server.world)
        self._server = server
        self._faults: list[Fault] = []

    def describe(self) -> dict[str, Any]:
        """Every account and chat."""
        accounts = {
            account.name: {"id": account.id, "phone": account.phone, "username": account.username}
            for account in self._world.accounts.values()
        }
        chats = {
            chat.title: {"id": chat.marked_id, "username": chat.username}
            for chat in (*self._world.channels.values(), *self._world.groups.values())
        }
        return {"accounts": accounts, "chats": chats}

    def session_string(self, account: str) -> str:
        """A new log-in of the account."""
        return self._server.session_string(self._account(account))

    def add_user(
        self, name: str, *, phone: str | None = None, username: str | None = None, premium: bool = False
    ) -> int:
        """A new person; returns the user id."""
        return self._world.add_user(name, phone=phone, username=username, premium=premium).id

    def add_channel(
        self, title: str, *, admins: Sequence[str] = (), members: Sequence[str] = (), **options: Any
    ) -> int:
        """A new channel or supergroup; returns the marked id. Options as of `World.add_channel`."""
        people = [[self._account(name) for name in names] for names in (admins, members)]
        return self._world.add_channel(title, admins=people[0], members=people[1], **options).marked_id

    def add_group(self, title: str, *, admins: Sequence[str] = (), members: Sequence[str] = ()) -> int:
        """A new basic group; returns the marked id."""
        people = [[self._account(name) for name in names] for names in (admins, members)]
        return self._world.add_group(title, admins=people[0], members=people[1]).marked_id

    def migrate(self, chat: str | int) -> int:
        """Turns a basic group into a supergroup; returns the new marked id."""
        return self._world.migrate(self._chat(chat)).marked_id

    def join(self, chat: str | int, account: str, *, admin: bool = False) -> None:
        """Makes the account a member or admin."""
        self._world.join(self._chat(chat), self._account(account), admin=admin)

    def leave(self, chat: str | int, account: str) -> None:
        """Ends the account's membership."""
        self._world.leave(self._chat(chat), self._account(account))

    def grant(self, chat: str | int, account: str, *, can_post: bool = True, can_edit: bool = True) -> None:
        """Says what an admin of a broadcast channel may do with its posts."""
        self._world.grant(self._chat(chat), self._account(account), can_post=can_post, can_edit=can_edit)

    def protect(self, chat: str | int, *, protected: bool = True) -> None:
        """Forbids or allows forwarding from the chat."""
        self._world.protect(self._chat(chat), protected=protected)

    def journal(self, chat: str | int, *, start: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Everything ever stored in the chat, in order; or at most `limit` entries after the first `start`."""
        end = None if limit is None else start + limit
        return [entry.to_json() for entry in self._server.journal(self._chat(chat))[start:end]]

    def messages(self, chat: str | int) -> list[dict[str, Any]]:
        """What stands in the chat now, oldest first."""
        return [message.to_json() for message in self._server.messages(self._chat(chat))]

    def sizes(self) -> dict[str, int]:
        """How many messages were ever stored in each chat, by title."""
        chats = (*self._world.channels.values(), *self._world.groups.values())
        return {chat.title: len(self._server.journal(chat)) for chat in chats}

    def add_fault(self, kind: str, *, account: str | None = None, **options: Any) -> int:
        """Orders a fault; options as of `Faults.add`. Answers its number, by which `fault_hits` knows it."""
        concerned = None if account is None else self._account(account)
        self._faults.append(self._server.faults.add(kind, account=concerned, **options))
        return len(self._faults) - 1

    def fault_hits(self, fault: int) -> int:
        """How often the fault has happened."""
        return self._faults[fault].hits

    def end_fault(self, fault: int) -> None:
        """Takes one order back; a wait that it has begun goes on."""
        self._faults[fault].count = 0

    def clear_faults(self) -> None:
        """Takes all orders back and ends all waits."""
        self._server.faults.clear()

    def counters(self) -> dict[str, Any]:
        """Requests by account and method, and what must not have happened."""
        return {
            "requests": self._server.request_counts(),
            "unknown_methods": self._server.unknown_methods,
            "sessions_used_twice": self._server.sessions_used_twice,
            "flood_violations": self._server.flood_violations,
        }

    def set_duplicates(self, mode: DuplicateMode) -> None:
        """How a repeated `random_id` is answered."""
        self._server.set_duplicates(mode)

    def set_missing_replies(self, mode: MissingReplyMode) -> None:
        """How a reply to a missing message is answered."""
        self._server.set_missing_replies(mode)

    def set_limits(self, **limits: int) -> None:
        """How many UTF-16 units the server takes: `text`, `caption`, `premium_caption`."""
        self._world.limits = replace(self._world.limits, **limits)

    def keep_events(self, longest: int | None) -> None:
        """How many events a chat or account remembers; None stands for all."""
        self._world.keep_events(longest)

    def let_edit_times_rise(self, *, rise: bool = True) -> None:
        """Whether two edits of a message within one second are dated differently."""
        self._world.store.edit_times_rise = rise

    def expire_references(self) -> None:
        """Makes every file reference given out so far expire."""
        self._world.files.expire_references()

    def revoke(self, account: str) -> None:
        """Ends all sessions of the account."""
        self._server.revoke(self._account(account))

    def disconnect(self, account: str | None = None) -> None:
        """Cuts the account's connections, or all."""
        self._server.disconnect(None if account is None else self._account(account))

    def pause(self) -> None:
        """Executes no request until `resume`."""
        self._server.pause()

    def resume(self) -> None:
        """Ends `pause`."""
        self._server.resume()


class ControlServer:
    """Serves a `Control` on `host:port` while its `async with` block runs."""

    def __init__(self, server: Sandbox, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host, self.port = host, port
        self._control = Control(server)
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._serve, self.host, self.port, limit=LONGEST_LINE_BYTES)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for writer in self._clients.values():
            writer.close()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._listener.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = writer
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            writer.close()
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
            del self._clients[task]

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            operation = None if request["op"].startswith("_") else getattr(self._control, request["op"], None)
            if operation is None:
                return {"error": f"the sandbox has no operation {request['op']!r}"}
            return {"result": operation(**request.get("args", {}))}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
