"""What people must be told."""

from datetime import UTC, datetime, timedelta

from tgforward.db.alerts import (
    claim_for_webhook,
    list_due_for_chat,
    list_due_for_webhook,
    mark_chat_done,
    mark_webhook_done,
    note_alert,
    prune_alerts,
)
from tgforward.db.models import AlertKind
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.types import AccountId, ConfigId

NOW = datetime.now(UTC) + timedelta(hours=1)
LATER = NOW + timedelta(minutes=1)
YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)


async def note(factory: SessionFactory, kind: AlertKind, reason: str = "why", config: int | None = None) -> None:
    config_id = None if config is None else ConfigId(config)
    async with factory.begin() as session:
        note_alert(session, kind, AccountId(1), reason, config_id=config_id)


async def due(session: Session, now: datetime = NOW, since: datetime = YESTERDAY) -> list[AlertKind]:
    return [alert.kind for alert in await list_due_for_webhook(session, since=since, now=now, limit=10)]


async def test_an_event_is_due_until_it_was_told(session_factory: SessionFactory) -> None:
    """The oldest comes first; each way of telling has its own end; what happened too long ago is told nobody."""
    await note(session_factory, AlertKind.ACCOUNT_PARKED)
    await note(session_factory, AlertKind.CONFIG_PARKED, "x" * 600, config=7)
    async with session_factory.begin() as session:
        assert await due(session) == [AlertKind.ACCOUNT_PARKED, AlertKind.CONFIG_PARKED]
        assert await due(session, since=TOMORROW) == []
        first, second = await list_due_for_chat(session, since=YESTERDAY, limit=10)
        assert (second.config_id, second.reason) == (7, "x" * 500)
        await mark_webhook_done(session, first.id)
        await mark_chat_done(session, second)
    async with reading(session_factory) as session:
        assert await due(session) == [AlertKind.CONFIG_PARKED]
        assert [alert.id for alert in await list_due_for_chat(session, since=YESTERDAY, limit=10)] == [first.id]


async def test_one_of_two_makes_an_attempt(session_factory: SessionFactory) -> None:
    """Of two schedulers that see the same event one may call the webhook, and it is due again at the time given."""
    await note(session_factory, AlertKind.ACCOUNT_PARKED)
    async with reading(session_factory) as session:
        (seen,) = await list_due_for_webhook(session, since=YESTERDAY, now=NOW, limit=10)
    for expected in (True, False):
        async with session_factory.begin() as session:
            assert await claim_for_webhook(session, seen, LATER) is expected
    async with reading(session_factory) as session:
        assert await due(session) == []
        assert await due(session, LATER) == [AlertKind.ACCOUNT_PARKED]


async def test_old_events_are_removed(session_factory: SessionFactory) -> None:
    """Also those that nobody was told of."""
    await note(session_factory, AlertKind.ACCOUNT_PARKED)
    async with session_factory.begin() as session:
        assert [await prune_alerts(session, moment) for moment in (YESTERDAY, TOMORROW, TOMORROW)] == [0, 1, 0]
