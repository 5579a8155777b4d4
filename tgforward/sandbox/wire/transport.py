"""MTProto's TCP transports: full, abridged, intermediate. The client's first bytes say which.

Source: core.telegram.org/mtproto/mtproto-transports
"""

import asyncio
import struct
from typing import Protocol
from zlib import crc32

ABRIDGED_TAG = b"\xef"
INTERMEDIATE_TAG = b"\xee\xee\xee\xee"
LONGEST_PACKET_BYTES = 2**21


class BrokenTransport(Exception):
    """The bytes are no packet of the connection's transport; the connection must end."""


class Transport(Protocol):
    """Cuts a byte stream into packets."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """The next packet."""
        ...

    def frame(self, packet: bytes) -> bytes:
        """The packet as it goes over the wire."""
        ...


class Abridged:
    """One length byte, counted in words of four bytes."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """The next packet."""
        words = (await reader.readexactly(1))[0]
        if words == 127:
            words = int.from_bytes(await reader.readexactly(3), "little")
        return await reader.readexactly(_checked(words * 4))

    def frame(self, packet: bytes) -> bytes:
        """The packet behind its length."""
        words = len(packet) // 4
        head = bytes((words,)) if words < 127 else b"\x7f" + words.to_bytes(3, "little")
        return head + packet


class Intermediate:
    """Four length bytes."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """The next packet."""
        (length,) = struct.unpack("<i", await reader.readexactly(4))
        return await reader.readexactly(_checked(length))

    def frame(self, packet: bytes) -> bytes:
        """The packet behind its length."""
        return struct.pack("<i", len(packet)) + packet


class Full:
    """Length, sequence number and checksum around each packet."""

    def __init__(self, head: bytes) -> None:
        self._head = head  # read while the transport was not known yet
        self._sent = 0

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """The next packet."""
        head = self._head + await reader.readexactly(8 - len(self._head))
        self._head = b""
        (length,) = struct.unpack("<i", head[:4])
        rest = await reader.readexactly(_checked(length - 8))
        if crc32(head + rest[:-4]) != int.from_bytes(rest[-4:], "little"):
            raise BrokenTransport("wrong checksum")
        return rest[:-4]

    def frame(self, packet: bytes) -> bytes:
        """The packet between its length, number and checksum."""
        framed = struct.pack("<ii", len(packet) + 12, self._sent) + packet
        self._sent += 1
        return framed + struct.pack("<I", crc32(framed))


def _checked(length: int) -> int:
    if not 4 <= length <= LONGEST_PACKET_BYTES:
        raise BrokenTransport("impossible packet length")
    return length


async def detect_transport(reader: asyncio.StreamReader) -> Transport:
    """The transport that the client's first bytes announce."""
    first = await reader.readexactly(1)
    if first == ABRIDGED_TAG:
        return Abridged()
    first += await reader.readexactly(3)
    if first == INTERMEDIATE_TAG:
        return Intermediate()
    return Full(first)
