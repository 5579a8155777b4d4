"""Work that survives the cancellation of whoever waits for it."""

import asyncio

import pytest

from tgforward.services.finishing import to_the_end


async def test_cancelled_work_is_finished_before_the_cancellation_goes_on() -> None:
    """Whoever cancels the waiting task gets control back only when the work is done."""
    done = asyncio.Event()
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    task = asyncio.create_task(to_the_end(work()))
    await begun.wait()
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


async def test_an_error_of_the_work_is_raised() -> None:
    """Without a cancellation it is as if the work had been awaited itself."""

    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await to_the_end(work())
