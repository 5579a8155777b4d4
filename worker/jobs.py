"""The jobs that the worker process knows; each is one call into a service."""

from typing import Any

from structlog.contextvars import bind_contextvars

from tgforward.errors import InvalidInput
from tgforward.forwarding.outcomes import Outcome
from tgforward.queue.asking import answer
from tgforward.services.enqueuing import enqueue
from tgforward.services.examination import answer_examination
from tgforward.services.forward import run_finish_strays, run_forward_config
from tgforward.services.inspection import answer_inspection
from tgforward.services.lags import tell_lags as lags_of
from tgforward.services.preview import answer_preview
from tgforward.types import ConfigId

Context = dict[str, Any]


async def forward_config(ctx: Context, config_id: int, version: int | None = None) -> None:
    """On arq's default queue: put the config into its account's lane, where it runs."""
    del version  # the lane reads the current one
    try:
        await enqueue(ctx["deps"], config_id)
    except InvalidInput as error:
        ctx["log"].warning("job_refused", config_id=config_id, error=str(error))


async def forward_config_in_lane(ctx: Context, config_id: int, version: int | None = None) -> Outcome:
    """In a lane: one run."""
    bind_contextvars(config_id=config_id, account_id=ctx["lane"].account_id)
    return await run_forward_config(ctx["lane"], ConfigId(config_id), version)


async def finish_strays(ctx: Context, config_id: int) -> Outcome:
    """In a lane: settle what its account began for a config that has left it."""
    bind_contextvars(config_id=config_id, account_id=ctx["lane"].account_id)
    return await run_finish_strays(ctx["lane"], ConfigId(config_id))


async def inspect_chats(ctx: Context, source: str | None, dest: str | None) -> None:
    """In a lane: answer what the account sees of two chats."""
    await answer(ctx["redis"], ctx["job_id"], await answer_inspection(ctx["lane"], source, dest))


async def preview_config(
    ctx: Context, config_id: int, last: int, link: str | None, draft: dict[str, Any] | None = None
) -> None:
    """In a lane: answer what a config, stored or drafted, would make of its source's messages."""
    found = await answer_preview(ctx["lane"], ConfigId(config_id), last, link, draft)
    await answer(ctx["redis"], ctx["job_id"], found)


async def examine_configs(ctx: Context, config_ids: list[int]) -> None:
    """In a lane: answer what Telegram would refuse of some configs."""
    await answer(ctx["redis"], ctx["job_id"], await answer_examination(ctx["lane"], config_ids))


async def tell_lags(ctx: Context) -> None:
    """In a lane: answer how far its configs are behind."""
    await answer(ctx["redis"], ctx["job_id"], lags_of(ctx["lane"]))
