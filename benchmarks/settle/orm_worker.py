"""The peer: stock arq, and one ORM transaction per job, as an ordinary program would write it.

Run as a process; the last line of its output is one JSON object. It writes the same rows into the same tables as ours.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from benchmarks.settle.scene import DEST, FIRST_MESSAGE, SOURCE
from tgforward.db.models import Delivery, DeliveryState, ForwardRun, TGForwardConfig
from tgforward.forwarding.identity import random_id
from tgforward.types import MessageId

QUEUE = "settle:peer"
POLL_S = 0.01  # stock arq's own half second would be most of what is measured


async def forward(ctx: dict[str, Any], config_id: int, message_id: int, messages: int) -> None:
    """Load the config, note what was sent, move the cursor, count, and add the run's row."""
    async with ctx["sessions"].begin() as session:
        config = await session.get_one(TGForwardConfig, config_id)
        session.add_all(_delivery(config, MessageId(message_id + n)) for n in range(messages))
        config.live_cursor = MessageId(message_id + messages - 1)
        config.live_forwarded += messages
        config.last_run_at = datetime.now(UTC)
        session.add(_run(config, messages))


def _delivery(config: TGForwardConfig, message_id: MessageId) -> Delivery:
    return Delivery(
        config_id=config.id,
        source_chat_id=SOURCE,
        source_message_id=message_id,
        part=0,
        random_id=random_id(config.id, 0, SOURCE, message_id),
        state=DeliveryState.SENT,
        dest_chat_id=DEST,
        dest_message_id=message_id,
        account_id=config.account_id,
        settled_at=datetime.now(UTC),
    )


def _run(config: TGForwardConfig, messages: int) -> ForwardRun:
    return ForwardRun(
        config_id=config.id,
        account_id=config.account_id,
        started_at=datetime.now(UTC),
        duration_ms=1,
        live=messages,
        skipped_by_reason={},
    )


async def main(url: str, redis_socket: str, tasks: int, messages: int, max_jobs: int) -> None:
    """Enqueue so many jobs, one for each config, and time the worker that empties the queue."""
    engine = create_async_engine(url, pool_pre_ping=True, pool_recycle=600)
    redis = RedisSettings(unix_socket_path=redis_socket)
    pool = await create_pool(redis, default_queue_name=QUEUE)
    for number in range(1, tasks + 1):
        await pool.enqueue_job("forward", number, FIRST_MESSAGE, messages)
    worker = Worker(
        [forward],
        queue_name=QUEUE,
        redis_settings=redis,
        burst=True,
        max_jobs=max_jobs,
        poll_delay=POLL_S,
        keep_result=0,
        max_tries=1,
        handle_signals=False,
        ctx={"sessions": async_sessionmaker(engine, expire_on_commit=False)},
    )
    started = time.perf_counter()
    await worker.async_run()
    seconds = time.perf_counter() - started
    sys.stdout.write(json.dumps({"done": worker.jobs_complete, "seconds": seconds}) + "\n")
    await worker.close()
    await pool.aclose()
    await engine.dispose()


if __name__ == "__main__":
    database_url, socket, *numbers = sys.argv[1:]
    asyncio.run(main(database_url, socket, *map(int, numbers)))
