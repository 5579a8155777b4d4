"""What many tasks ask for at once is done together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

Work = Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]]
"""Answers each item, or says why not; what it raises is raised for all of them."""
Asked = list[tuple[Item, asyncio.Future[Answer]]]


def _one(_item: object) -> int:
    return 1


class Gatherer(Generic[Item, Answer]):
    """Hands items over in batches, one batch at a time: what is asked meanwhile is the next one.

    Nobody waits for company. A batch of one costs what it costs without a gatherer, and the more is asked, the longer
    a batch takes, and the more shares the next one.
    """

    def __init__(self, work: Work[Item, Answer], *, most: int, weigh: Callable[[Item], int] = _one) -> None:
        """`most`: what the items of a batch may weigh together; one that is heavier goes alone."""
        self._work, self._most, self._weigh = work, most, weigh
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Answer:
        """The answer to one item. Whoever is cancelled meanwhile leaves the work of the others alone, and its own."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        batch: Asked[Item, Answer] = []
        try:
            while batch := self._take():
                _tell(batch, await self._answer([item for item, _ in batch]))
        finally:  # empty, unless the loop is being closed
            self._task = None
            for _, future in (*batch, *self._waiting):
                future.cancel()
            self._waiting.clear()

    def _take(self) -> Asked[Item, Answer]:
        batch: Asked[Item, Answer] = []
        weight = 0
        while self._waiting and (not batch or weight + self._weigh(self._waiting[0][0]) <= self._most):
            batch.append(self._waiting.popleft())
            weight += self._weigh(batch[-1][0])
        return batch

    async def _answer(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        try:
            return await self._work(items)
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            return [error] * len(items)


def _tell(batch: Asked[Item, Answer], answers: Sequence[Answer | Exception]) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():
            continue  # cancelled
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
