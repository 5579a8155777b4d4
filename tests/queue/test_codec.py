"""What may be read from Redis: plain data, written as MessagePack or as a stock client's pickle."""

import asyncio
import copyreg
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest

from tgforward.errors import RedisUnreachable
from tgforward.queue.codec import PayloadRefused, deserialize, serialize

JOB = {
    "t": None,
    "f": "forward_config",
    "a": (1, -(2**40)),
    "k": {"x": [1.5, True, None, b"\x00\xff", "ü" * 300]},
    "et": 1,
}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_pickle_is_read(protocol: int) -> None:
    """The job of a stock client is read, whatever pickle protocol its Python writes."""
    job = {**JOB, "k": {"x": [1.5, True, None, "ü" * 300]}}  # bytes need a class in protocol 2
    assert deserialize(pickle.dumps(job, protocol=protocol)) == job


def test_pickled_bytes_are_read() -> None:
    """A stock client's bytes are plain data."""
    assert deserialize(pickle.dumps(JOB)) == JOB


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_shared_values_are_read(protocol: int) -> None:
    """A pickle that names one value twice, and more than 256 of them, is read."""
    value = {str(i): [f"value {i}"] * 2 for i in range(300)}
    assert deserialize(pickle.dumps(value, protocol=protocol)) == value


def test_round_trip() -> None:
    """What we write is read again; a tuple comes back as a list."""
    assert deserialize(serialize(JOB)) == {**JOB, "a": [1, -(2**40)]}


def test_we_never_write_pickle() -> None:
    """A stock unpickler cannot read what we write."""
    with pytest.raises(pickle.UnpicklingError):
        pickle.loads(serialize(JOB))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("value", [{}, [], 0, None, "", b"", {1: 2}, [[]], {"a": {}}, -2])
def test_every_first_byte_is_told_apart(value: object) -> None:
    """An empty map, whose only byte is the first one of a pickle, and other short values are MessagePack."""
    assert deserialize(serialize(value)) == value


def test_a_cancellation_stays_one() -> None:
    """Arq's `Job.abort()` tells by the result whether the job was cancelled."""
    assert isinstance(deserialize(serialize({"r": asyncio.CancelledError()}))["r"], asyncio.CancelledError)


def test_exception_becomes_a_string() -> None:
    """The result of a failed job is our own sentence, and only the kind of a foreign error."""
    written = serialize([RedisUnreachable("Redis is away."), LookupError("a message's text")])
    assert deserialize(written) == ["Redis is away.", "LookupError"]


def test_other_objects_are_refused() -> None:
    """What is no plain data is not written as something else."""
    with pytest.raises(TypeError, match="Path is no plain data"):
        serialize({"a": Path("x")})


class _Reduced:
    def __init__(self, command: Any, *arguments: object) -> None:
        self.answer = (command, arguments)

    def __reduce__(self) -> Any:
        return self.answer


def _touching(path: Path) -> dict[str, bytes]:
    """Payloads that would make `path` if anything in them ran; the stock unpickler proves that they do."""
    command = f"touch {path}".encode()
    text = b"X" + struct.pack("<I", len(command)) + command
    source = f"__import__('os').system('touch {path}')".encode()
    source_text = b"X" + struct.pack("<I", len(source)) + source
    return {
        "REDUCE with os.system": pickle.dumps(_Reduced(os.system, command.decode()), protocol=2),
        "REDUCE with eval": pickle.dumps({"f": _Reduced(eval, source.decode())}, protocol=5),
        "INST": b"\x80\x02(" + text + b"ios\nsystem\n.",
        "OBJ": b"\x80\x02(cos\nsystem\n" + text + b"o.",
        "NEWOBJ and BUILD": b"\x80\x02cargparse\nNamespace\n)\x81}X\x0c\x00\x00\x00__setstate__cos\nsystem\nsb"
        + text
        + b"b.",
        "STACK_GLOBAL": b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93" + source_text + b"\x85R.",
        "behind a frame": b"\x80\x04\x95" + struct.pack("<Q", 60) + b"cos\nsystem\n" + text + b"\x85R.",
    }


@pytest.mark.parametrize("kind", list(_touching(Path("x"))))
def test_nothing_runs(kind: str, tmp_path: Path) -> None:
    """A payload that runs a command when a stock unpickler reads it is refused without running."""
    touched = tmp_path / "touched"
    payload = _touching(touched)[kind]
    with pytest.raises(PayloadRefused):
        deserialize(payload)
    assert not touched.exists()
    if kind != "behind a frame":
        pickle.loads(payload)  # noqa: S301 - proves that the payload is a working attack
        assert touched.exists()


def test_newobj_makes_no_object() -> None:
    """A payload that makes an object without calling anything is refused too."""
    with pytest.raises(PayloadRefused):
        deserialize(pickle.dumps(Path("x"), protocol=2))
    with pytest.raises(PayloadRefused):
        deserialize(b"\x80\x02cdatetime\ntimedelta\n)\x81.")


def test_registered_extension_is_refused() -> None:
    """An extension code does not reach the class that the process has registered for it."""
    copyreg.add_extension("os", "system", 240)
    try:
        payload = pickle.dumps(os.system, protocol=2)
        assert b"\x82\xf0" in payload or b"posix" in payload
        with pytest.raises(PayloadRefused):
            deserialize(b"\x80\x02\x82\xf0X\x04\x00\x00\x00true\x85R.")
    finally:
        copyreg.remove_extension("os", "system", 240)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x80\x02",
        b"\x80\x05.",
        b"\x80\x02Pid\n.",
        b"\x80\x02K\x01Q.",
        b"\x80\x02]r\xff\xff\xff\x7f.",
        b"\x80\x02h\x07.",
        b"\x80\x02}K\x01s.",
        b"\x80\x02}]K\x01s.",
        b"\x80\x06N.",
        b"\xc1",
        b"(dp0\n.",
        b"cos\nsystem\n(S'true'\ntR.",
        serialize(JOB)[:-3],
        serialize(JOB) + b"x",
        pickle.dumps(JOB)[:-3],
    ],
)
def test_damaged_payload_is_refused(payload: bytes) -> None:
    """A payload that is cut, of another format, or built to exhaust memory ends in one kind of error."""
    with pytest.raises(PayloadRefused):
        deserialize(payload)
