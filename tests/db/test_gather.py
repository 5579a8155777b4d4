"""Batches of what many tasks ask for."""

import asyncio
from collections.abc import Sequence

import pytest

from tgforward.db.gather import Gatherer


class Server:
    """Answers a batch when it is let go, and remembers what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.is_asked = asyncio.Semaphore(0)
        self.may_answer = asyncio.Semaphore(0)

    async def work(self, items: Sequence[int]) -> list[int | Exception]:
        """Ten times each item; an odd one is an error, and a batch with a zero fails."""
        self.batches.append(list(items))
        self.is_asked.release()
        await self.may_answer.acquire()
        if 0 in items:
            raise ZeroDivisionError
        return [ValueError(item) if item % 2 else item * 10 for item in items]


def _ask(gatherer: Gatherer[int, int], *items: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(gatherer.ask(item)) for item in items]


async def test_what_is_asked_meanwhile_is_the_next_batch() -> None:
    """One batch at a time, the rest in their order, none heavier than allowed."""
    server = Server()
    gatherer = Gatherer(server.work, most=6, weigh=lambda item: item)
    first = _ask(gatherer, 2)
    await server.is_asked.acquire()
    rest = _ask(gatherer, 4, 2, 8, 2)
    for _ in range(4):
        server.may_answer.release()
    assert await asyncio.gather(*first, *rest) == [20, 40, 20, 80, 20]
    assert server.batches == [[2], [4, 2], [8], [2]]


async def test_an_item_fails_alone() -> None:
    """Its error is raised where it was asked for; what fails as a whole fails for all who share it."""
    server = Server()
    gatherer = Gatherer(server.work, most=10)
    for _ in range(2):
        server.may_answer.release()
    assert [repr(answer) for answer in await asyncio.gather(*_ask(gatherer, 4, 3), return_exceptions=True)] == [
        "40",
        "ValueError(3)",
    ]
    answers = await asyncio.gather(*_ask(gatherer, 4, 0), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2


async def test_who_is_cancelled_takes_nothing_from_the_others() -> None:
    """The batch goes on, and so does the next one."""
    server = Server()
    gatherer = Gatherer(server.work, most=10)
    leaving, staying = _ask(gatherer, 2, 4)
    await server.is_asked.acquire()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    (late,) = _ask(gatherer, 6)
    server.may_answer.release()
    server.may_answer.release()
    assert [await staying, await late] == [40, 60]
