"""What happened to lanes."""

from datetime import UTC, datetime, timedelta

from tests.db.build import make_account
from tgforward.db.accounts import set_account_state, set_account_wait
from tgforward.db.lane_events import list_lane_events, load_lane_states, prune_lane_events
from tgforward.db.leases import claim_free
from tgforward.db.models import AccountState, LaneEventKind
from tgforward.db.session import SessionFactory, reading
from tgforward.types import AccountId

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = datetime(2030, 1, 1, 12, 0, 0, 1, tzinfo=UTC)


async def _live(factory: SessionFactory, account_id: AccountId) -> None:
    """An account is taken, must wait, is parked, and resumed."""
    async with factory.begin() as session:
        await claim_free(session, "host-1", timedelta(seconds=3), account_ids=[account_id])
    async with factory.begin() as session:
        await set_account_wait(session, account_id, UNTIL, "FLOOD_WAIT_30")
    async with factory.begin() as session:
        await set_account_state(session, account_id, AccountState.PARKED, "SESSION_REVOKED " + "x" * 600)
    async with factory.begin() as session:
        await set_account_wait(session, account_id, None)
        await set_account_state(session, account_id, AccountState.ACTIVE)


async def test_every_change_of_a_lane_leaves_an_event(session_factory: SessionFactory) -> None:
    """The newest comes first; that a wait is forgotten is none."""
    account_id = await make_account(session_factory)
    await _live(session_factory, account_id)
    async with reading(session_factory) as session:
        events = await list_lane_events(session, LONG_AGO)
    told = [(event.kind, event.until, (event.reason or "")[:15]) for event in reversed(events)]
    assert told == [
        (LaneEventKind.OWNED, None, "host-1"),
        (LaneEventKind.WAITS, UNTIL, "FLOOD_WAIT_30"),
        (LaneEventKind.PARKED, None, "SESSION_REVOKED"),
        (LaneEventKind.RESUMED, None, ""),
    ]


async def test_events_are_found_by_account_and_pruned_by_age(session_factory: SessionFactory) -> None:
    """Only those since a moment, at most so many; old ones go."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    for account_id in (first, second):
        await _live(session_factory, account_id)
    async with session_factory.begin() as session:
        assert {event.account_id for event in await list_lane_events(session, LONG_AGO, account_id=second)} == {second}
        assert len(await list_lane_events(session, LONG_AGO, limit=5)) == 5
        assert await list_lane_events(session, UNTIL) == []
        assert await prune_lane_events(session, LONG_AGO) == 0
        assert await prune_lane_events(session, UNTIL) == 8


async def test_what_lanes_were_at_a_moment(session_factory: SessionFactory) -> None:
    """The last change before it, of the lanes that are asked for; a wait is no state."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    async with session_factory.begin() as session:
        await claim_free(session, "host-1", timedelta(seconds=3), account_ids=[first, second])
        await set_account_wait(session, first, UNTIL, "FLOOD_WAIT_30")
    async with reading(session_factory) as session:
        (state,) = await load_lane_states(session, UNTIL, [first])
        assert (state.account_id, state.kind) == (first, LaneEventKind.OWNED)
        assert await load_lane_states(session, LONG_AGO, [first, second]) == []
