"""How jobs are written to Redis, and read from it without ever running anything.

We write MessagePack. A stock `ArqRedis` writes pickle: its payloads are read too, but only opcodes that build plain
data are let through, so whoever can write to Redis can still not run code here.
"""

import asyncio
import io
import pickle
import pickletools
from typing import Any, NoReturn

import msgpack

from tgforward.errors import TgforwardError

_CANCELLED = 1  # the one type of MessagePack that is ours
_PICKLE_PROTOCOLS = range(2, 6)
# fmt: off
_PLAIN_OPCODES = frozenset({
    "PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT",
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
    "EMPTY_DICT", "DICT", "SETITEM", "SETITEMS", "EMPTY_LIST", "LIST", "APPEND", "APPENDS",
    "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
})
# fmt: on


class PayloadRefused(ValueError):
    """The payload is no plain data, or was damaged."""


def serialize(value: object) -> bytes:
    """`value` as MessagePack; an exception becomes a string, unless it is a cancellation.

    Raises:
        TypeError: `value` holds something that is no plain data.
    """
    return bytes(msgpack.packb(value, default=_plain))


def deserialize(payload: bytes) -> Any:
    """The plain data in `payload`, MessagePack or pickle.

    Raises:
        PayloadRefused: the payload is damaged, or names a class or function.
    """
    if _is_pickle(payload):
        return _unpickle(payload)
    try:
        return msgpack.unpackb(payload, strict_map_key=False, ext_hook=_extended)
    except (ValueError, msgpack.exceptions.UnpackException) as exc:
        raise PayloadRefused("the payload is no MessagePack") from exc


def _extended(code: int, data: bytes) -> object:
    return asyncio.CancelledError() if code == _CANCELLED else msgpack.ExtType(code, data)


def _is_pickle(payload: bytes) -> bool:
    # 0x80 alone is MessagePack's empty map; with a second byte it can only be pickle's PROTO.
    return len(payload) > 1 and payload[0] == 0x80 and payload[1] in _PICKLE_PROTOCOLS


class _PlainUnpickler(pickle.Unpickler):
    """A second wall behind the opcodes: there is no way to a class."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise PayloadRefused(f"the payload names {module}.{name}")

    def persistent_load(self, pid: object, /) -> NoReturn:
        raise PayloadRefused(f"the payload names a persistent {type(pid).__name__}")


def _unpickle(payload: bytes) -> Any:
    try:
        _refuse_opcodes(payload)
        return _PlainUnpickler(io.BytesIO(payload)).load()
    except PayloadRefused:
        raise
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError) as exc:
        raise PayloadRefused("the payload is a damaged pickle") from exc


def _refuse_opcodes(payload: bytes) -> None:
    for opcode, argument, _ in pickletools.genops(payload):
        if opcode.name not in _PLAIN_OPCODES:
            raise PayloadRefused(f"the payload is no plain data ({opcode.name})")
        if opcode.name == "LONG_BINPUT" and isinstance(argument, int) and argument > len(payload):
            raise PayloadRefused("the payload's memo is larger than itself")  # it would allocate gigabytes


def _plain(value: object) -> str | msgpack.ExtType:
    if isinstance(value, asyncio.CancelledError):
        return msgpack.ExtType(_CANCELLED, b"")  # arq's `Job.abort()` looks for it in the result
    if isinstance(value, TgforwardError):
        return str(value)
    if isinstance(value, BaseException):
        return type(value).__name__  # a foreign error's text may quote a message
    raise TypeError(f"{type(value).__name__} is no plain data")
