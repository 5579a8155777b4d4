"""Settings that are wrong, and the sentences that say so."""

from pathlib import Path

import pytest

from tests.settings_names import variable_names
from tgforward.errors import InvalidSettings
from tgforward.settings import load_settings


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no `.env` of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["TGFORWARD_ALERT_ACCOUNT", "TGFORWARD_ALERT_CHAT"])
def test_an_operations_chat_needs_both(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A chat that nobody writes to, or a writer without a chat, is refused at the start; blank is as good as unset."""
    monkeypatch.setenv("TGFORWARD_ALERT_ACCOUNT", "")
    monkeypatch.setenv(name, "me")
    with pytest.raises(InvalidSettings, match="TGFORWARD_ALERT_ACCOUNT and TGFORWARD_ALERT_CHAT belong together"):
        load_settings()


@pytest.mark.parametrize("url", ["hooks.example.org/secret", "ftp://hooks.example.org/secret", "https:///secret"])
def test_a_webhook_has_a_scheme_and_a_host(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The sentence names the variable and a right value, and does not repeat the wrong one."""
    monkeypatch.setenv("TGFORWARD_ALERT_WEBHOOK_URL", url)
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    assert "TGFORWARD_ALERT_WEBHOOK_URL=https://hooks.example.org" in str(refused.value)
    assert "secret" not in str(refused.value)
