"""One connection of one session; every request to Telegram goes through `Connection.call`."""

import asyncio
import logging
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telethon import TelegramClient
from telethon.sessions import StringSession
from telethon.tl import functions, types

from tgforward import __version__
from tgforward.errors import AccountRevoked, ConnectionLost, TgforwardError
from tgforward.metrics.requests import RequestMetrics
from tgforward.telegram.border import translated
from tgforward.telegram.chain import Chain
from tgforward.telegram.guard import Guard as Guard  # part of the signatures here
from tgforward.telegram.guard import allow, guarded_tcp
from tgforward.telegram.server import TelegramServer, trust

HANDSHAKE_TIMEOUT = timedelta(seconds=15)  # Telethon itself has no limit
CALL_TIMEOUT = timedelta(seconds=30)  # nor has a request on its answer
_RETRIES = 2  # further connection attempts before what is under way fails as ConnectionLost
_RETRY_DELAY_S = 0.5


class Connection:
    """A session's connection; opened once, closed once, never shared between processes."""

    def __init__(
        self,
        session: str,
        *,
        api_id: int,
        api_hash: str,
        server: TelegramServer | None = None,
        guard: Guard | None = None,
        gate: Guard | None = None,
        call_timeout: timedelta = CALL_TIMEOUT,
        handshake_timeout: timedelta = HANDSHAKE_TIMEOUT,
        metrics: RequestMetrics | None = None,
        must_be_logged_in: bool = True,
    ) -> None:
        self.requests: Counter[str] = Counter()
        """How often each method was called, such as `messages.getHistory`."""
        self._session = session
        self._must_be_logged_in = must_be_logged_in and bool(session)
        self._api = (api_id, api_hash)
        self._server = server
        self._guard = guard or allow
        self._gate = gate or allow
        self._call_timeout = call_timeout
        self._handshake_timeout = handshake_timeout
        self._metrics = metrics or RequestMetrics()
        self._client: TelegramClient | None = None
        self._opening = asyncio.Lock()
        self._waiting: set[asyncio.Future[Any]] = set()
        self._heed: Callable[[Any], None] | None = None
        self._listens: TelegramClient | None = None

    @property
    def client(self) -> TelegramClient:
        """Telethon's own client, for what needs its high-level methods; use it inside `border`."""
        if self._client is None:
            raise ConnectionLost("The connection to Telegram is not open")
        return self._client

    @property
    def is_open(self) -> bool:
        """Whether requests can be sent; a connection that is being repaired counts as open."""
        return self._client is not None and bool(self._client.is_connected())

    @property
    def is_listening(self) -> bool:
        """Whether Telegram was asked for live updates since the connection was made."""
        return self._client is not None and self._listens is self._client

    @property
    def session(self) -> str:
        """The session as a string that opens it again; a secret."""
        return str(self.client.session.save())

    async def open(self) -> None:
        """Connect, and check that the session (if there is one, and unless a log-in goes on with it) is logged in.

        Raises:
            ConnectionLost: no server, no answer, or a server with the wrong key.
            AccountRevoked: the session is no longer valid.
            ApiIdInvalid: the server does not know the application.
        """
        async with self._opening:
            if self.is_open:
                return
            await self.close()
            self._client = await self._build_client()
            try:
                await self._connect(self._client)
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        """Disconnect; a cancelled close still disconnects in the background. Harmless when not open."""
        client, self._client = self._client, None
        if client is not None:
            await client.disconnect()  # Telethon shields it

    async def call(self, request: Any, *, timeout: timedelta | None = None) -> Any:  # noqa: ASYNC109  # a default to override
        """Telegram's answer to one request, which is sent once: no retry and no sleep is hidden here.

        A connection that was lost for good is opened anew first.

        Raises:
            TelegramError: the request was refused, or (ConnectionLost) may or may not have been executed.
        """
        if self._client is not None and not self.is_open:
            await self.open()
        return await self._send(request, timeout)

    async def listen(self, heed: Callable[[Any], None]) -> None:
        """Have what Telegram pushes told to `heed`; None tells that something may have been lost before.

        Raises:
            TelegramError: the request for it was refused.
        """
        self._heed = heed
        await self._subscribe()

    async def _subscribe(self) -> None:
        client = self.client
        client._sender._updates_queue = _Ear(self._hear)  # noqa: SLF001  # pinned below 1.46
        client._sender._auto_reconnect_callback = self._subscribe_again  # noqa: SLF001
        await self._send(functions.updates.GetStateRequest(), wants_updates=True)
        self._listens = client
        self._hear(None)

    async def _subscribe_again(self) -> None:
        """The connection was lost and is back; if Telegram refuses, whoever runs next asks again."""
        self._listens = None
        with suppress(TgforwardError):
            await self._subscribe()

    def _hear(self, updates: Any) -> None:
        if self._heed is not None:
            self._heed(updates)

    async def call_in_order(self, requests: Sequence[Any]) -> Chain:
        """Send requests together; each is executed after the one before it, and not at all if that one fails.

        Raises:
            TelegramError: nothing was sent.
        """
        if self._client is not None and not self.is_open:
            await self.open()
        self._admit()
        methods = [method_name(request) for request in requests]
        self.requests.update(methods)
        async with translated(methods[0], self._call_timeout):
            wrapped = [functions.InvokeWithoutUpdatesRequest(request) for request in requests]
            answers = self.client._sender.send(wrapped, ordered=True)  # noqa: SLF001  # as in `_send`
        for answer in answers:
            self._waiting.add(answer)
            answer.add_done_callback(self._waiting.discard)
        return Chain(methods, answers, self._call_timeout, self._metrics)

    async def _send(
        self,
        request: Any,
        timeout: timedelta | None = None,  # noqa: ASYNC109  # a default to override
        *,
        wants_updates: bool = False,
    ) -> Any:
        method = method_name(request)
        async with self.border(method, timeout=timeout):
            # Telethon's own __call__ sleeps 2 s on every 500 and repeats it, and remembers flood waits per method.
            sender = self.client._sender  # noqa: SLF001  # the public way is described above; pinned below 1.46
            answer = sender.send(request if wants_updates else functions.InvokeWithoutUpdatesRequest(request))
            self._waiting.add(answer)
            try:
                return await answer
            finally:
                self._waiting.discard(answer)

    @asynccontextmanager
    async def border(self, method: str, *, timeout: timedelta | None = None) -> AsyncIterator[None]:  # noqa: ASYNC109
        """What every request needs: guard and gate first, a count, a time limit, and our errors, not Telethon's.

        The guard also stops what Telethon sends by itself; the gate holds back new requests only.
        """
        self._admit()
        self.requests[method] += 1
        with self._metrics.measured(method):
            async with translated(method, timeout or self._call_timeout):
                yield

    def _admit(self) -> None:
        self._guard()
        self._gate()

    async def _build_client(self) -> TelegramClient:
        session = _parse(self._session)
        if self._server is not None:
            async with translated("getaddrinfo", self._handshake_timeout):
                session.set_dc(self._server.dc_id, await self._server.resolve(), self._server.port)
        return TelegramClient(
            session,
            *self._api,
            connection=guarded_tcp(self._guard),
            use_ipv6=":" in (session.server_address or ""),
            request_retries=1,
            raise_last_call_error=True,
            flood_sleep_threshold=0,
            connection_retries=_RETRIES,
            retry_delay=_RETRY_DELAY_S,
            device_model="tgforward",
            app_version=__version__,
            base_logger=_silent_logger(),
            receive_updates=False,
        )

    async def _connect(self, client: TelegramClient) -> None:
        self._guard()
        trust(self._server)
        try:
            async with translated("initConnection", self._handshake_timeout):
                await client.connect()
                if self._must_be_logged_in:
                    _still_updates(client)
                client.disconnected.add_done_callback(self._give_up)
        except ConnectionLost as error:
            raise ConnectionLost(self._unreachable(error)) from error
        if self._must_be_logged_in:
            await self._require_log_in()

    def _give_up(self, disconnected: asyncio.Future[Any]) -> None:
        # Telethon fails what was sent, but forgets what waited to be sent.
        error = None if disconnected.cancelled() else disconnected.exception()
        for answer in list(self._waiting):
            if not answer.done():
                answer.set_exception(error or ConnectionError("the connection was closed"))

    async def _require_log_in(self) -> None:
        # connect() takes an answer of 401 for "not logged in yet" and says nothing: ask for the reason.
        if not await self.client.is_user_authorized():
            await self._send(functions.users.GetUsersRequest([types.InputUserSelf()]))
            raise AccountRevoked("The session is not logged in; log in again with `tgforward account login`")

    def _unreachable(self, error: ConnectionLost) -> str:
        where = f"the server at {self._server}" if self._server else "Telegram"
        cause = error.__cause__
        if isinstance(cause, ConnectionError) and "auth_key generation failed" in str(cause):
            return f"No secure connection to {where}: its key is not the one of TGFORWARD_TELEGRAM_PUBLIC_KEY"
        if isinstance(cause, TimeoutError):
            return f"No connection to {where}: it does not answer within {self._handshake_timeout.total_seconds():g} s"
        return f"No connection to {where}: check the network and TGFORWARD_TELEGRAM_SERVER"


@dataclass(frozen=True, slots=True)
class _Ear:
    """Stands where Telethon has a queue for its own loop."""

    hear: Callable[[Any], None]

    def put_nowait(self, updates: Any) -> None:
        self.hear(updates)


def _still_updates(client: TelegramClient) -> None:
    """End Telethon's own loop, which takes the answer to every send apart, and asks for what it misses unguarded."""
    client._sender._updates_queue = _Ear(lambda _updates: None)  # noqa: SLF001  # pinned below 1.46
    client._updates_handle.cancel()  # noqa: SLF001


@asynccontextmanager
async def open_connection(
    session: str, *, api_id: int, api_hash: str, server: TelegramServer | None = None, guard: Guard | None = None
) -> AsyncIterator[Connection]:
    """An open connection, closed at the end whatever happens."""
    connection = Connection(session, api_id=api_id, api_hash=api_hash, server=server, guard=guard)
    await connection.open()
    try:
        yield connection
    finally:
        await connection.close()


def method_name(request: Any) -> str:
    """The method as Telegram's documentation writes it, such as `messages.getHistory`."""
    namespace = type(request).__module__.removeprefix("telethon.tl.functions").lstrip(".")
    name = type(request).__name__.removesuffix("Request")
    name = name[:1].lower() + name[1:]
    return f"{namespace}.{name}" if namespace else name


def _parse(session: str) -> StringSession:
    try:
        return StringSession(session)
    except (ValueError, struct.error):
        # Neither the session nor the cause, which may quote it, is shown.
        raise AccountRevoked("The stored session is damaged; log in again with `tgforward account login`") from None


def _silent_logger() -> logging.Logger:
    # Telethon's warnings print whole requests and messages; what matters of them comes as errors.
    logger = logging.getLogger("tgforward.telegram.telethon")
    logger.setLevel(logging.CRITICAL)
    return logger
