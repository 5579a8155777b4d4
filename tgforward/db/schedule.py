"""What schedulers need to know of each config, and no more: it is loaded for 100,000 of them, a page at a time."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, select

from tgforward.db.clock import utc_now
from tgforward.db.models import AccountState, ConfigState, TelegramAccount, TGForwardConfig, User
from tgforward.db.session import Session
from tgforward.types import AccountId, ConfigId

BEFORE_ALL = ConfigId(0)


class ScheduleRow(NamedTuple):
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


async def load_now(session: Session) -> datetime:
    """What time it is by the database's clock: the watermark of the next incremental load."""
    return (await session.execute(select(utc_now()))).scalar_one()


async def load_schedule(
    session: Session, *, changed_since: datetime | None = None, after: ConfigId = BEFORE_ALL, limit: int
) -> list[ScheduleRow]:
    """The next configs behind `after` by id, at most `limit`; all, or those edited since a moment, runnable or not.

    Removed configs only show by their absence from a load of all. Changes become visible with their commit, a little
    after their `updated_at`, which is by the database's clock: overlap the watermark.
    """
    config, account = TGForwardConfig, TelegramAccount
    is_active = and_(config.state == ConfigState.ACTIVE, account.state == AccountState.ACTIVE)
    query = (
        select(config.id, config.account_id, config.interval_second, config.version, is_active)
        .add_columns(User.auth_time, config.updated_at)
        .outerjoin(account, account.id == config.account_id)
        .outerjoin(User, User.id == config.user_id)
        .limit(limit)
    )
    if changed_since is None:
        query = query.where(config.id > after).order_by(config.id)
    else:  # the sum is no column: SQLite would read all configs by their id to find the few that changed
        number = config.id + 0
        query = query.where(config.updated_at >= changed_since, number > after).order_by(number)
    return [ScheduleRow(*row) for row in await session.execute(query)]
