"""Is there anything new? One request answers for a hundred chats, however many ask."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from telethon import utils
from telethon.tl import functions, types

from tgforward.clock import Clock, SystemClock
from tgforward.errors import AccountRevoked, ApiIdInvalid, BotCannotRead, PermanentError, TelegramError
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer, input_peer
from tgforward.telegram.reading import fetch_top
from tgforward.types import ChatId, MessageId

PEERS_PER_REQUEST = 100  # more are silently cut off (Telethon issue 3059)


@dataclass(frozen=True, slots=True)
class ChatState:
    """What a chat has come to."""

    top: MessageId
    """The id of its newest message; 0 in an empty chat."""
    pts: int | None = None
    """How many changes it has counted; None outside of channels and supergroups, which count none."""


Answer = ChatState | TelegramError
"""The state of a chat, or why it is not known."""


class Surroundings(Protocol):
    """What else is of interest to whoever asks on a connection."""

    def enter(self) -> None:
        """Called before each request; raises a TransientError where it is too early for one."""
        ...

    def due(self, places: int, taken: Collection[ChatId]) -> Sequence[Peer]:
        """At most so many further chats that a request may ask for on its way."""
        ...

    def learn(self, chat_id: ChatId, state: ChatState, asked_at: datetime) -> None:
        """Told of each answer."""
        ...


@dataclass(eq=False, slots=True)
class _Batch:
    """Those who ask within one short while, and the task that answers them."""

    peers: dict[ChatId, Peer] = field(default_factory=dict)
    answers: "asyncio.Task[Mapping[ChatId, Answer]] | None" = None


class TopMessages:
    """The newest ids of chats on one connection.

    Calls made within a few ms share their requests, and so do calls for a chat that is being asked for. Places that
    are left in a request are given to chats that `around` is interested in.
    """

    def __init__(
        self,
        conn: Connection,
        *,
        gather: timedelta = timedelta(milliseconds=5),
        around: Surroundings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._conn = conn
        self._gather = gather
        self._around = around
        self._clock = clock or SystemClock()
        self._open: _Batch | None = None
        self._asked: dict[ChatId, _Batch] = {}
        self._tasks: set[asyncio.Task[Mapping[ChatId, Answer]]] = set()

    async def top(self, peer: Peer) -> MessageId:
        """The id of the chat's newest message; 0 in an empty chat. Errors as of `state`."""
        return (await self.state(peer)).top

    async def state(self, peer: Peer) -> ChatState:
        """What the chat has come to.

        Raises:
            TelegramError: what Telegram said of this chat, or of the request as a whole.
        """
        batch = self._asked.get(peer.chat_id)
        if batch is None:
            batch = self._open or self._start()
            self._add(batch, [peer])
        assert batch.answers is not None
        # One cancelled asker must not take the answer from the others.
        answer = (await asyncio.shield(batch.answers))[peer.chat_id]
        if isinstance(answer, TelegramError):
            raise answer
        return answer

    def forget(self, chat_id: ChatId) -> None:
        """Who asks for the chat from now on wants a new answer, not one that is on its way."""
        self._asked.pop(chat_id, None)

    async def close(self) -> None:
        """Give up what is under way; its askers are cancelled."""
        self._open = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self) -> _Batch:
        batch = self._open = _Batch()
        batch.answers = asyncio.get_running_loop().create_task(self._answer(batch))
        self._tasks.add(batch.answers)
        batch.answers.add_done_callback(self._forget)
        return batch

    def _forget(self, task: "asyncio.Task[Mapping[ChatId, Answer]]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # read it, in case that nobody waits any more

    async def _answer(self, batch: _Batch) -> Mapping[ChatId, Answer]:
        try:
            await asyncio.sleep(self._gather.total_seconds())
        finally:
            self._open = None
        if self._around is not None:
            places = -len(batch.peers) % PEERS_PER_REQUEST
            self._add(batch, self._around.due(places, batch.peers.keys()))
        try:
            return await self._answer_in_parts(batch, list(batch.peers.values()))
        finally:
            for chat_id in batch.peers:
                if self._asked.get(chat_id) is batch:
                    del self._asked[chat_id]

    async def _answer_in_parts(self, batch: _Batch, peers: Sequence[Peer]) -> Mapping[ChatId, Answer]:
        answers: dict[ChatId, Answer] = {}
        for start in range(0, len(peers), PEERS_PER_REQUEST):
            asked_at = self._clock.now()
            part = await self._ask(peers[start : start + PEERS_PER_REQUEST])
            self._tell(batch, part, asked_at)
            answers |= part
        return answers

    def _add(self, batch: _Batch, peers: Iterable[Peer]) -> None:
        for peer in peers:
            batch.peers[peer.chat_id] = peer
            self._asked[peer.chat_id] = batch

    def _tell(self, batch: _Batch, answers: Mapping[ChatId, Answer], asked_at: datetime) -> None:
        for chat_id, answer in answers.items():
            if self._around is not None and self._asked.get(chat_id) is batch and isinstance(answer, ChatState):
                self._around.learn(chat_id, answer, asked_at)

    async def _ask(self, peers: Sequence[Peer]) -> Mapping[ChatId, Answer]:
        try:
            found = await self._ask_together(peers)
        except PermanentError as error:
            if isinstance(error, AccountRevoked | ApiIdInvalid | BotCannotRead):
                raise
            return await self._ask_halves(peers)
        missing = [peer for peer in peers if peer.chat_id not in found or not found[peer.chat_id].top]
        alone = {peer.chat_id: await self._ask_alone(peer, found.get(peer.chat_id)) for peer in missing}
        return {**found, **alone}

    async def _ask_halves(self, peers: Sequence[Peer]) -> Mapping[ChatId, Answer]:
        """Telegram refuses the whole request for one bad chat: find it in few requests."""
        if len(peers) == 1:
            return {peers[0].chat_id: await self._ask_alone(peers[0])}
        middle = len(peers) // 2
        return {**await self._ask(peers[:middle]), **await self._ask(peers[middle:])}

    async def _ask_together(self, peers: Sequence[Peer]) -> Mapping[ChatId, ChatState]:
        if self._around is not None:
            self._around.enter()
        wanted = [types.InputDialogPeer(input_peer(peer)) for peer in peers]
        answer = await self._conn.call(functions.messages.GetPeerDialogsRequest(wanted))
        dialogs = [dialog for dialog in answer.dialogs if isinstance(dialog, types.Dialog)]
        return {ChatId(utils.get_peer_id(dialog.peer)): _state(dialog) for dialog in dialogs}

    async def _ask_alone(self, peer: Peer, dialog: ChatState | None = None) -> Answer:
        try:
            return ChatState(await fetch_top(self._conn, peer), dialog.pts if dialog else None)
        except PermanentError as error:
            return error


def _state(dialog: types.Dialog) -> ChatState:
    return ChatState(MessageId(dialog.top_message), dialog.pts)
