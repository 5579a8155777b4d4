"""Alerts as people ask for them: what was told, and whether telling works at all."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.alerts import list_alerts, load_alert, note_alert
from tgforward.db.models.alert import Alert, AlertKind
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput
from tgforward.metrics.alerts import Way
from tgforward.services.alerts import Notice, name_accounts
from tgforward.services.database import Stored
from tgforward.settings import Settings
from tgforward.types import AccountId

LOOK_EVERY_S = 0.2
NOBODY = AccountId(0)


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """An event, and what became of telling it."""

    id: int
    at: datetime
    kind: AlertKind
    account: str
    config_id: int | None
    dest_number: int | None
    reason: str
    webhook_attempts: int
    webhook_at: datetime | None
    chat_at: datetime | None

    def told_at(self, way: Way) -> datetime | None:
        """When it was told in that way; None if it was not."""
        return self.webhook_at if way == "webhook" else self.chat_at


async def latest_alerts(deps: Stored, *, before: int | None = None, limit: int) -> list[KnownAlert]:
    """The newest first: at most `limit` of those older than `before`."""
    async with reading(deps.session_factory) as session:
        return [_known(notice) for notice in await name_accounts(session, await list_alerts(session, before, limit))]


def ways_of(settings: Settings) -> list[Way]:
    """How people are told.

    Raises:
        InvalidInput: in no way.
    """
    chosen: Sequence[tuple[Way, object]] = (("webhook", settings.alert_webhook_url), ("chat", settings.alert_chat))
    if not (ways := [way for way, value in chosen if value is not None]):
        raise InvalidInput("nobody is told: set TGFORWARD_ALERT_WEBHOOK_URL, or TGFORWARD_ALERT_ACCOUNT and _CHAT")
    return ways


async def note_test(deps: Stored) -> int:
    """Note an event that means nothing, for the schedulers and workers to tell; its number."""

    async def work(session: Session) -> int:
        alert = note_alert(session, AlertKind.TEST, NOBODY, "somebody wants to know whether alerts arrive")
        await session.flush()
        return alert.id

    return await in_transaction(deps.session_factory, work)


async def wait_told(deps: Stored, alert_id: int, ways: Collection[Way], patience: timedelta) -> KnownAlert:
    """The event once it was told in all of these ways, or when patience ends."""
    end = deps.clock.monotonic() + patience.total_seconds()
    while True:
        async with reading(deps.session_factory) as session:
            alert = await load_alert(session, alert_id)
            (notice,) = await name_accounts(session, [alert])
        found = _known(notice)
        if all(found.told_at(way) for way in ways) or deps.clock.monotonic() >= end:
            return found
        await asyncio.sleep(LOOK_EVERY_S)


def _known(notice: Notice) -> KnownAlert:
    alert: Alert = notice.alert
    return KnownAlert(
        alert.id,
        alert.at,
        alert.kind,
        notice.account,
        alert.config_id,
        alert.dest_number,
        alert.reason,
        alert.webhook_attempts,
        alert.webhook_at,
        alert.chat_at,
    )
