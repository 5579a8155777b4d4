"""Builds the stage: chats and accounts in the sandbox, log-ins and configs in the product."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from benchmarks.chaos.expectation import whole_posts
from benchmarks.chaos.fleet import clean_environment
from benchmarks.chaos.posts import Posted
from benchmarks.chaos.scene import EDITOR, Scene, Wiring
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps
from tgforward.settings import Settings
from tgforward.types import ConfigId

ACTOR = "crash test"
INTERVAL_S = 1


def make_settings(directory: Path, db_url: str, redis_url: str, sandbox: Mapping[str, Any]) -> Settings:
    """The settings of this process; nobody's .env is read."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings
        data_dir=directory,
        db_url=SecretStr(db_url),
        redis_url=SecretStr(redis_url),
        secret_key=SecretStr(base64.b64encode(secrets.token_bytes(32)).decode()),
        telegram_api_id=sandbox["api_id"],
        telegram_api_hash=sandbox["api_hash"],
        telegram_server=(sandbox["host"], sandbox["port"]),
        telegram_dc_id=sandbox["dc_id"],
        telegram_public_key=sandbox["public_key"],
        pace_account_per_s=0,
        pace_dest_per_s=0,
        read_per_s=0,
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The same settings for the product's processes."""
    found = {}
    for name, value in settings.model_dump(exclude_defaults=True).items():
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        found[f"TGFORWARD_{name.upper()}"] = ":".join(map(str, plain)) if isinstance(plain, tuple) else str(plain)
    return clean_environment() | found | {"TGFORWARD_LOG_FORMAT": "json", "PYTHONWARNINGS": "error::ResourceWarning"}


async def build_world(control: SandboxControl, scene: Scene) -> None:
    """Every account reads every source and writes to every dest, so that configs can move."""
    await control.call("add_user", name=EDITOR)
    for account in scene.accounts:
        await control.call("add_user", name=account)
    readers = list(scene.accounts)
    for source in scene.sources:
        await control.call("add_channel", title=source, username=source, admins=[EDITOR], members=readers)
    for dest in scene.dests:
        await control.call("add_channel", title=dest, username=dest, admins=readers)


async def log_in(deps: Deps, control: SandboxControl, scene: Scene) -> None:
    """Import a session of every account."""
    for account in scene.accounts:
        await import_account(deps, account, await control.session_string(account), actor=ACTOR)


async def add_configs(
    deps: Deps, scene: Scene, posted: Mapping[str, Sequence[Posted]]
) -> list[tuple[ConfigId, Wiring]]:
    """Add every config; a history that would begin inside an album begins behind it."""
    added = []
    for planned in scene.configs:
        wiring = replace(planned, history=whole_posts(posted[planned.source], planned.history))
        fields = {
            "name": wiring.name,
            "interval_second": INTERVAL_S,
            "forward_history_count": wiring.history,
            "instant": wiring.is_instant,
            **wiring.rule.fields,
        }
        if wiring.deletes:
            fields["follow"] = {"deletions": "delete"}
        also = () if wiring.twin is None else (f"@{wiring.twin}",)
        stored = await add_config(
            deps,
            source=f"@{wiring.source}",
            dest=f"@{wiring.dest}",
            also=also,
            account=wiring.account,
            fields=fields,
            actor=ACTOR,
        )
        added.append((stored.id, wiring))
    return added
