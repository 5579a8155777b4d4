"""How much of everything there is, for the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from tgforward.db.models import AccountState, ConfigState, Delivery, DeliveryState, TelegramAccount, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.workers import list_live


@dataclass(frozen=True, slots=True)
class Stock:
    """Numbers of rows; every state is named, also where there is none."""

    configs: Mapping[str, int]
    accounts: Mapping[str, int]
    resting: int
    """Accounts in a flood wait."""
    dead: int
    workers: int


async def count_stock(session: Session, now: datetime) -> Stock:
    """What the database holds at `now`."""
    configs = select(TGForwardConfig.state, func.count()).group_by(TGForwardConfig.state)
    accounts = select(TelegramAccount.state, func.count()).group_by(TelegramAccount.state)
    resting = select(func.count()).select_from(TelegramAccount).where(TelegramAccount.wait_until > now)
    dead = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.DEAD)
    return Stock(
        configs=dict.fromkeys(map(str, ConfigState), 0) | await _by_state(session, configs),
        accounts=dict.fromkeys(map(str, AccountState), 0) | await _by_state(session, accounts),
        resting=(await session.execute(resting)).scalar_one(),
        dead=(await session.execute(dead)).scalar_one(),
        workers=len(await list_live(session)),
    )


async def _by_state(session: Session, query: Select[ConfigState, int] | Select[AccountState, int]) -> dict[str, int]:
    return {str(state): number for state, number in await session.execute(query)}
