"""One TCP connection of a client, from its first byte to its last."""

import asyncio
import socket
import struct
from collections.abc import Callable

from telethon.tl import functions, types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.wire.cipher import BrokenCipher, open_packet
from tgforward.sandbox.wire.handshake import BrokenHandshake, Handshake
from tgforward.sandbox.wire.logins import Login, Logins
from tgforward.sandbox.wire.outbox import ANSWER, NOTIFICATION, Outbox
from tgforward.sandbox.wire.service import SILENT, answer_service
from tgforward.sandbox.wire.transport import BrokenTransport, Transport, detect_transport
from tgforward.sandbox.wire.unwrap import Message, unpack

UNKNOWN_KEY = struct.pack("<i", -404)
WRONG_SALT = 48
TCP_ESTABLISHED = 1
ENDINGS = (
    asyncio.IncompleteReadError,
    ConnectionError,
    TimeoutError,
    BrokenTransport,
    BrokenCipher,
    BrokenHandshake,
    struct.error,
)
"""The other side is gone or talks nonsense: either way the connection is over."""


class Connection:
    """Reads packets, answers handshakes and service messages, hands requests to `on_request`."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        logins: Logins,
        make_handshake: Callable[[Callable[[bytes], None]], Handshake],
        on_request: "Callable[[Connection, Message], None]",
    ) -> None:
        self.login: Login | None = None
        self.wants_updates = False
        self._reader = reader
        self._writer = writer
        self._logins = logins
        self._handshake = make_handshake(self._on_key)
        self._on_request = on_request
        self._transport: Transport | None = None
        self._outbox: Outbox | None = None

    def is_open(self) -> bool:
        """Whether both sides still hold the connection, as far as the operating system knows."""
        if self._writer.is_closing() or self._reader.at_eof():
            return False
        connection = self._writer.get_extra_info("socket")
        option = getattr(socket, "TCP_INFO", None)  # Linux: an end that is not read yet shows in the state
        return option is None or connection.getsockopt(socket.IPPROTO_TCP, option, 1)[0] == TCP_ESTABLISHED

    async def run(self) -> None:
        """Serves the connection until it ends."""
        try:
            self._transport = await detect_transport(self._reader)
            while not self._writer.is_closing():
                self._receive(await self._transport.read(self._reader))
                await self._writer.drain()
        except ENDINGS:
            self._writer.close()
        finally:
            if self.login is not None:
                self._logins.release(self.login, self)

    async def stop(self) -> None:
        """Ends the connection."""
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()  # a client that does not read would keep a close waiting for ever
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    def cut(self) -> None:
        """Breaks the connection off without a word."""
        self._writer.transport.abort()

    def answer(self, body: bytes) -> None:
        """Sends the answer to a request."""
        self._send(body, ANSWER, is_content=True)

    def notify(self, update: Tl) -> None:
        """Sends what the client did not ask for."""
        self._send(bytes(update), NOTIFICATION, is_content=True)

    def _receive(self, packet: bytes) -> None:
        (key_id,) = struct.unpack_from("<Q", packet)
        if key_id == 0:
            self._write(self._handshake.answer(packet))
            return
        login = self._logins.find(key_id)
        if login is None:
            self._write(UNKNOWN_KEY)
            self._writer.close()
            return
        envelope = open_packet(login.keys[key_id], packet)
        if self._outbox is None or self._outbox.session_id != envelope.session_id:
            self.login, self._outbox = login, Outbox(login, key_id, envelope.session_id)
        if envelope.salt != login.salt:
            bad = types.BadServerSalt(envelope.message_id, envelope.seq_no, WRONG_SALT, login.salt)
            self._send(bytes(bad), NOTIFICATION, is_content=False)
            return
        self._logins.use(login, self)
        for message in unpack(envelope.message_id, envelope.seq_no, envelope.body):
            self._handle(login, message)

    def _handle(self, login: Login, message: Message) -> None:
        if isinstance(message.content, SILENT):
            return
        if isinstance(message.content, functions.DestroyAuthKeyRequest):
            self._send(bytes(types.DestroyAuthKeyOk()), ANSWER, is_content=False)
            self._logins.forget(login)
            return
        reply = answer_service(message.id, message.content, login)
        if reply is not None:
            self._send(bytes(reply), ANSWER, is_content=False)
        else:
            self._on_request(self, message)

    def _send(self, body: bytes, kind: int, *, is_content: bool) -> None:
        if self._outbox is not None:
            self._write(self._outbox.seal(body, kind, is_content=is_content))

    def _write(self, packet: bytes) -> None:
        if self._transport is not None and not self._writer.is_closing():
            self._writer.write(self._transport.frame(packet))

    def _on_key(self, key: bytes) -> None:
        self._logins.add(key)
