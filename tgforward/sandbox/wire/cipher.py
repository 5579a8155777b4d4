"""MTProto 2.0 encryption of messages, seen from the server.

Source: core.telegram.org/mtproto/description
"""

import os
import struct
from dataclasses import dataclass
from hashlib import sha256

from telethon.crypto import AES

FROM_CLIENT, FROM_SERVER = 0, 8


@dataclass(frozen=True, slots=True)
class Envelope:
    """One decrypted message of the client, possibly a container."""

    salt: int
    session_id: int
    message_id: int
    seq_no: int
    body: bytes


class BrokenCipher(Exception):
    """The message was not encrypted with the key that it names."""


def derive(auth_key: bytes, message_key: bytes, direction: int) -> tuple[bytes, bytes]:
    """AES key and vector for one message."""
    a = sha256(message_key + auth_key[direction : direction + 36]).digest()
    b = sha256(auth_key[direction + 40 : direction + 76] + message_key).digest()
    return a[:8] + b[8:24] + a[24:], b[:8] + a[8:24] + b[24:]


def message_key(auth_key: bytes, plain: bytes, direction: int) -> bytes:
    """The 16 bytes that prove the plain text."""
    return sha256(auth_key[88 + direction : 120 + direction] + plain).digest()[8:24]


def open_packet(auth_key: bytes, packet: bytes) -> Envelope:
    """Decrypts a packet `key id, message key, cipher text` of a client.

    Raises:
        BrokenCipher: the proof does not fit.
    """
    proof = packet[8:24]
    if len(packet) < 72 or len(packet[24:]) % 16:
        raise BrokenCipher("wrong length")
    plain = AES.decrypt_ige(packet[24:], *derive(auth_key, proof, FROM_CLIENT))
    if message_key(auth_key, plain, FROM_CLIENT) != proof:
        raise BrokenCipher("wrong message key")
    salt, session_id, message_id, seq_no, length = struct.unpack_from("<qqqii", plain)
    if not 0 <= length <= len(plain) - 32:
        raise BrokenCipher("wrong inner length")
    return Envelope(salt, session_id, message_id, seq_no, plain[32 : 32 + length])


def seal_packet(auth_key: bytes, key_id: int, envelope: Envelope) -> bytes:
    """Encrypts a message of the server."""
    head = struct.pack(
        "<qqqii", envelope.salt, envelope.session_id, envelope.message_id, envelope.seq_no, len(envelope.body)
    )
    plain = head + envelope.body
    plain += os.urandom(-(len(plain) + 12) % 16 + 12)
    proof = message_key(auth_key, plain, FROM_SERVER)
    return struct.pack("<Q", key_id) + proof + AES.encrypt_ige(plain, *derive(auth_key, proof, FROM_SERVER))
