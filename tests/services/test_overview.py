"""What the console shows first."""

from datetime import timedelta

from sqlalchemy import event

from tests.db.build import make_account
from tgforward.clock import SystemClock
from tgforward.db.leases import claim_free
from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import Sample, record_sample
from tgforward.db.session import SessionFactory
from tgforward.services.database import Database
from tgforward.services.overview import LANES_SHOWN, load_overview

ACCOUNTS = 30
STATEMENTS = 12


async def test_the_last_hour_at_a_glance(session_factory: SessionFactory) -> None:
    """Samples are added up; of many accounts those with news are shown, in a number of statements that stays."""
    now = SystemClock().now()
    accounts = [await make_account(session_factory, f"account {n}") for n in range(ACCOUNTS)]
    span = int(now.timestamp()) // SPAN_S
    async with session_factory.begin() as session:
        await claim_free(session, "host-1", timedelta(seconds=3), account_ids=accounts[-1:])
        await record_sample(session, Sample(span - 1, "a", 10, 5, 1, 0, 2, 30))
        await record_sample(session, Sample(span - 100, "a", 10, 6, 1, 0, 2, 90))
        await record_sample(session, Sample(span - 1000, "a", 10, 9, 1, 0, 2, 900))
    statements: list[str] = []
    engine = session_factory.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", lambda *words: statements.append(words[2]))
    overview = await load_overview(Database(session_factory))
    assert (overview.sent, overview.late_p99_ms) == (11, 30)
    assert len(overview.accounts) == LANES_SHOWN
    assert overview.accounts[0].id == accounts[-1]
    assert [item.account_id for item in overview.events] == accounts[-1:]
    assert len(statements) <= STATEMENTS
