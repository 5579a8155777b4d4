"""What Telethon's TL classes leave out: results that are no object, and bytes that are serialised once."""

import gzip
import struct
from typing import Any, TypeAlias

from telethon.tl import TLObject

Tl: TypeAlias = Any
"""An object of Telethon's TL classes, which publish no types."""

TRUE = struct.pack("<I", 0x997275B5)
FALSE = struct.pack("<I", 0xBC799737)
VECTOR = 0x1CB5C415
RPC_RESULT = 0xF35C6D01
GZIP_PACKED = 0x3072CFA1
GZIP_ABOVE_BYTES = 32_768  # below it packing costs more time than loopback does


class Raw:
    """An object that was serialised before; takes the place of a TL object inside another one."""

    __slots__ = ("data",)

    def __init__(self, tl: Tl) -> None:
        self.data = bytes(tl)

    def _bytes(self) -> bytes:
        return self.data

    def __bytes__(self) -> bytes:
        return self.data


def serialise(result: Tl) -> bytes:
    """The bytes of what a method answers: an object, a bool, or a list of objects."""
    if isinstance(result, bool):
        return TRUE if result else FALSE
    if isinstance(result, list):
        return struct.pack("<Ii", VECTOR, len(result)) + b"".join(bytes(item) for item in result)
    return bytes(result)


def rpc_result(request_id: int, result: Tl) -> bytes:
    """`rpc_result` for the request with that message id; long answers are packed, as Telegram does."""
    body = serialise(result)
    if len(body) > GZIP_ABOVE_BYTES:
        packed = gzip.compress(body, compresslevel=1)
        body = struct.pack("<I", GZIP_PACKED) + TLObject.serialize_bytes(packed)
    return struct.pack("<Iq", RPC_RESULT, request_id) + body
