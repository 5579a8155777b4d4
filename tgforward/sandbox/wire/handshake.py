"""The exchange that gives client and server a common auth key.

Source: core.telegram.org/mtproto/auth_key
"""

import os
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1

from telethon.crypto import AES, AuthKey
from telethon.crypto.rsa import get_byte_array
from telethon.extensions import BinaryReader
from telethon.helpers import generate_key_data_from_nonce
from telethon.tl import functions, types

from tgforward.sandbox.dh import DH_PRIME, G
from tgforward.sandbox.keys import ServerKey
from tgforward.sandbox.tl import Tl

P, Q = 65_537, 65_539
"""Small on purpose: clients factorise the product in under a millisecond."""


class BrokenHandshake(Exception):
    """The client sent something that does not belong here; the connection must end."""


@dataclass(slots=True)
class Exchange:
    """What the server remembers between the client's three messages."""

    nonce: int
    server_nonce: int
    new_nonce: int = 0
    secret: int = 0


class Handshake:
    """The server's side of the exchange on one connection; `on_key` receives the finished key."""

    def __init__(self, key: ServerKey, on_key: Callable[[bytes], None]) -> None:
        self._key = key
        self._on_key = on_key
        self._exchange = Exchange(0, 0)

    def answer(self, packet: bytes) -> bytes:
        """The plain packet that answers the client's plain packet.

        Raises:
            BrokenHandshake: the packet is none of the three messages.
        """
        (length,) = struct.unpack_from("<i", packet, 16)
        body = bytes(self._respond(_parse(packet[20 : 20 + length])))
        message_id = int(time.time() * 2**32) & ~3 | 1
        return struct.pack("<qqi", 0, message_id, len(body)) + body

    def _respond(self, request: Tl) -> Tl:
        match request:
            case functions.ReqPqMultiRequest() | functions.ReqPqRequest():
                return self._offer(request)
            case functions.ReqDHParamsRequest() if request.server_nonce == self._exchange.server_nonce:
                return self._parameters(request)
            case functions.SetClientDHParamsRequest() if request.server_nonce == self._exchange.server_nonce:
                return self._finish(request)
        raise BrokenHandshake(f"unexpected {type(request).__name__}")

    def _offer(self, request: Tl) -> Tl:
        server_nonce = int.from_bytes(os.urandom(16), "big", signed=True)
        self._exchange = Exchange(request.nonce, server_nonce)
        pq = (P * Q).to_bytes(8, "big")
        return types.ResPQ(request.nonce, server_nonce, pq, [self._key.fingerprint])

    def _parameters(self, request: Tl) -> Tl:
        exchange = self._exchange
        block = self._key.decrypt(request.encrypted_data)
        inner = _parse(block[20:])
        if sha1(bytes(inner), usedforsecurity=False).digest() != block[:20]:
            raise BrokenHandshake("the inner data does not fit its hash")
        exchange.new_nonce = inner.new_nonce
        exchange.secret = secrets.randbits(256) | 1 << 255
        answer = bytes(
            types.ServerDHInnerData(
                nonce=exchange.nonce,
                server_nonce=exchange.server_nonce,
                g=G,
                dh_prime=get_byte_array(DH_PRIME),
                g_a=get_byte_array(pow(G, exchange.secret, DH_PRIME)),
                server_time=int(time.time()),
            )
        )
        hashed = sha1(answer, usedforsecurity=False).digest() + answer
        encrypted = AES.encrypt_ige(hashed, *self._nonce_key())
        return types.ServerDHParamsOk(exchange.nonce, exchange.server_nonce, encrypted)

    def _finish(self, request: Tl) -> Tl:
        exchange = self._exchange
        plain = AES.decrypt_ige(request.encrypted_data, *self._nonce_key())
        g_b = int.from_bytes(_parse(plain[20:]).g_b, "big")
        # Without leading zeroes, as Telethon keeps it: otherwise one hash in 256 is wrong for the client.
        key = AuthKey(get_byte_array(pow(g_b, exchange.secret, DH_PRIME)))
        self._on_key(key.key)
        return types.DhGenOk(exchange.nonce, exchange.server_nonce, key.calc_new_nonce_hash(exchange.new_nonce, 1))

    def _nonce_key(self) -> tuple[bytes, bytes]:
        key, vector = generate_key_data_from_nonce(self._exchange.server_nonce, self._exchange.new_nonce)
        return key, vector


def _parse(data: bytes) -> Tl:
    with BinaryReader(data) as reader:
        return reader.tgread_object()
