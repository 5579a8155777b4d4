"""Controls a sandbox that runs in another process."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Self

from tgforward.sandbox.call import DuplicateMode
from tgforward.sandbox.control import LONGEST_LINE_BYTES
from tgforward.sandbox.journal import JournalEntry
from tgforward.sandbox.standing import StandingMessage

JOURNAL_PAGE = 1_000
"""Entries of a line, which then has 5 MB at most: with texts as long as Telegram takes them."""


class ControlError(Exception):
    """The sandbox could not do what it was asked; the message says why."""


class SandboxControl:
    """Use it as `async with SandboxControl(host, port) as control`; several tasks may call at the same time.

    Chats are named by username, title or marked id, accounts by name.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address, limit=LONGEST_LINE_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def call(self, op: str, **args: Any) -> Any:
        """Any operation of `tgforward.sandbox.control.Control`.

        Raises:
            ControlError: it failed, or the sandbox is gone.
        """
        # Shielded: the answer to a call that was cancelled must not be taken for the answer to the next one.
        line = await asyncio.shield(self._exchange(json.dumps({"op": op, "args": args}).encode() + b"\n"))
        if not line:
            raise ControlError("the sandbox has closed its control connection")
        answer = json.loads(line)
        if "error" in answer:
            raise ControlError(f"{op}: {answer['error']}")
        return answer["result"]

    async def _exchange(self, request: bytes) -> bytes:
        async with self._turn:
            self._writer.write(request)
            await self._writer.drain()
            return await self._reader.readline()

    async def describe(self) -> dict[str, Any]:
        """Every account and chat: `{"accounts": {name: …}, "chats": {title: …}}`."""
        described: dict[str, Any] = await self.call("describe")
        return described

    async def session_string(self, account: str) -> str:
        """A new log-in of the account, as a Telethon session string."""
        session: str = await self.call("session_string", account=account)
        return session

    async def post(self, chat: str | int, text: str = "", **options: Any) -> int:
        """Stores a message; returns its id. Options as of `World.post`, with names and ids for objects."""
        message_id: int = await self.call("post", chat=chat, text=text, **options)
        return message_id

    async def post_album(self, chat: str | int, items: Sequence[Sequence[Any]], **options: Any) -> list[int]:
        """Stores an album of `(media, caption)` or `(media, caption, entities)`; returns the ids."""
        ids: list[int] = await self.call("post_album", chat=chat, items=list(items), **options)
        return ids

    async def edit(self, chat: str | int, message_id: int, text: str, **options: Any) -> None:
        """Replaces a message's text; options are `entities`, `media` (a kind's name) and `spoiler`."""
        await self.call("edit", chat=chat, message_id=message_id, text=text, **options)

    async def pin(self, chat: str | int, message_id: int, *, pinned: bool = True) -> int | None:
        """Pins or unpins a message; returns the id of the service message that tells of a pin."""
        note: int | None = await self.call("pin", chat=chat, message_id=message_id, pinned=pinned)
        return note

    async def delete(self, chat: str | int, message_ids: Sequence[int]) -> None:
        """Removes messages."""
        await self.call("delete", chat=chat, message_ids=list(message_ids))

    async def journal(self, chat: str | int) -> list[JournalEntry]:
        """Everything ever stored in the chat, in order."""
        entries: list[JournalEntry] = []
        while True:
            page = await self.call("journal", chat=chat, start=len(entries), limit=JOURNAL_PAGE)
            entries += map(JournalEntry.from_json, page)
            if len(page) < JOURNAL_PAGE:
                return entries

    async def messages(self, chat: str | int) -> list[StandingMessage]:
        """What stands in the chat now, oldest first."""
        return [StandingMessage.from_json(values) for values in await self.call("messages", chat=chat)]

    async def sizes(self) -> dict[str, int]:
        """How many messages were ever stored in each chat, by title."""
        sizes: dict[str, int] = await self.call("sizes")
        return sizes

    async def add_fault(self, kind: str, **options: Any) -> int:
        """Orders a fault and answers its number; options as of `Faults.add`, the account by its name."""
        number: int = await self.call("add_fault", kind=kind, **options)
        return number

    async def fault_hits(self, fault: int) -> int:
        """How often the fault of that number has happened."""
        hits: int = await self.call("fault_hits", fault=fault)
        return hits

    async def end_fault(self, fault: int) -> None:
        """Takes one order back; a wait that it has begun goes on."""
        await self.call("end_fault", fault=fault)

    async def clear_faults(self) -> None:
        """Takes all orders back and ends all waits."""
        await self.call("clear_faults")

    async def counters(self) -> dict[str, Any]:
        """`requests` by account and method, `unknown_methods`, `sessions_used_twice`, `flood_violations`."""
        counters: dict[str, Any] = await self.call("counters")
        return counters

    async def set_duplicates(self, mode: DuplicateMode) -> None:
        """How a repeated `random_id` is answered."""
        await self.call("set_duplicates", mode=mode)

    async def revoke(self, account: str) -> None:
        """Ends all sessions of the account."""
        await self.call("revoke", account=account)

    async def disconnect(self, account: str | None = None) -> None:
        """Cuts the account's connections, or all."""
        await self.call("disconnect", account=account)

    async def pause(self) -> None:
        """Executes no request until `resume`."""
        await self.call("pause")

    async def resume(self) -> None:
        """Ends `pause`."""
        await self.call("resume")
