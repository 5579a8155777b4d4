"""Many configs paused and resumed at once."""

import pytest

from tests.db.build import make_account, make_config
from tests.db.statements import counted
from tests.services.callers import OPERATOR, tenant
from tgforward.db.audit import list_changes
from tgforward.db.configs import list_configs
from tgforward.db.dests import add_dest, list_dests, set_dest_state
from tgforward.db.models import ConfigState, DestState
from tgforward.db.session import SessionFactory, reading
from tgforward.db.users import add_user
from tgforward.errors import InvalidInput, NotFound
from tgforward.services.config_bulk import pause_configs, resume_configs
from tgforward.services.database import Database
from tgforward.types import ChatId, ConfigId


@pytest.fixture
async def numbers(session_factory: SessionFactory) -> list[ConfigId]:
    """Five configs, the first of user 7 and with a parked dest."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await add_user(session, "7")
    made = [await make_config(session_factory, account_id, "7" if number == 0 else None) for number in range(5)]
    async with session_factory.begin() as session:
        await add_dest(session, made[0], ChatId(-7))
        await set_dest_state(session, made[0], 1, DestState.PARKED, "no right")
    return made


async def _states(factory: SessionFactory) -> list[ConfigState]:
    async with reading(factory) as session:
        return [row.state for row in await list_configs(session)]


async def test_all_that_are_named_stop_and_go(session_factory: SessionFactory, numbers: list[ConfigId]) -> None:
    """With their parked dests, and a line in the audit log for each."""
    stored = Database(session_factory)
    await pause_configs(stored, OPERATOR, numbers[:3])
    assert [state is ConfigState.PAUSED for state in await _states(session_factory)] == [True, True, True, False, False]

    await resume_configs(stored, OPERATOR, numbers)
    assert set(await _states(session_factory)) == {ConfigState.ACTIVE}
    async with reading(session_factory) as session:
        assert [dest.state for dest in (await list_dests(session, numbers))[numbers[0]]] == [DestState.ACTIVE]
        changes = await list_changes(session, str(numbers[0]))
    assert [(entry.actor, entry.action) for entry in changes] == [
        (OPERATOR.actor, "config.active"),
        (OPERATOR.actor, "config.paused"),
    ]


async def test_one_that_is_not_there_stops_all(session_factory: SessionFactory, numbers: list[ConfigId]) -> None:
    """Also one that is only not theirs."""
    with pytest.raises(NotFound, match="99"):
        await pause_configs(Database(session_factory), OPERATOR, [*numbers, ConfigId(99)])
    with pytest.raises(NotFound, match=str(numbers[1])):
        await pause_configs(Database(session_factory), tenant("7"), numbers[:2])

    assert set(await _states(session_factory)) == {ConfigState.ACTIVE}


async def test_the_number_of_statements_does_not_grow(session_factory: SessionFactory, numbers: list[ConfigId]) -> None:
    """Five configs are resumed by as many statements as one."""
    counts = []
    for some in (numbers[:1], numbers):
        with counted(session_factory) as statements:
            await resume_configs(Database(session_factory), OPERATOR, some)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 5


async def test_there_is_a_limit(session_factory: SessionFactory) -> None:
    """None at all, and more than a thousand, are refused."""
    for some in (range(0), range(1, 1002)):
        with pytest.raises(InvalidInput, match="1 to 1000"):
            await pause_configs(Database(session_factory), OPERATOR, [ConfigId(number) for number in some])
