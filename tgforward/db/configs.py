"""Statements about configs; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import Update, delete, exists, func, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.batches import batches
from tgforward.db.clock import utc_now
from tgforward.db.models import ConfigState, ForwardDest, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

CURSORS: dict[str, None] = dict.fromkeys(("live_cursor", "history_cursor", "change_pts"))
WINDOW: dict[str, None] = dict.fromkeys(("history_floor", "history_top", "history_total"))
"""What is null until the first run fixes it; the cursors are those of further dests too."""


class ConfigValues(TypedDict, total=False):
    """What a person may decide about a config beside its source, dest and history."""

    user_id: str | None
    account_id: AccountId | None
    name: str | None
    interval_second: int
    remove_word: str | None
    cut_word: str | None
    skip_word: str | None
    add_text: str | None
    time_zone: str
    instant: bool
    rules: dict[str, Any] | None
    source_topic_id: MessageId | None
    dest_topic_id: MessageId | None


class ConfigChanges(ConfigValues, total=False):
    """What an edit may change."""

    source: ChatId
    dest: ChatId
    forward_history_count: int


async def add_config(
    session: Session, *, source: ChatId, dest: ChatId, forward_history_count: int, **values: Unpack[ConfigValues]
) -> TGForwardConfig:
    """Stores a new config, active and at version 1."""
    config = TGForwardConfig(source=source, dest=dest, forward_history_count=forward_history_count, **values)
    session.add(config)
    await session.flush()
    return config


async def load_config(session: Session, config_id: ConfigId) -> TGForwardConfig | None:
    """The config as it is stored now, or None if there is none."""
    return await session.get(TGForwardConfig, config_id, populate_existing=True)


async def load_configs(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, TGForwardConfig]:
    """Those of the configs that exist, by id."""
    found: dict[ConfigId, TGForwardConfig] = {}
    for some in batches(config_ids):
        rows = await session.scalars(select(TGForwardConfig).where(TGForwardConfig.id.in_(some)))
        found |= {config.id: config for config in rows}
    return found


async def load_versions(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, int]:
    """The versions of configs; those that were removed are left out."""
    query = select(TGForwardConfig.id, TGForwardConfig.version)
    rows = [await session.execute(query.where(TGForwardConfig.id.in_(some))) for some in batches(config_ids)]
    return {config_id: version for some in rows for config_id, version in some}


async def list_configs(
    session: Session,
    *,
    account_id: AccountId | None = None,
    user_id: str | None = None,
    state: ConfigState | None = None,
    after: ConfigId | None = None,
    limit: int | None = None,
) -> Sequence[TGForwardConfig]:
    """All configs, or those of one account, user or state, by id: at most `limit` of those after `after`."""
    query = select(TGForwardConfig).order_by(TGForwardConfig.id).limit(limit)
    if account_id is not None:
        query = query.where(TGForwardConfig.account_id == account_id)
    if user_id is not None:
        query = query.where(TGForwardConfig.user_id == user_id)
    if state is not None:
        query = query.where(TGForwardConfig.state == state)
    if after is not None:
        query = query.where(TGForwardConfig.id > after)
    return (await session.scalars(query)).all()


async def list_instant(session: Session, account_id: AccountId) -> Sequence[ConfigId]:
    """The active configs of an account that live updates run, by id."""
    query = select(TGForwardConfig.id).where(TGForwardConfig.account_id == account_id, TGForwardConfig.instant)
    return (await session.scalars(query.where(TGForwardConfig.state == ConfigState.ACTIVE))).all()


async def count_by_state(session: Session) -> dict[ConfigState, int]:
    """How many configs are in each state; a state without any is left out."""
    rows = await session.execute(select(TGForwardConfig.state, func.count()).group_by(TGForwardConfig.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows are not pairs to mypy


async def edit_config(
    session: Session, config_id: ConfigId, **changes: Unpack[ConfigChanges]
) -> TGForwardConfig | None:
    """The config after `changes`, with a higher version; None if there is none.

    Another source has message ids of its own: the history window is fixed anew at the next run, for all dests.
    """
    if "source" in changes:
        await _unfix_windows(session, config_id, unless=changes["source"])
    await execute(session, mark_edited(config_id).values(**changes))
    return await load_config(session, config_id)


async def set_config_state(
    session: Session, config_id: ConfigId, state: ConfigState, reason: str | None = None
) -> bool:
    """Activates, pauses or parks a config, with a higher version; False if there is none."""
    values = {"state": state, "state_reason": reason and reason[:REASON_LENGTH]}
    return await execute(session, mark_edited(config_id).values(values)) > 0


async def set_config_states(session: Session, config_ids: Collection[ConfigId], state: ConfigState) -> None:
    """Activates or pauses configs, each with a higher version."""
    new = {"version": TGForwardConfig.version + 1, "updated_at": utc_now(), "state": state, "state_reason": None}
    for some in batches(config_ids):
        await execute(session, update(TGForwardConfig).where(TGForwardConfig.id.in_(some)).values(new))


async def remove_config(session: Session, config_id: ConfigId) -> bool:
    """Removes a config with its further dests, deliveries and runs; False if there is none."""
    return await execute(session, delete(TGForwardConfig).where(TGForwardConfig.id == config_id)) > 0


async def adopt_configs(session: Session, account_id: AccountId, *, with_history: bool) -> int:
    """Gives the configs without an account (of the older schema) to one; how many there were.

    Without history they begin with what is new: the older program has forwarded the rest.
    """
    new: dict[str, Any] = {"account_id": account_id, "version": TGForwardConfig.version + 1, "updated_at": utc_now()}
    if not with_history:
        new["forward_history_count"] = 0
    return await execute(session, update(TGForwardConfig).where(TGForwardConfig.account_id.is_(None)).values(new))


async def count_orphans(session: Session) -> int:
    """How many configs have no account, so that they cannot run."""
    query = select(func.count()).select_from(TGForwardConfig).where(TGForwardConfig.account_id.is_(None))
    return (await session.execute(query)).scalar_one()


def mark_edited(config_id: ConfigId) -> Update:
    """An UPDATE that tells workers (version) and schedulers (updated_at) of a change."""
    new: dict[str, Any] = {"version": TGForwardConfig.version + 1, "updated_at": utc_now()}
    return update(TGForwardConfig).where(TGForwardConfig.id == config_id).values(new)


async def _unfix_windows(session: Session, config_id: ConfigId, *, unless: ChatId) -> None:
    is_moved = (TGForwardConfig.id == config_id, TGForwardConfig.source != unless)
    dests = update(ForwardDest).where(ForwardDest.config_id == config_id, exists().where(*is_moved))
    await execute(session, dests.values(CURSORS))
    await execute(session, update(TGForwardConfig).where(*is_moved).values(CURSORS | WINDOW))
