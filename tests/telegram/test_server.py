"""The server's address and key as settings."""

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from telethon.crypto import rsa as telethon_rsa

from tgforward.errors import InvalidSettings
from tgforward.settings import Settings
from tgforward.telegram.server import TELEGRAM_KEYS, TelegramServer, from_settings, trust


@pytest.fixture(scope="module")
def key() -> rsa.RSAPublicKey:
    return rsa.generate_private_key(65537, 2048).public_key()


def settings(**fields: object) -> Settings:
    return Settings.model_validate({"telegram_server": ("127.0.0.1", 8443), **fields})


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_both_forms_of_a_public_key_are_read(tmp_path: Path, key: rsa.RSAPublicKey, form: PublicFormat) -> None:
    """A key as openssl writes it and one as Telegram publishes it both work."""
    path = tmp_path / "server.pem"
    path.write_bytes(key.public_bytes(Encoding.PEM, form))

    server = from_settings(settings(telegram_public_key=path, telegram_dc_id=4))
    trust(server)

    assert server is not None
    assert (server.host, server.port, server.dc_id) == ("127.0.0.1", 8443, 4)
    assert [known.n for known, _ in telethon_rsa._server_keys.values()] == [key.public_numbers().n]
    trust(None)
    assert telethon_rsa._server_keys == TELEGRAM_KEYS


def test_without_a_server_telegram_itself_is_meant() -> None:
    """No TGFORWARD_TELEGRAM_SERVER is no server of one's own."""
    assert from_settings(settings(telegram_server=None)) is None


def unreadable(folder: Path) -> Path | None:
    return folder / "missing.pem"


def a_folder(folder: Path) -> Path | None:
    return folder


def not_set(folder: Path) -> Path | None:
    return None


def nonsense(folder: Path) -> Path | None:
    path = folder / "nonsense.pem"
    path.write_text("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n")
    return path


def binary(folder: Path) -> Path | None:
    path = folder / "key.der"
    path.write_bytes(b"\x30\x82\xff\xfe")
    return path


def elliptic(folder: Path) -> Path | None:
    path = folder / "ec.pem"
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize("make", [unreadable, a_folder, not_set, nonsense, binary, elliptic])
def test_a_key_that_cannot_be_used_names_its_variable(tmp_path: Path, make: object) -> None:
    """One sentence names TGFORWARD_TELEGRAM_PUBLIC_KEY, what is wrong with it, and an example."""
    assert callable(make)

    with pytest.raises(InvalidSettings) as caught:
        from_settings(settings(telegram_public_key=make(tmp_path)))

    assert str(caught.value).startswith("TGFORWARD_TELEGRAM_PUBLIC_KEY is ")
    assert "TGFORWARD_TELEGRAM_PUBLIC_KEY=/" in str(caught.value)


async def test_a_host_name_becomes_an_address() -> None:
    """Sessions hold addresses only, so that a name is resolved first."""
    assert await TelegramServer("localhost", 1).resolve() in {"127.0.0.1", "::1"}
    with pytest.raises(OSError, match=r".+"):
        await asyncio.wait_for(TelegramServer("no.such.host.invalid", 1).resolve(), 30)
