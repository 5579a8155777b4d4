"""The console beside a Telegram of its own."""

from pathlib import Path

from pydantic import SecretStr

from tgforward.sandbox.server import Sandbox
from tgforward.settings import Settings


def beside(sandbox: Sandbox, settings: Settings) -> Settings:
    """The settings with the sandbox in place of Telegram."""
    key = Path(settings.data_dir) / "public.pem"
    key.write_text(sandbox.public_key_pem)
    values = {
        "telegram_api_id": sandbox.api_id,
        "telegram_api_hash": SecretStr(sandbox.api_hash),
        "telegram_server": (sandbox.host, sandbox.port),
        "telegram_dc_id": sandbox.dc_id,
        "telegram_public_key": key,
    }
    return settings.model_copy(update=values)


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables by which a process gets them."""
    assert settings.telegram_server is not None
    assert settings.telegram_api_hash is not None
    host, port = settings.telegram_server
    return {
        "TGFORWARD_TELEGRAM_API_ID": str(settings.telegram_api_id),
        "TGFORWARD_TELEGRAM_API_HASH": settings.telegram_api_hash.get_secret_value(),
        "TGFORWARD_TELEGRAM_SERVER": f"{host}:{port}",
        "TGFORWARD_TELEGRAM_DC_ID": str(settings.telegram_dc_id),
        "TGFORWARD_TELEGRAM_PUBLIC_KEY": str(settings.telegram_public_key),
    }
