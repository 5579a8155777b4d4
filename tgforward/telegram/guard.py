"""The last word on every byte that is sent: may this process still use the session?"""

from collections.abc import Callable

from telethon.network import ConnectionTcpFull

Guard = Callable[[], None]
"""Called before anything is sent; raises when this process may not use the session any more."""


def guarded_tcp(guard: Guard) -> type[ConnectionTcpFull]:
    """Telethon's TCP transport, which connects and writes only while the guard lets it."""

    class GuardedTcp(ConnectionTcpFull):
        """Telethon's transport; what it repeats after a reconnect, and its pings, pass the guard too."""

        async def _connect(self, timeout: float | None = None, ssl: object = None) -> None:  # noqa: ASYNC109  # overrides
            _as_connection_error(guard)
            await super()._connect(timeout=timeout, ssl=ssl)

        def _send(self, data: bytes) -> None:
            _as_connection_error(guard)
            super()._send(data)

    return GuardedTcp


def _as_connection_error(guard: Guard) -> None:
    try:
        guard()
    except Exception as error:
        raise ConnectionError("this process may not use the session any more") from error


def allow() -> None:
    """The guard of a session that nobody else can use."""
