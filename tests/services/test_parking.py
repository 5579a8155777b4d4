"""What people are told of an account that is parked."""

import asyncio
from datetime import UTC, datetime

from tests.services.conftest import owned_lane
from tgforward.db.accounts import load_account
from tgforward.db.alerts import list_due_for_chat
from tgforward.db.models import AccountState
from tgforward.db.models.alert import AlertKind
from tgforward.db.session import reading
from tgforward.errors import AccountRevoked
from tgforward.services.deps import Deps
from tgforward.services.parking import park_account
from tgforward.types import AccountId

EVER = datetime.fromtimestamp(0, UTC)


async def test_an_account_is_parked_once(deps: Deps, account_id: AccountId) -> None:
    """Several jobs that find the session revoked at the same time make one alert."""
    error = AccountRevoked("log in again", code="SESSION_REVOKED")
    async with owned_lane(deps) as lane:
        await asyncio.gather(*(park_account(lane, error) for _ in range(5)))
    async with reading(deps.session_factory) as session:
        alerts = await list_due_for_chat(session, since=EVER, limit=10)
        account = await load_account(session, account_id)
    assert account is not None
    assert (account.state, account.state_reason) == (AccountState.PARKED, "log in again")
    assert [(alert.kind, alert.account_id) for alert in alerts] == [(AlertKind.ACCOUNT_PARKED, account_id)]
