"""What is shown of one config."""

from collections.abc import Sequence
from typing import Any

from tgforward.db.models import ForwardDest
from tgforward.db.models.config import TGForwardConfig

LISTED = (
    "id", "name", "source", "dest", "interval_second", "state", "history_forwarded", "live_forwarded", "skipped",
)  # fmt: skip
SHOWN = (
    "source_topic_id", "dest_topic_id", "forward_history_count", "history_total", "remove_word", "cut_word",
    "skip_word", "add_text", "time_zone", "instant", "account_id", "user_id", "state_reason", "version", "live_cursor",
    "history_cursor", "create_at", "last_run_at",
)  # fmt: skip
OF_DEST = (
    "number", "chat_id", "topic_id", "state", "state_reason", "history_forwarded", "live_forwarded", "history_cursor",
    "live_cursor",
)  # fmt: skip


def config_row(config: TGForwardConfig) -> dict[str, Any]:
    """A config in a list."""
    return {name: getattr(config, name) for name in LISTED}


def config_fields(config: TGForwardConfig) -> dict[str, Any]:
    """A config with all its columns but the rule set."""
    return config_row(config) | {name: getattr(config, name) for name in SHOWN}


def dest_row(dest: ForwardDest) -> dict[str, Any]:
    """One further dest."""
    return {name: getattr(dest, name) for name in OF_DEST}


def summary(config: TGForwardConfig, dests: Sequence[ForwardDest]) -> dict[str, Any]:
    """Rule set and further dests in a few words each."""
    rules = config.rules or {}
    steps = len(rules.get("steps", ()))
    return {
        "rules": f"{steps} step(s): tgforward config rules {config.id}" if steps else None,
        "send": rules.get("send"),
        "follow": rules.get("follow"),
        "further_dests": ", ".join(_dest_words(dest) for dest in dests) or None,
    }


def _dest_words(dest: ForwardDest) -> str:
    topic = f"/{dest.topic_id}" if dest.topic_id is not None else ""
    return f"{dest.number}: {dest.chat_id}{topic} ({dest.state})"
