"""What schedulers need to know of each config, and no more: it is loaded for 100,000 of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from tgforward.db.clock import utc_now
from tgforward.db.models import AccountState, ConfigState, TelegramAccount, TGForwardConfig, User
from tgforward.db.session import Session
from tgforward.types import AccountId, ConfigId


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One config as a scheduler sees it."""

    config_id: ConfigId
    account_id: AccountId | None
    interval_second: int
    version: int
    is_active: bool
    """It and its account are active; says nothing of its user's time."""
    auth_time: datetime | None
    """Its user is authorised until then; None: for ever."""
    updated_at: datetime

    def is_runnable(self, now: datetime) -> bool:
        """Whether it is to be enqueued at `now`."""
        return self.is_active and (self.auth_time is None or now < self.auth_time)


async def load_now(session: Session) -> datetime:
    """What time it is by the database's clock: the watermark of the next incremental load."""
    return (await session.execute(select(utc_now()))).scalar_one()


async def load_schedule(session: Session, changed_since: datetime | None = None) -> list[ScheduleRow]:
    """All configs, or those edited since a moment by the database's clock, runnable or not.

    Removed configs only show by their absence from a full load. Changes become visible with their commit, a little
    after their `updated_at`: overlap the watermark.
    """
    config, account = TGForwardConfig, TelegramAccount
    is_active = and_(config.state == ConfigState.ACTIVE, account.state == AccountState.ACTIVE)
    query = (
        select(config.id, config.account_id, config.interval_second, config.version, is_active)
        .add_columns(User.auth_time, config.updated_at)
        .outerjoin(account, account.id == config.account_id)
        .outerjoin(User, User.id == config.user_id)
    )
    if changed_since is not None:
        query = query.where(config.updated_at >= changed_since)
    rows = await session.execute(query)
    return [
        ScheduleRow(config_id, account_id, interval, version, bool(active), auth_time, updated_at)
        for config_id, account_id, interval, version, active, auth_time, updated_at in rows
    ]
