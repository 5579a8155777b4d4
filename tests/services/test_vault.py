"""Sessions at rest."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from tgforward.errors import InvalidSettings
from tgforward.services.vault import KEY_FILE, Vault, open_vault
from tgforward.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode()


def settings(directory: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": directory, **values})


def test_a_sealed_session_opens_again_and_does_not_show_itself() -> None:
    """What was sealed comes back; the bytes and the vault's repr tell nothing."""
    vault = Vault(KEY)
    sealed = vault.seal("1BQANOTEuMTA4")
    assert vault.open(sealed) == "1BQANOTEuMTA4"
    assert b"1BQANOTEuMTA4" not in sealed
    assert KEY not in repr(vault)


def test_another_key_is_refused_with_a_sentence() -> None:
    """A changed key is named as the cause."""
    sealed = Vault(KEY).seal("session")
    other = Vault(base64.b64encode(b"x" * 32).decode())
    with pytest.raises(InvalidSettings, match="TGFORWARD_SECRET_KEY is not the key"):
        other.open(sealed)


@pytest.mark.parametrize("key", ["short", "not base64 at all!!", "", base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_not_32_bytes_in_base64_is_refused(key: str) -> None:
    """The sentence says what a key looks like."""
    with pytest.raises(InvalidSettings, match="32 bytes in base64"):
        Vault(key)


def test_the_key_of_a_new_installation_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Ten processes that start at once share one key in a file with mode 0600."""
    with ThreadPoolExecutor(10) as pool:
        vaults = list(pool.map(lambda _: open_vault(settings(tmp_path)), range(10)))
    assert {vault.open(vaults[0].seal("x")) for vault in vaults} == {"x"}
    assert oct((tmp_path / KEY_FILE).stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_database_server_needs_a_key_that_is_set(tmp_path: Path) -> None:
    """A key that only one of several machines knows would lock the others out."""
    url = SecretStr("mysql+asyncmy://root@localhost/tgforward")
    with pytest.raises(InvalidSettings, match="TGFORWARD_SECRET_KEY is not set"):
        open_vault(settings(tmp_path, db_url=url))
    vault = open_vault(settings(tmp_path, db_url=url, secret_key=SecretStr(KEY)))
    assert vault.open(Vault(KEY).seal("x")) == "x"
