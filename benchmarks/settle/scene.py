"""The rows that both programs start from: accounts whose lanes are owned, and a config for each task."""

from datetime import timedelta

from sqlalchemy import insert

from tgforward.db.accounts import add_account
from tgforward.db.engine import Engine
from tgforward.db.leases import Lease, claim_free
from tgforward.db.models import AccountKind, TGForwardConfig
from tgforward.db.models import PeerKind as StoredKind
from tgforward.db.peers import KnownPeer, store_peers
from tgforward.db.session import Session, session_factory
from tgforward.types import AccountId, ChatId, MessageId

SOURCE, DEST = ChatId(-1001234567890), ChatId(-1009876543210)
LANES = 10
FIRST_MESSAGE = MessageId(1001)
LEASE = timedelta(hours=1)  # nobody renews it while we measure
ROWS = 500


async def set_up(engine: Engine, tasks: int) -> list[Lease]:
    """So many configs, dealt out to the accounts; each has forwarded everything before `FIRST_MESSAGE`."""
    async with session_factory(engine).begin() as session:
        accounts = [await _add_account(session, f"account{number}") for number in range(LANES)]
        for start in range(1, tasks + 1, ROWS):
            await _add_configs(session, accounts, range(start, min(start + ROWS, tasks + 1)))
        return await claim_free(session, "bench", LEASE)


async def _add_account(session: Session, name: str) -> AccountId:
    account = await add_account(session, name=name, kind=AccountKind.USER, session_sealed=b"")
    chats = [KnownPeer(chat, 7, StoredKind.CHANNEL, None, "chat") for chat in (SOURCE, DEST)]
    await store_peers(session, account.id, chats)
    return account.id


async def _add_configs(session: Session, accounts: list[AccountId], numbers: range) -> None:
    before = FIRST_MESSAGE - 1
    window = {"history_floor": before, "history_top": before, "history_cursor": before, "live_cursor": before}
    same = {"source": SOURCE, "dest": DEST, "forward_history_count": 0, **window}
    rows = [{"id": number, "account_id": accounts[number % LANES], **same} for number in numbers]
    await session.execute(insert(TGForwardConfig), rows)
