"""Sessions at rest: encrypted with one key that belongs to the operator."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from tgforward.errors import InvalidSettings
from tgforward.settings import EXAMPLES, Settings

KEY_BYTES = 32
KEY_FILE = "secret.key"


class Vault:
    """Seals and opens secrets with one key (Fernet: AES-128-CBC and HMAC-SHA256)."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(_urlsafe(key))

    def __repr__(self) -> str:
        return "Vault(…)"

    def seal(self, secret: str) -> bytes:
        """The secret as bytes that mean nothing without the key."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret behind sealed bytes.

        Raises:
            InvalidSettings: they were sealed with another key.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise InvalidSettings(
                "TGFORWARD_SECRET_KEY is not the key with which the stored sessions were encrypted: "
                "set the former key, or remove the account and log in again"
            ) from None


def open_vault(settings: Settings) -> Vault:
    """The vault of this installation; with SQLite its key is made once and kept in the data directory.

    Raises:
        InvalidSettings: no key is set although the database is a server, or it is not 32 bytes in base64.
    """
    if settings.secret_key is not None:
        return Vault(settings.secret_key.get_secret_value())
    if not settings.is_sqlite:
        raise InvalidSettings(
            "TGFORWARD_SECRET_KEY is not set; sessions in a database server are encrypted with it: "
            f"set it once and keep it, for example {EXAMPLES['secret_key']}"
        )
    return Vault(_kept_key(settings.data_dir / KEY_FILE))


def _kept_key(path: Path) -> str:
    if not path.exists():
        _make_key(path)
    return path.read_text().strip()


def _make_key(path: Path) -> None:
    """Write a new key so that of two processes that start at once one wins and neither reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(Fernet.generate_key().decode())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _urlsafe(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise InvalidSettings(
            f"TGFORWARD_SECRET_KEY is wrong (must be {KEY_BYTES} bytes in base64): "
            f"set it, for example {EXAMPLES['secret_key']}"
        )
    return base64.urlsafe_b64encode(raw)
