"""The sandbox: a Telegram server on loopback, in this process."""

import asyncio
from types import TracebackType
from typing import Self

from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from tgforward.sandbox.call import DuplicateMode, Facts, MissingReplyMode
from tgforward.sandbox.calls import Calls
from tgforward.sandbox.dispatch import Dispatcher
from tgforward.sandbox.faults import Faults
from tgforward.sandbox.journal import JournalEntry
from tgforward.sandbox.keys import ServerKey, generate_key
from tgforward.sandbox.pushing import Pusher
from tgforward.sandbox.standing import StandingMessage, standing_messages
from tgforward.sandbox.wire.connection import Connection
from tgforward.sandbox.wire.handshake import Handshake
from tgforward.sandbox.wire.logins import REVOKED, Logins
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World

API_ID = 12345
API_HASH = "0123456789abcdef0123456789abcdef"


class Sandbox:
    """Serves `world` on `host:port` (0: any free port) while its `async with` block runs.

    `overlap_s`: a session counts as used twice when a second connection begins within that time after the first one's
    last message, or whenever the first one speaks again beside the second.
    """

    def __init__(
        self,
        world: World,
        *,
        key: ServerKey | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        api_id: int = API_ID,
        api_hash: str = API_HASH,
        duplicates: DuplicateMode = "original",
        latency_ms: float = 0,
        overlap_s: float = 1.0,
    ) -> None:
        self.world = world
        self.faults = Faults()
        self.facts = Facts(host, port, world.dc_id, api_id, api_hash, duplicates)
        self._key = key or generate_key()
        self._logins = Logins(overlap_s)
        self._dispatcher = Dispatcher(world, self._logins, self.faults, self.facts)
        self._calls = Calls(self._dispatcher, self._note_end, latency_s=latency_ms / 1000)
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._pusher = Pusher(world, self._connections, self._calls)
        self._server: asyncio.Server | None = None
        self._crash: BaseException | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._serve, self.facts.host, self.facts.port)
        self.facts.port = self._server.sockets[0].getsockname()[1]
        self.world.store.listen(self._pusher.push)

    async def stop(self) -> None:
        """Closes every connection; the world stays as it is. Raises what broke the sandbox itself, if anything did."""
        if self._server is None:
            return
        self.world.store.unlisten(self._pusher.push)
        self._server.close()
        await self._calls.stop()
        for connection, task in list(self._connections.items()):
            await connection.stop()
            await asyncio.gather(task, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
        if self._crash is not None:
            raise self._crash

    @property
    def host(self) -> str:
        """The address that the server listens on."""
        return self.facts.host

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return self.facts.port

    @property
    def dc_id(self) -> int:
        """The data centre that the server says it is."""
        return self.facts.dc_id

    @property
    def api_id(self) -> int:
        """The only application that the server accepts."""
        return self.facts.api_id

    @property
    def api_hash(self) -> str:
        """What belongs to `api_id`."""
        return self.facts.api_hash

    @property
    def public_key_pem(self) -> str:
        """The server's public key, PKCS#1."""
        return self._key.public_pem

    @property
    def unknown_methods(self) -> list[str]:
        """Methods that were called and are not implemented."""
        return self._dispatcher.unknown_methods

    @property
    def sessions_used_twice(self) -> int:
        """How many sessions were destroyed because two connections used them at once."""
        return self._logins.used_twice

    @property
    def flood_violations(self) -> int:
        """How many requests came from an account before its flood wait was over."""
        return self.faults.violations

    def session_string(self, account: Account) -> str:
        """A new log-in of `account`, as the text of a Telethon StringSession; each call makes another session."""
        session = StringSession()
        session.set_dc(self.dc_id, self.host, self.port)
        session.auth_key = AuthKey(self._logins.create(account))
        text: str = session.save()
        return text

    def login_code(self, account: Account) -> str:
        """The code that `auth.sendCode` sends to `account`."""
        return account.code

    def revoke(self, account: Account) -> None:
        """Ends all sessions of `account`: requests are answered with SESSION_REVOKED."""
        for login in self._logins.of(account):
            login.refusal = REVOKED

    def disconnect(self, account: Account | None = None) -> None:
        """Cuts the connections of `account`, or all."""
        for connection in list(self._connections):
            if account is None or (connection.login is not None and connection.login.account is account):
                connection.cut()

    def set_duplicates(self, mode: DuplicateMode) -> None:
        """How a repeated `random_id` is answered: with the first message, or with RANDOM_ID_DUPLICATE."""
        self.facts.duplicates = mode

    def set_missing_replies(self, mode: MissingReplyMode) -> None:
        """How a reply to a missing message is answered: sent as no reply, or with REPLY_MESSAGE_ID_INVALID."""
        self.facts.missing_replies = mode

    def pause(self) -> None:
        """Executes no request until `resume`."""
        self._calls.pause()

    def resume(self) -> None:
        """Ends `pause`."""
        self._calls.resume()

    def requests(self, method: str | None = None, account: Account | None = None) -> int:
        """How many requests have arrived, such as of `messages.SendMessage` or of one account."""
        return self._dispatcher.requests(method, account)

    async def arrived(self, method: str | None = None, account: Account | None = None, *, count: int = 1) -> None:
        """Returns once `count` requests in all have arrived; put a time limit around it."""
        await self._dispatcher.arrived(method, account, count)

    def request_counts(self) -> dict[str, dict[str, int]]:
        """Requests by account name and method."""
        return self._dispatcher.counts()

    def journal(self, chat: Chat) -> list[JournalEntry]:
        """Everything ever stored in `chat`, in order."""
        return self.world.store.journal(chat)

    def messages(self, chat: Chat) -> list[StandingMessage]:
        """What stands in `chat` now, oldest first."""
        return standing_messages(chat)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(
            reader, writer, self._logins, lambda on_key: Handshake(self._key, on_key), self._calls.begin
        )
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(self._note_end)
        self._connections[connection] = task
        try:
            await connection.run()
        finally:
            await connection.stop()
            del self._connections[connection]

    def _note_end(self, task: asyncio.Task[None]) -> None:
        # A method that fails must not look like a lost connection, which clients would repair for ever.
        error = None if task.cancelled() else task.exception()
        if error is not None and self._crash is None:
            self._crash = error
            if self._server is not None:
                self._server.close()
            self.disconnect()
