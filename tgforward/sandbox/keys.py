"""The server's RSA key: generated once by `cryptography`, kept in a directory where that is wanted."""

import hashlib
import os
import struct
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from telethon.crypto.rsa import get_byte_array
from telethon.tl import TLObject

PRIVATE_FILE = "private.pem"
PUBLIC_FILE = "public.pem"


@dataclass(frozen=True)
class ServerKey:
    """A 2048-bit RSA key as the handshake uses it."""

    private: rsa.RSAPrivateKey = field(repr=False)

    @cached_property
    def public_pem(self) -> str:
        """The public key as PKCS#1, the form that `telethon.crypto.rsa.add_key` reads."""
        pem = self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        return pem.decode("ascii")

    @cached_property
    def fingerprint(self) -> int:
        """Telegram's fingerprint: the last eight bytes of SHA-1 over modulus and exponent."""
        numbers = self._numbers.public_numbers
        packed = (TLObject.serialize_bytes(get_byte_array(value)) for value in (numbers.n, numbers.e))
        digest = hashlib.sha1(b"".join(packed), usedforsecurity=False).digest()
        return int(struct.unpack("<q", digest[-8:])[0])

    def decrypt(self, block: bytes) -> bytes:
        """The 255 bytes behind an unpadded RSA block, leading zeroes included."""
        numbers, cipher = self._numbers, int.from_bytes(block, "big")
        modulo_p = pow(cipher, numbers.dmp1, numbers.p)
        modulo_q = pow(cipher, numbers.dmq1, numbers.q)
        plain = modulo_q + numbers.q * ((modulo_p - modulo_q) * numbers.iqmp % numbers.p)
        return plain.to_bytes(256, "big")[1:]

    @cached_property
    def _numbers(self) -> rsa.RSAPrivateNumbers:
        return self.private.private_numbers()


def generate_key() -> ServerKey:
    """A new key; takes about a tenth of a second."""
    return ServerKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def load_or_create_key(directory: Path) -> ServerKey:
    """The key kept in `directory`, made at the first call; writes `public.pem` beside it."""
    directory.mkdir(parents=True, exist_ok=True)
    private_file = directory / PRIVATE_FILE
    if private_file.exists():
        loaded = serialization.load_pem_private_key(private_file.read_bytes(), password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise ValueError(f"{private_file} holds no RSA key: delete it to have a new one made")
        key = ServerKey(loaded)
    else:
        key = generate_key()
        _write_private(private_file, key)
    (directory / PUBLIC_FILE).write_text(key.public_pem)
    return key


def _write_private(path: Path, key: ServerKey) -> None:
    pem = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
