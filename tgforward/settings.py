"""One frozen class with every setting, read once at an entry point and passed down."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tgforward.errors import InvalidSettings

EXAMPLES = {
    "db_url": "DB_URL=mysql+asyncmy://user:password@localhost:3306/tgforward?charset=utf8mb4",
    "redis_url": "REDIS_URL=redis://localhost:6379/0",
    "data_dir": "TGFORWARD_DATA_DIR=/var/lib/tgforward",
    "secret_key": "TGFORWARD_SECRET_KEY=$(openssl rand -base64 32)",
    "telegram_api_id": "TGFORWARD_TELEGRAM_API_ID=12345",
    "telegram_api_hash": "TGFORWARD_TELEGRAM_API_HASH=0123456789abcdef0123456789abcdef",
    "telegram_server": "TGFORWARD_TELEGRAM_SERVER=127.0.0.1:8443",
    "telegram_dc_id": "TGFORWARD_TELEGRAM_DC_ID=2",
    "telegram_public_key": "TGFORWARD_TELEGRAM_PUBLIC_KEY=/etc/tgforward/server.pem",
    "db_pool_recycle_s": "TGFORWARD_DB_POOL_RECYCLE_S=600",
    "keep_deliveries_days": "TGFORWARD_KEEP_DELIVERIES_DAYS=365",
    "job_timeout_s": "TGFORWARD_JOB_TIMEOUT_S=300",
    "jobs_per_lane": "TGFORWARD_JOBS_PER_LANE=20",
    "pace_account_per_s": "TGFORWARD_PACE_ACCOUNT_PER_S=1",
    "pace_account_burst": "TGFORWARD_PACE_ACCOUNT_BURST=300",
    "pace_dest_per_s": "TGFORWARD_PACE_DEST_PER_S=1",
    "pace_dest_burst": "TGFORWARD_PACE_DEST_BURST=300",
    "read_per_s": "TGFORWARD_READ_PER_S=5",
    "read_burst": "TGFORWARD_READ_BURST=300",
    "web_host": "TGFORWARD_WEB_HOST=0.0.0.0",
    "web_port": "TGFORWARD_WEB_PORT=8080",
    "web_url": "TGFORWARD_WEB_URL=https://tgforward.example.org",
    "web_session_hours": "TGFORWARD_WEB_SESSION_HOURS=12",
    "web_max_body_kb": "TGFORWARD_WEB_MAX_BODY_KB=1024",
    "web_proxies": "TGFORWARD_WEB_PROXIES=172.18.0.2",
    "alert_webhook_url": "TGFORWARD_ALERT_WEBHOOK_URL=https://hooks.example.org/tgforward",
    "alert_webhook_token": "TGFORWARD_ALERT_WEBHOOK_TOKEN=$(openssl rand -hex 24)",
    "alert_account": "TGFORWARD_ALERT_ACCOUNT=me",
    "alert_chat": "TGFORWARD_ALERT_CHAT=-1001234567890",
    "log_level": "TGFORWARD_LOG_LEVEL=info",
    "log_format": "TGFORWARD_LOG_FORMAT=json",
    "metrics_port": "TGFORWARD_METRICS_PORT=9464",
    "metrics_host": "TGFORWARD_METRICS_HOST=127.0.0.1",
    "metrics_per_config": "TGFORWARD_METRICS_PER_CONFIG=false",
    "traces_url": "TGFORWARD_TRACES_URL=http://localhost:4318/v1/traces",
    "traces_ratio": "TGFORWARD_TRACES_RATIO=0.1",
}


class Settings(BaseSettings):
    """What the environment and `.env` say; `TGFORWARD_` is the prefix, `DB_URL` and `REDIS_URL` work without it."""

    model_config = SettingsConfigDict(
        env_prefix="TGFORWARD_", env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path("tgforward"))
    db_url: SecretStr | None = Field(None, validation_alias=AliasChoices("TGFORWARD_DB_URL", "DB_URL"))
    redis_url: SecretStr | None = Field(None, validation_alias=AliasChoices("TGFORWARD_REDIS_URL", "REDIS_URL"))
    secret_key: SecretStr | None = None

    telegram_api_id: int | None = Field(None, gt=0)
    telegram_api_hash: SecretStr | None = None
    telegram_server: Annotated[tuple[str, int] | None, NoDecode] = None
    telegram_dc_id: int = Field(2, gt=0)
    telegram_public_key: Path | None = None

    db_pool_recycle_s: int = Field(600, gt=0)
    keep_deliveries_days: int | None = Field(None, ge=60)
    jobs_per_lane: int = Field(20, gt=0, le=1000)
    job_timeout_s: int = Field(300, gt=0)
    pace_account_per_s: float = Field(1.0, ge=0)
    pace_account_burst: int = Field(300, gt=0)
    pace_dest_per_s: float = Field(1.0, ge=0)
    pace_dest_burst: int = Field(300, gt=0)
    read_per_s: float = Field(5.0, ge=0)
    read_burst: int = Field(300, gt=0)
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, lt=65536)
    web_url: str | None = None
    web_session_hours: int = Field(12, gt=0, le=24 * 366)
    web_max_body_kb: int = Field(1024, gt=0)
    web_proxies: str = ""
    alert_webhook_url: SecretStr | None = None
    alert_webhook_token: SecretStr | None = None
    alert_account: str | None = None
    alert_chat: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    metrics_port: int | None = Field(None, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_per_config: bool = False
    traces_url: SecretStr | None = None
    traces_ratio: float = Field(1.0, ge=0, le=1)

    @field_validator("telegram_server", mode="before")
    @classmethod
    def _split_server(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("must be host:port")
        return host.strip("[]"), int(port)

    @field_validator("web_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "http://localhost")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be https://host or http://host:port, without a path")
        return value

    @field_validator("alert_webhook_url")
    @classmethod
    def _check_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit("http://localhost" if value is None else value.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with https:// or http:// and a host")
        return value

    @field_validator(
        "db_url", "redis_url", "secret_key", "telegram_api_hash", "web_url", "traces_url",
        "alert_webhook_url", "alert_webhook_token", "alert_account", "alert_chat", mode="before",
    )  # fmt: skip
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file, so that the data directory also holds the generated secret key."""
        return self.database_url.startswith("sqlite")

    @property
    def database_url(self) -> str:
        """The database's URL with its password; default: a SQLite file in the data directory."""
        if self.db_url is not None:
            return self.db_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'tgforward.db'}"

    @property
    def web_session(self) -> timedelta:
        """How long a browser stays logged in."""
        return timedelta(hours=self.web_session_hours)

    @property
    def keep_deliveries(self) -> timedelta | None:
        """For how long the ledger knows what was sent; None: for ever."""
        return None if self.keep_deliveries_days is None else timedelta(days=self.keep_deliveries_days)

    @property
    def job_timeout(self) -> timedelta:
        """How long one job may run before it is cancelled and retried."""
        return timedelta(seconds=self.job_timeout_s)


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        InvalidSettings: names the first wrong variable, and an example of a right one.
    """
    try:
        settings = Settings()  # type: ignore[call-arg]  # every field has a default; the aliases hide it from mypy
    except ValidationError as error:
        raise InvalidSettings(_sentence(error.errors()[0])) from None
    if (settings.alert_account is None) is not (settings.alert_chat is None):
        raise InvalidSettings("TGFORWARD_ALERT_ACCOUNT and TGFORWARD_ALERT_CHAT belong together: set both, or neither")
    return settings


def require_api(settings: Settings) -> tuple[int, str]:
    """The Telegram application id and hash.

    Raises:
        InvalidSettings: one of them is not set.
    """
    for name in ("telegram_api_id", "telegram_api_hash"):
        if getattr(settings, name) is None:
            raise InvalidSettings(
                f"TGFORWARD_{name.upper()} is not set: get one at https://my.telegram.org and set it, "
                f"for example {EXAMPLES[name]}"
            )
    assert settings.telegram_api_id is not None
    assert settings.telegram_api_hash is not None
    return settings.telegram_api_id, settings.telegram_api_hash.get_secret_value()


def _sentence(error: ErrorDetails) -> str:
    location = str(error["loc"][0]) if error["loc"] else ""
    field = location.lower().removeprefix("tgforward_")
    variable = location if location.isupper() else f"TGFORWARD_{field.upper()}"
    reason = error["msg"].removeprefix("Value error, ").lower()
    return f"{variable} is wrong ({reason}): set it, for example {EXAMPLES.get(field, variable + '=…')}"
