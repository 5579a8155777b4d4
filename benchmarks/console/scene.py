"""An installation with very many configs: named, run once, some of them paused or with a dead delivery."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from benchmarks.settle.scene import DEST, LANES, ROWS, SOURCE
from tgforward.db.engine import create_engine
from tgforward.db.models import Delivery, DeliveryState, ForwardRun, Role, TGForwardConfig
from tgforward.db.models.config import ConfigState
from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import Sample, record_sample
from tgforward.db.session import Session, session_factory
from tgforward.db.web_users import add_web_user
from tgforward.services.web_secrets import hash_password

NAME, PASSWORD = "admin", "correct horse battery staple"
DEAD_EVERY, PAUSED_EVERY = 50, 7
NOW = datetime.now(UTC)


async def fill(url: str, configs: int) -> None:
    """Add what `benchmarks.settle.scene` leaves out, and somebody who may log in."""
    engine = create_engine(url)
    async with session_factory(engine).begin() as session:
        await add_web_user(session, name=NAME, password_hash=hash_password(PASSWORD), role=Role.ADMIN, user_id=None)
        await _name(session, configs)
        for some in _pages([_run(number) for number in range(1, configs + 1)]):
            await session.execute(insert(ForwardRun), some)
        for some in _pages([_dead(number) for number in range(1, configs + 1, DEAD_EVERY)]):
            await session.execute(insert(Delivery), some)
        last = int(NOW.timestamp()) // SPAN_S
        for span in range(last - 3600 // SPAN_S, last):
            await record_sample(session, Sample(span, "host-1", 900, 1234, 50, 0, 2, 15))
    await engine.dispose()


async def _name(session: Session, configs: int) -> None:
    """In pages, so that no statement takes too long."""
    for start in range(1, configs + 1, ROWS):
        numbers = range(start, min(start + ROWS, configs + 1))
        rows = [{"id": number, "name": f"news of town {number}", "last_run_at": NOW} for number in numbers]
        await session.execute(update(TGForwardConfig), rows)
    paused = TGForwardConfig.id % PAUSED_EVERY == 0
    await session.execute(update(TGForwardConfig).where(paused).values(state=ConfigState.PAUSED))


def _run(number: int) -> dict[str, object]:
    return {
        "config_id": number,
        "account_id": number % LANES + 1,
        "started_at": NOW - timedelta(seconds=number % 3600),
        "duration_ms": 7,
        "history": 0,
        "live": 1,
        "skipped": 1,
        "skipped_by_reason": {"skip_word": 1},
    }


def _dead(number: int) -> dict[str, object]:
    return {
        "config_id": number,
        "account_id": number % LANES + 1,
        "source_chat_id": SOURCE,
        "source_message_id": number,
        "part": 0,
        "random_id": number,
        "state": DeliveryState.DEAD,
        "dest_chat_id": DEST,
        "attempts": 3,
        "created_at": NOW,
        "settled_at": NOW,
        "reason": "gone: MESSAGE_ID_INVALID",
    }


def _pages(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(rows), ROWS):
        yield rows[start : start + ROWS]
