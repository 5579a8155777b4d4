"""Alerts as people ask for them."""

import asyncio
from datetime import timedelta

import pytest

from tgforward.db.alerts import load_alert, mark_chat_done, mark_webhook_done, note_alert
from tgforward.db.models.alert import AlertKind
from tgforward.errors import InvalidInput
from tgforward.services.deps import Deps
from tgforward.services.known_alerts import latest_alerts, note_test, wait_told, ways_of
from tgforward.types import AccountId

SHORT, LONG = timedelta(0), timedelta(seconds=30)


async def test_a_test_is_waited_for(deps: Deps) -> None:
    """Until it was told in every way that is asked for, or until patience ends."""
    number = await note_test(deps)
    assert (await wait_told(deps, number, ["webhook", "chat"], SHORT)).webhook_at is None
    waiting = asyncio.create_task(wait_told(deps, number, ["webhook", "chat"], LONG))
    async with deps.session_factory.begin() as session:
        await mark_webhook_done(session, number)
    assert (await wait_told(deps, number, ["webhook"], LONG)).chat_at is None
    assert not waiting.done()
    async with deps.session_factory.begin() as session:
        await mark_chat_done(session, await load_alert(session, number))
    found = await waiting
    assert (found.kind, found.chat_at is None) == (AlertKind.TEST, False)


async def test_they_are_listed_by_pages(deps: Deps, account_id: AccountId) -> None:
    """The newest first, with the names of their accounts."""
    for reason in ("one", "two", "three"):
        async with deps.session_factory.begin() as session:
            note_alert(session, AlertKind.ACCOUNT_PARKED, account_id, reason)
    first = await latest_alerts(deps, limit=2)
    assert [(alert.account, alert.reason) for alert in first] == [("operator", "three"), ("operator", "two")]
    assert [alert.reason for alert in await latest_alerts(deps, before=first[-1].id, limit=2)] == ["one"]


def test_a_test_needs_somebody_to_tell(deps: Deps) -> None:
    """Without a webhook and a chat the sentence says which settings there are."""
    with pytest.raises(InvalidInput, match="TGFORWARD_ALERT_WEBHOOK_URL"):
        ways_of(deps.settings)
    told = deps.settings.model_copy(update={"alert_chat": "@ops"})
    assert ways_of(told) == ["chat"]
