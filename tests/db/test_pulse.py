"""Whether anything happened since the last look."""

from datetime import UTC, datetime, timedelta

from tests.db.build import make_account, make_config
from tgforward.db.accounts import set_account_wait
from tgforward.db.audit import record_change
from tgforward.db.pulse import Pulse, load_pulse
from tgforward.db.runs import NewRun, record_runs
from tgforward.db.samples import Sample, record_sample
from tgforward.db.session import SessionFactory, reading


async def test_everything_that_happens_changes_the_pulse(session_factory: SessionFactory) -> None:
    """A run, a change by a person, an event of a lane, a worker's sample; and nothing else does."""
    now = datetime.now(UTC)
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    async with reading(session_factory) as session:
        seen = [await load_pulse(session)]
    assert seen == [Pulse(None, None, None, None)]
    for number in range(4):
        async with session_factory.begin() as session:
            match number:
                case 0:
                    await record_runs(session, [NewRun(config_id, account_id, now, timedelta(0))])
                case 1:
                    await record_change(session, actor="me", action="config.edit", target="1", detail={})
                case 2:
                    await set_account_wait(session, account_id, now, "FLOOD_WAIT_3")
                case _:
                    await record_sample(session, Sample(7, "a", 1, 1, 0, 0, 1, 1))
            seen.append(await load_pulse(session))
    assert len(set(seen)) == len(seen)
