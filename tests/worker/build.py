"""What the parts of a process are made with, without Telegram."""

from pathlib import Path

from arq import ArqRedis
from pydantic import SecretStr

from tgforward.db.session import SessionFactory
from tgforward.services.deps import Deps
from tgforward.services.vault import open_vault
from tgforward.settings import Settings


def make_deps(factory: SessionFactory, redis: ArqRedis, directory: Path) -> Deps:
    """Database and Redis; nobody connects to Telegram."""
    key = SecretStr("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    settings = Settings.model_validate({"data_dir": directory, "secret_key": key})
    return Deps(settings, factory, redis, open_vault(settings), None)
