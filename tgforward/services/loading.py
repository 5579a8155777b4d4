"""Step 1 of a run: the config with its peers and cursors; from memory while nothing changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tgforward.db.configs import load_config
from tgforward.db.models import ConfigState, TGForwardConfig, User
from tgforward.db.progress import fix_window as store_window
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import load_user
from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.rules import Rules
from tgforward.services.lane import Lane
from tgforward.services.peers import known_peer
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.reading import fetch_nth_newest
from tgforward.types import ChatId, ConfigId, MessageId


async def load_snapshot(lane: Lane, config_id: ConfigId, version: int | None) -> ConfigSnapshot | None:
    """The config, or None if it may not run (removed, paused, parked, moved to another account, user expired).

    A job that names a version is answered from memory as long as the lane holds that version.
    """
    known = lane.snapshots.get(config_id)
    if known is None or version is None or known.version < version:
        lane.snapshots.pop(config_id, None)
        known = await _load(lane, config_id)
        if known is not None:
            lane.snapshots[config_id] = known
    if known is None or _is_expired(known.authorised_until, lane.deps.clock.now()):
        return None
    return known


async def fix_window(lane: Lane, config: ConfigSnapshot) -> ConfigSnapshot:
    """The config with its history window, chosen once, at the first run."""
    window = await fetch_nth_newest(await lane.connection(), config.source, config.forward_history_count)

    async def store(session: Session) -> None:
        await store_window(session, config.id, floor=window.floor, top=window.top, total=window.total)

    await in_transaction(lane.deps.session_factory, store)
    fixed = await _load(lane, config.id)
    assert fixed is not None
    lane.snapshots[config.id] = fixed
    return fixed


async def load_any(lane: Lane, config_id: ConfigId) -> ConfigSnapshot | None:
    """The config whatever its state and account, as the lane's account sees its chats; None if it was removed."""
    async with reading(lane.deps.session_factory) as session:
        row = await load_config(session, config_id)
        user = await load_user(session, row.user_id) if row is not None and row.user_id is not None else None
    return None if row is None or row.account_id is None else await _snapshot(lane, row, user)


async def _load(lane: Lane, config_id: ConfigId) -> ConfigSnapshot | None:
    config = await load_any(lane, config_id)
    is_ours = config is not None and config.is_active and config.account_id == lane.account_id
    return config if is_ours else None


async def _snapshot(lane: Lane, row: TGForwardConfig, user: User | None) -> ConfigSnapshot:
    assert row.account_id is not None
    source = await known_peer(lane, ChatId(row.source))
    dest = await known_peer(lane, ChatId(row.dest))
    return ConfigSnapshot(
        id=row.id,
        account_id=row.account_id,
        is_active=row.state is ConfigState.ACTIVE,
        version=row.version,
        epoch=row.epoch,
        source=source,
        dest=dest,
        rules=rules_of(row),
        zone=ZoneInfo(row.time_zone),
        interval_second=row.interval_second,
        forward_history_count=row.forward_history_count,
        authorised_until=user.auth_time if user is not None else None,
        window=_window(row),
        history_cursor=MessageId(row.history_cursor or 0),
        live_cursor=MessageId(row.live_cursor or 0),
    )


def rules_of(row: TGForwardConfig) -> Rules:
    """The text rules of a config."""
    return Rules.parse(
        remove_word=row.remove_word, cut_word=row.cut_word, skip_word=row.skip_word, add_text=row.add_text
    )


def _window(row: TGForwardConfig) -> HistoryWindow | None:
    if row.live_cursor is None or row.history_floor is None or row.history_top is None:
        return None
    return HistoryWindow(MessageId(row.history_floor), MessageId(row.history_top))


def _is_expired(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
