"""The rows that the scheduler starts from."""

from sqlalchemy import insert

from tgforward.db.accounts import add_account
from tgforward.db.engine import Engine
from tgforward.db.models import AccountKind, ConfigState, TGForwardConfig
from tgforward.db.session import Session, session_factory
from tgforward.types import AccountId, ChatId

SOURCE, DEST = ChatId(-1001234567890), ChatId(-1009876543210)
ACCOUNTS = 100
ROWS = 2000


async def set_up(engine: Engine, configs: int, paused: int, interval_s: int) -> list[AccountId]:
    """Configs 1 to `configs`, dealt out to the accounts, and so many paused ones behind them; the accounts."""
    last = configs + paused
    async with session_factory(engine).begin() as session:
        accounts = [await _add_account(session, f"account{number}") for number in range(ACCOUNTS)]
    for start in range(1, last + 1, ROWS):
        rows = [
            {
                "id": number,
                "account_id": accounts[number % ACCOUNTS],
                "state": ConfigState.ACTIVE if number <= configs else ConfigState.PAUSED,
                "source": SOURCE,
                "dest": DEST,
                "forward_history_count": 0,
                "interval_second": interval_s,
            }
            for number in range(start, min(start + ROWS, last + 1))
        ]
        async with session_factory(engine).begin() as session:
            await session.execute(insert(TGForwardConfig), rows)
    return accounts


async def _add_account(session: Session, name: str) -> AccountId:
    return (await add_account(session, name=name, kind=AccountKind.USER, session_sealed=b"")).id
