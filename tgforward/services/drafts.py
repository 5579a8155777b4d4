"""A config with changes that are not stored: what it would send can be looked at before anybody decides."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from tgforward.db.models.config import DEFAULT_INTERVAL_S, DEFAULT_TIME_ZONE, ConfigState, TGForwardConfig
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.services.config_fields import WORDS, check_fields
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.types import AccountId, ChatId, ConfigId

FIELDS = (*WORDS, "time_zone", "rules")

Draft = Mapping[str, Any]
"""Everything that decides what becomes of a message, by column: plain data."""

NEW = ConfigId(0)
"""A config that is not stored at all; no stored one has this number."""


def draft_of(row: TGForwardConfig, changes: Mapping[str, Any]) -> Draft:
    """What is stored, with these changes; fields that change no text are checked and left out.

    Raises:
        InvalidInput: a field may not be stored.
    """
    values = check_fields(changes, stored_rules=row.rules)
    return {name: values.get(name, getattr(row, name)) for name in FIELDS}


def new_draft(values: Mapping[str, Any], source: ChatId, dest: ChatId) -> Draft:
    """A whole config: these columns, and for the others what a new one gets."""
    usual = {"interval_second": DEFAULT_INTERVAL_S, "forward_history_count": 0, "time_zone": DEFAULT_TIME_ZONE}
    return {**usual, **values, "source": source, "dest": dest}


def new_row(draft: Draft, account_id: AccountId) -> TGForwardConfig:
    """A whole config as if it were stored."""
    beginning = {"id": NEW, "account_id": account_id, "state": ConfigState.ACTIVE, "version": 0, "epoch": 0}
    return TGForwardConfig(**{"instant": False, **draft, **beginning})


def as_drafted(config: ConfigSnapshot, draft: Draft) -> ConfigSnapshot:
    """The config as if the draft were stored."""
    ruleset, zone = parse_ruleset(draft["rules"] or {}), ZoneInfo(draft["time_zone"])
    rules = Rules.parse(**{name: draft[name] for name in WORDS}, ruleset=ruleset, zone=zone)
    return replace(config, rules=rules, options=ruleset.send, zone=zone)
