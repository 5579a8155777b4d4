"""Around everything: streams, which would go on for minutes, end with the process."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GONE: Message = {"type": "http.disconnect"}
LAST: Message = {"type": "http.response.body", "body": b"", "more_body": False}


@dataclass(slots=True)
class Ending:
    """Tells whoever waits for nothing but the end of its request that it has come; other requests are finished."""

    app: ASGIApp
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        """The process ends."""
        self._ended.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete an answer that was broken off."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        await self.app(scope, _until(self._ended, receive), answer.send)
        if self._ended.is_set() and answer.is_open:
            await send(LAST)


@dataclass(slots=True)
class _Answer:
    """An answer under way."""

    pass_on: Send
    is_open: bool = False

    async def send(self, message: Message) -> None:
        self.is_open = message["type"] == "http.response.start" or bool(message.get("more_body"))
        await self.pass_on(message)


def _until(ended: asyncio.Event, receive: Receive) -> Receive:
    """Receives the request, and behind it the client's end or ours, whichever comes first."""
    is_read = False

    async def receive_or_end() -> Message:
        nonlocal is_read
        if is_read:
            return await _first(receive, ended)
        message = await receive()
        is_read = not message.get("more_body")
        return message

    return receive_or_end


async def _first(receive: Callable[[], Awaitable[Message]], ended: asyncio.Event) -> Message:
    tasks = asyncio.ensure_future(receive()), asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return GONE if ended.is_set() else tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
