"""Rows that tests start from."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tgforward.db import reservations
from tgforward.db.accounts import add_account
from tgforward.db.configs import add_config
from tgforward.db.deliveries import mark_dead
from tgforward.db.leases import Lease, claim_free
from tgforward.db.models import AccountKind
from tgforward.db.reservations import Ledger, NewDelivery, ToReserve
from tgforward.db.schedule import ScheduleRow
from tgforward.db.session import Session, SessionFactory
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

SOURCE = ChatId(-1001234567890)
DEST = ChatId(-1009876543210)


async def make_account(factory: SessionFactory, name: str = "main") -> AccountId:
    """A stored user account."""
    async with factory.begin() as session:
        return (await add_account(session, name=name, kind=AccountKind.USER, session_sealed=b"\x00sealed\xff")).id


async def make_config(
    factory: SessionFactory, account_id: AccountId | None = None, user_id: str | None = None
) -> ConfigId:
    """A stored config."""
    async with factory.begin() as session:
        config = await add_config(
            session, source=SOURCE, dest=DEST, forward_history_count=10, account_id=account_id, user_id=user_id
        )
        return config.id


async def own(factory: SessionFactory, account_id: AccountId) -> Lease:
    """The lease of an account's lane, claimed."""
    async with factory.begin() as session:
        (lease,) = await claim_free(session, "test", timedelta(minutes=1), account_ids=[account_id])
    return lease


async def reserve(
    session: Session, config_id: ConfigId, account_id: AccountId, deliveries: Sequence[NewDelivery]
) -> Ledger:
    """What the ledger says once one run has reserved."""
    (ledger,) = await reservations.reserve(session, [ToReserve(config_id, account_id, deliveries)])
    return ledger


async def make_dead(factory: SessionFactory, config_id: ConfigId, account_id: AccountId, message: int, why: str) -> int:
    """A delivery that was given up; answers its number."""
    delivery = NewDelivery(SOURCE, MessageId(message), 0, RandomId(config_id * 1_000_000 + message), DEST)
    async with factory.begin() as session:
        ledger = await reserve(session, config_id, account_id, [delivery])
        (row,) = ledger.values()
        await mark_dead(session, [row.id], why)
        return row.id


def is_runnable(row: ScheduleRow, now: datetime) -> bool:
    """Whether a scheduler that reads the row lets the config run."""
    return row.is_active and (row.auth_time is None or now < row.auth_time)
