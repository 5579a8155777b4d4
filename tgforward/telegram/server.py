"""Which MTProto server is spoken to, and by whose key it is recognised."""

import asyncio
import socket
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from telethon.crypto import rsa

from tgforward.errors import InvalidSettings
from tgforward.settings import EXAMPLES, Settings

TELEGRAM_KEYS = MappingProxyType(dict(rsa._server_keys))  # noqa: SLF001  # Telethon has no accessor; pinned below 1.46
"""Telegram's own keys as Telethon ships them, by fingerprint."""


@dataclass(frozen=True, slots=True)
class TelegramServer:
    """A server other than Telegram's; without a key of its own it must answer with one of Telegram's."""

    host: str
    port: int
    dc_id: int = 2
    public_key_pem: str | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    async def resolve(self) -> str:
        """The IP address of `host`; IPv4 is preferred.

        Raises:
            OSError: the name does not resolve.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = sorted(str(address[0]) for _, _, _, _, address in found)
        return next((address for address in addresses if ":" not in address), addresses[0])


def from_settings(settings: Settings) -> TelegramServer | None:
    """The server that the settings name; None means Telegram itself.

    Raises:
        InvalidSettings: a server without a key, or a key that cannot be used.
    """
    if settings.telegram_server is None:
        return None
    if settings.telegram_public_key is None:
        raise _key_is("not set, though TGFORWARD_TELEGRAM_SERVER names a server other than Telegram's")
    host, port = settings.telegram_server
    return TelegramServer(host, port, settings.telegram_dc_id, _read_key(settings.telegram_public_key))


def trust(server: TelegramServer | None) -> None:
    """Make the next handshake accept the keys of `server` and no others.

    Telethon keeps one table for the whole process, so a process speaks to one kind of server at a time.
    """
    table = rsa._server_keys  # noqa: SLF001  # Telethon can add keys, not take them away
    table.clear()
    if server is None or server.public_key_pem is None:
        table.update(TELEGRAM_KEYS)
    else:
        rsa.add_key(_to_pkcs1(server.public_key_pem), old=False)


def _read_key(path: Path) -> str:
    try:
        pem = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no text"
        raise _key_is(f"wrong: {path} cannot be read ({reason})") from error
    try:
        _to_pkcs1(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _key_is(f"wrong: {path} holds no RSA public key of 2048 bits in PEM") from error
    return pem


def _to_pkcs1(pem: str) -> bytes:
    key = load_pem_public_key(pem.encode("ascii"))
    if not isinstance(key, RSAPublicKey) or key.key_size != 2048:
        raise ValueError("an RSA key of 2048 bits is needed")
    return key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)


def _key_is(what: str) -> InvalidSettings:
    return InvalidSettings(
        f"TGFORWARD_TELEGRAM_PUBLIC_KEY is {what}: set it to the server's public key, "
        f"for example {EXAMPLES['telegram_public_key']}"
    )
