"""What holds for every table."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import String, delete, select, text
from sqlalchemy.exc import InvalidRequestError, StatementError

from tests.db.build import make_account, make_config
from tgforward.db.accounts import list_accounts
from tgforward.db.base import Base
from tgforward.db.models import TRIAL, TelegramAccount, TGForwardConfig, User
from tgforward.db.session import SessionFactory, reading
from tgforward.db.users import add_user

TABLES = TGForwardConfig.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_tables_are_described_and_stored_alike(table: object) -> None:
    """Each has a comment, InnoDB and four-byte characters."""
    options = table.kwargs  # type: ignore[attr-defined]  # a Table
    assert table.comment  # type: ignore[attr-defined]  # a Table
    assert (options["mysql_engine"], options["mysql_collate"]) == ("InnoDB", "utf8mb4_general_ci")


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_columns_are_described_and_bounded(column: object) -> None:
    """Each has a comment, and each string a length."""
    assert column.comment  # type: ignore[attr-defined]  # a Column
    kind = column.type  # type: ignore[attr-defined]  # a Column
    assert not isinstance(kind, String) or kind.length or kind.__visit_name__ == "text"


async def test_nothing_is_loaded_by_accident(session_factory: SessionFactory) -> None:
    """Touching a relationship that was not asked for is an error, not a query."""
    async with session_factory.begin() as session:
        await add_user(session, "6001")
    await make_config(session_factory, user_id="6001")
    async with reading(session_factory) as session:
        config = (await session.scalars(select(TGForwardConfig))).one()
        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
            _ = config.user
        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
            _ = (await session.get_one(User, "6001")).configs


async def test_values_of_the_server_are_there_after_the_flush(session_factory: SessionFactory) -> None:
    """Defaults need no second query, and times are aware and near."""
    async with session_factory.begin() as session:
        user = await add_user(session, "6001")
        assert user.auth_time is not None
        assert abs(user.auth_time - TRIAL - user.reg_at) < timedelta(minutes=1)
        assert abs(user.reg_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_time_without_a_zone_is_refused(session_factory: SessionFactory) -> None:
    """Its zone would be a guess."""
    async with session_factory() as session:
        with pytest.raises(StatementError, match="has no time zone"):
            await session.execute(select(User).where(User.auth_time > datetime(2024, 1, 1)))  # noqa: DTZ001 - on purpose


async def test_a_time_comes_back_as_it_was_given(session_factory: SessionFactory) -> None:
    """Another zone and microseconds are kept as a moment."""
    moment = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
    await make_account(session_factory)
    async with session_factory.begin() as session:
        (await list_accounts(session))[0].wait_until = moment.astimezone()
    async with reading(session_factory) as session:
        assert (await list_accounts(session))[0].wait_until == moment


async def test_a_session_comes_back_and_is_never_shown(session_factory: SessionFactory) -> None:
    """Sealed bytes survive, and neither repr nor str holds them."""
    await make_account(session_factory)
    async with reading(session_factory) as session:
        account = (await list_accounts(session))[0]
    assert account.session_sealed == b"\x00sealed\xff"
    assert "sealed" not in repr(account) + str(account)


@pytest.mark.parametrize("model", [TelegramAccount, TGForwardConfig])
async def test_ids_do_not_come_back(session_factory: SessionFactory, model: type[Base]) -> None:
    """A removed config's id in a new one's `random_id`s would make Telegram swallow messages."""
    make = make_account if model is TelegramAccount else make_config
    first = await make(session_factory)
    async with session_factory.begin() as session:
        await session.execute(delete(model))
    assert await make(session_factory) > first


async def test_references_are_kept(session_factory: SessionFactory) -> None:
    """Removing a user who has configs is refused by the database."""
    async with session_factory.begin() as session:
        await add_user(session, "6001")
    await make_config(session_factory, user_id="6001")
    async with session_factory() as session:
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            await session.execute(text("DELETE FROM user"))
