"""Step 1 of a run: the config with its peers and cursors, once for each dest; from memory while nothing changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tgforward.db.models import ConfigState, ForwardDest, TGForwardConfig, User
from tgforward.db.models.dest import DestState
from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import RuleSet, parse_ruleset
from tgforward.services.lane import Lane
from tgforward.services.peers import known_peer, known_peers
from tgforward.services.snapshot import ConfigSnapshot, Count, Following
from tgforward.types import ChatId, ConfigId, MessageId

Branches = tuple[ConfigSnapshot, ...]
"""One config on its way to each of its dests, its own first."""


async def load_branches(lane: Lane, config_id: ConfigId, version: int | None) -> Branches:
    """The config for each dest; empty if it may not run (removed, paused, parked, of another account, user expired).

    A job that names a version is answered from memory as long as the lane holds that version. One that goes on sees
    what was edited, paused or replayed meanwhile.
    """
    if config_id in lane.going_on:
        lane.going_on.discard(config_id)
        version = await lane.deps.reader.version(config_id)
    known = lane.branches.get(config_id)
    if known is None or version is None or known[0].version < version:
        lane.forget(config_id)
        known = {branch.dest_number: branch for branch in await load_active(lane, config_id)}
        if known:
            lane.branches[config_id] = known
        else:
            lane.probes.leave(config_id)
    if not known or _is_expired(known[0].authorised_until, lane.deps.clock.now()):
        return ()
    return tuple(known.values())


async def load_active(lane: Lane, config_id: ConfigId) -> Branches:
    """The config for each dest, if it is the lane's and neither paused nor parked."""
    branches = await load_any(lane, config_id)
    is_ours = bool(branches) and branches[0].is_active and branches[0].account_id == lane.account_id
    return branches if is_ours else ()


async def load_any(lane: Lane, config_id: ConfigId) -> Branches:
    """The config for each dest whatever its state and account, as the lane's account sees them; empty if removed."""
    stored = await lane.deps.reader.config(config_id)
    if stored is None or stored.config.account_id is None:
        return ()
    main = await load_row(lane, stored.config, stored.user)
    active = [dest for dest in stored.dests if dest.state is DestState.ACTIVE]
    return (main, *[await _branch(lane, main, dest) for dest in active])


async def load_row(lane: Lane, row: TGForwardConfig, user: User | None = None) -> ConfigSnapshot:
    """A config on its way to its own dest, as the lane's account sees the chats."""
    assert row.account_id is not None
    ruleset = ruleset_of(row)
    source, dest, send_as = ChatId(row.source), ChatId(row.dest), ruleset.send.send_as
    peers = await known_peers(lane, {source, dest} | ({ChatId(send_as)} if send_as is not None else set()))
    return ConfigSnapshot(
        id=row.id,
        account_id=row.account_id,
        is_active=row.state is ConfigState.ACTIVE,
        version=row.version,
        epoch=row.epoch,
        source=peers[source],
        dest=peers[dest],
        rules=rules_of(row, ruleset),
        options=ruleset.send,
        follow=Following(ruleset.edits, ruleset.follow.deletions, timedelta(days=ruleset.follow.days)),
        send_as=None if send_as is None else peers[ChatId(send_as)],
        zone=ZoneInfo(row.time_zone),
        interval_second=row.interval_second,
        forward_history_count=row.forward_history_count,
        authorised_until=user.auth_time if user is not None else None,
        window=_window(row),
        history_cursor=MessageId(row.history_cursor or 0),
        live_cursor=MessageId(row.live_cursor or 0),
        topic_id=row.dest_topic_id,
        source_topic=row.source_topic_id,
        is_instant=row.instant,
        changes=_count(row.change_pts),
    )


async def _branch(lane: Lane, main: ConfigSnapshot, row: ForwardDest) -> ConfigSnapshot:
    """The same config with another dest, which has cursors of its own."""
    return main.towards(
        await known_peer(lane, ChatId(row.chat_id)),
        number=row.number,
        topic_id=row.topic_id,
        history_cursor=row.history_cursor,
        live_cursor=row.live_cursor,
        changes=_count(row.change_pts),
    )


def ruleset_of(row: TGForwardConfig) -> RuleSet:
    """The config's document of rules.

    Raises:
        InvalidInput: somebody wrote something else into the column.
    """
    return parse_ruleset(row.rules or {})


def rules_of(row: TGForwardConfig, ruleset: RuleSet) -> Rules:
    """The text rules of a config, compiled."""
    return Rules.parse(
        remove_word=row.remove_word,
        cut_word=row.cut_word,
        skip_word=row.skip_word,
        add_text=row.add_text,
        ruleset=ruleset,
        zone=ZoneInfo(row.time_zone),
    )


def dests_of(branches: Sequence[ConfigSnapshot]) -> frozenset[int]:
    """The numbers of the dests that are served."""
    return frozenset(branch.dest_number for branch in branches)


def _count(pts: int | None) -> Count | None:
    """Which messages were counted is not stored: the next look finds out."""
    return None if pts is None else Count(pts, None)


def _window(row: TGForwardConfig) -> HistoryWindow | None:
    if row.live_cursor is None or row.history_floor is None or row.history_top is None:
        return None
    return HistoryWindow(MessageId(row.history_floor), MessageId(row.history_top))


def _is_expired(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
