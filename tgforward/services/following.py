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
from tgforward.services.snapshot import ConfigSnapshot, Count
from tgforward.telegram.changes import Changes, fetch_changes
from tgforward.telegram.probe import ChatState
from tgforward.telegram.reading import Page
from tgforward.types import MessageId

log = structlog.get_logger()


async def with_baseline(lane: Lane, config: ConfigSnapshot, state: ChatState) -> ConfigSnapshot:
    """The branch with a count of changes to begin from, taken before anything is read, where it has none yet."""
    if config.follow.is_on and config.changes is None and state.pts is not None:
        await _note(lane, config, Count(state.pts, state.top))
    return lane.latest(config)


async def follow_changes(lane: Lane, config: ConfigSnapshot, state: ChatState) -> Outcome:
    """Carry over what changed in the source since the last look; at most one request's worth of it."""
    if not config.follow.is_on:
        return Done()
    if state.pts is None:
        return await reread(lane, config, None)
    if config.changes is None or state.pts < config.changes.pts:
        return Done()
    if state.pts == config.changes.pts:
        lane.keep(config.after(Count(state.pts, state.top)))
        return Done()
    return await _carry_on(lane, config, config.changes, state)


def count_without_changes(config: ConfigSnapshot, page: Page, state: ChatState | None) -> Count | None:
    """The new count, if this page holds everything that was counted since: then nothing was edited or deleted.

    Messages that were counted before and are not forwarded yet stand in the page, too; they do not count again.
    """
    known = config.changes
    if state is None or state.pts is None or known is None or known.top is None or page.is_full:
        return None
    new = sum(known.top < message.id <= state.top for message in page.messages)
    return Count(state.pts, state.top) if state.pts - known.pts == new > 0 else None


async def _note(lane: Lane, config: ConfigSnapshot, new: Count) -> None:
    """Everything up to this count was carried over."""
    expected = None if config.changes is None else config.changes.pts

    async def store(session: Session) -> None:
        await set_change_pts(session, config.id, config.dest_number, expected=expected, new=new.pts)

    await in_transaction(lane.deps.session_factory, store)
    lane.keep(config.after(new))


async def _carry_on(lane: Lane, config: ConfigSnapshot, known: Count, state: ChatState) -> Outcome:
    changes = await _fetch(lane, config, known)
    if changes is None:
        return await reread(lane, config, None)
    if changes.is_too_old:
        return await _from_the_ledger(lane, config, state.pts)
    done = _done_before(lane, config, known)
    edited = [message for message in changes.edited if message.id not in done]
    await carry_over(lane, config, edited, changes.deleted, done)
    await _note(lane, config, Count(changes.pts, state.top if changes.pts == state.pts else None))
    return Done() if changes.is_complete else Continue()


def _done_before(lane: Lane, config: ConfigSnapshot, known: Count) -> set[MessageId]:
    """The edits that an earlier attempt at the same changes carried over before the account had to rest."""
    key = config.id, config.dest_number
    pts, done = lane.carried.get(key, (None, set()))
    if pts != known.pts:
        done = set()
        lane.carried[key] = known.pts, done
    return done


async def _fetch(lane: Lane, config: ConfigSnapshot, known: Count) -> Changes | None:
    """None where Telegram does not tell this account."""
    lane.reads.enter(("changes", config.id, config.dest_number))
    try:
        return await fetch_changes(await lane.connection(), config.source, known.pts)
    except PermanentError as error:
        log.warning("changes_not_told", config_id=config.id, account_id=lane.account_id, code=error.code)
        return None


async def _from_the_ledger(lane: Lane, config: ConfigSnapshot, pts: int | None) -> Outcome:
    """The server has forgotten the changes in between: everything that was forwarded lately is looked at."""
    outcome = await reread(lane, config, pts)
    if outcome == Done() and (look := lane.rereads.get((config.id, config.dest_number))) and look.pts is not None:
        await _note(lane, config, Count(look.pts, None))
    return outcome
