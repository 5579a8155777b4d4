"""Takes messages out of containers and packages, and requests out of the calls that are wrapped around them."""

import gzip
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import functions
from telethon.tl.core import GzipPacked, MessageContainer

from tgforward.sandbox.tl import Tl


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for an object of a constructor that this layer does not have."""

    constructor: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the client, unpacked and parsed."""

    id: int
    seq_no: int
    content: Tl


@dataclass(frozen=True, slots=True)
class Request:
    """A call without its wrappers."""

    query: Tl
    api_id: int | None = None
    wants_updates: bool = True
    after: tuple[int, ...] = ()


def unpack(message_id: int, seq_no: int, body: bytes) -> Iterator[Message]:
    """The messages in `body`: one, or those of a container."""
    (constructor,) = struct.unpack_from("<I", body)
    if constructor == GzipPacked.CONSTRUCTOR_ID:
        with BinaryReader(body[4:]) as reader:
            yield from unpack(message_id, seq_no, gzip.decompress(reader.tgread_bytes()))
    elif constructor == MessageContainer.CONSTRUCTOR_ID:
        (count,) = struct.unpack_from("<i", body, 4)
        position = 8
        for _ in range(count):
            inner_id, inner_seq_no, length = struct.unpack_from("<qii", body, position)
            position += 16 + length
            yield from unpack(inner_id, inner_seq_no, body[position - length : position])
    else:
        yield Message(message_id, seq_no, _parse(body))


def unwrap(content: Tl) -> Request:
    """The request inside `invokeWithLayer`, `initConnection`, `invokeWithoutUpdates`, `invokeAfterMsg(s)`."""
    api_id: int | None = None
    wants_updates = True
    after: tuple[int, ...] = ()
    while True:
        match content:
            case functions.InvokeWithLayerRequest():
                pass
            case functions.InitConnectionRequest():
                api_id = content.api_id
            case functions.InvokeWithoutUpdatesRequest():
                wants_updates = False
            case functions.InvokeAfterMsgRequest():
                after += (content.msg_id,)
            case functions.InvokeAfterMsgsRequest():
                after += tuple(content.msg_ids)
            case _:
                return Request(content, api_id, wants_updates, after)
        content = content.query


def _parse(body: bytes) -> Tl:
    with BinaryReader(body) as reader:
        try:
            return reader.tgread_object()
        except TypeNotFoundError as error:
            return Unknown(error.invalid_constructor_id)
