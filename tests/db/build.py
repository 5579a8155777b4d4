"""Rows that tests start from."""

from tgforward.db.accounts import add_account
from tgforward.db.configs import add_config
from tgforward.db.models import AccountKind
from tgforward.db.session import SessionFactory
from tgforward.types import AccountId, ChatId, ConfigId

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
