"""Edits and deletions of messages that were forwarded: found through the source's own count of changes (`pts`).

The probe tells that count anyway, so a source in which nothing changes costs no request. What a crash interrupts is
found again, since the count is written down only after its changes were carried over.
"""

import structlog

from tgforward.db.progress import set_change_pts
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import PermanentError
from tgforward.forwarding.outcomes import Continue, Done, Outcome
from tgforward.services.carrying import carry_over
from tgforward.services.lane import Lane
from tgforward.services.rereading import reread
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.changes import Changes, fetch_changes
from tgforward.telegram.probe import ChatState
from tgforward.telegram.reading import Page
from tgforward.types import MessageId

log = structlog.get_logger()


async def with_baseline(lane: Lane, config: ConfigSnapshot, state: ChatState) -> ConfigSnapshot:
    """The branch with a count of changes to begin from, taken before anything is read, where it has none yet."""
    if config.follow.is_on and config.change_pts is None and state.pts is not None:
        await note_pts(lane, config, state.pts)
    return lane.latest(config)


async def follow_changes(lane: Lane, config: ConfigSnapshot, state: ChatState) -> Outcome:
    """Carry over what changed in the source since the last look; at most one request's worth of it."""
    if not config.follow.is_on:
        return Done()
    if state.pts is None:
        return await reread(lane, config, None)
    if config.change_pts is None or state.pts <= config.change_pts:
        return Done()
    return await _carry_on(lane, config, state.pts)


def pts_without_changes(config: ConfigSnapshot, page: Page, state: ChatState | None) -> int | None:
    """The new count, if this page holds everything that was counted: then nothing was edited or deleted."""
    if state is None or state.pts is None or config.change_pts is None or page.is_full:
        return None
    new = sum(config.live_cursor < message.id <= state.top for message in page.messages)
    return state.pts if state.pts - config.change_pts == new > 0 else None


async def note_pts(lane: Lane, config: ConfigSnapshot, pts: int) -> None:
    """Everything up to this count was carried over."""

    async def store(session: Session) -> None:
        await set_change_pts(session, config.id, config.dest_number, expected=config.change_pts, new=pts)

    await in_transaction(lane.deps.session_factory, store)
    lane.keep(config.at_pts(pts))


async def _carry_on(lane: Lane, config: ConfigSnapshot, pts: int) -> Outcome:
    changes = await _fetch(lane, config)
    if changes is None:
        return await reread(lane, config, None)
    if changes.is_too_old:
        return await _from_the_ledger(lane, config, pts)
    done = _done_before(lane, config)
    edited = [message for message in changes.edited if message.id not in done]
    await carry_over(lane, config, edited, changes.deleted, done)
    await note_pts(lane, config, changes.pts)
    return Done() if changes.is_complete else Continue()


def _done_before(lane: Lane, config: ConfigSnapshot) -> set[MessageId]:
    """The edits that an earlier attempt at the same changes carried over before the account had to rest."""
    assert config.change_pts is not None
    key = config.id, config.dest_number
    pts, done = lane.carried.get(key, (None, set()))
    if pts != config.change_pts:
        done = set()
        lane.carried[key] = config.change_pts, done
    return done


async def _fetch(lane: Lane, config: ConfigSnapshot) -> Changes | None:
    """None where Telegram does not tell this account."""
    assert config.change_pts is not None
    try:
        return await fetch_changes(await lane.connection(), config.source, config.change_pts)
    except PermanentError as error:
        log.warning("changes_not_told", config_id=config.id, account_id=lane.account_id, code=error.code)
        return None


async def _from_the_ledger(lane: Lane, config: ConfigSnapshot, pts: int) -> Outcome:
    """The server has forgotten the changes in between: everything that was forwarded lately is looked at."""
    outcome = await reread(lane, config, pts)
    if outcome == Done() and (look := lane.rereads.get((config.id, config.dest_number))) and look.pts is not None:
        await note_pts(lane, config, look.pts)
    return outcome
