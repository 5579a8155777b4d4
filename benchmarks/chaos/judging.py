"""Reads the journals: waits until everything has arrived, and compares."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.chaos.expectation import Order, expect, media_key
from benchmarks.chaos.posts import Posted, marker_of
from benchmarks.chaos.scene import Scene, Wiring
from benchmarks.chaos.verdict import Arrival, Verdict, compare
from tgforward.sandbox.control_client import SandboxControl
from tgforward.sandbox.journal import JournalEntry

LOOK_EVERY_S = 0.5
LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows what was wired and posted; `history` is how many posts of each source stood there at first."""

    control: SandboxControl
    scene: Scene
    wired: Sequence[Wiring]
    posted: Mapping[str, Sequence[Posted]]
    history: Mapping[str, int]

    async def wait_until_arrived(self, quiet_s: float) -> None:
        """Returns when everything has arrived, or nothing has for `quiet_s`."""
        loop = asyncio.get_running_loop()
        orders = await self._orders()
        wanted = sum(len(unit.keys) for order in orders for unit in order.units)
        arrived, changed_at, end = -1, loop.time(), loop.time() + LIMIT_S
        while loop.time() < min(end, changed_at + quiet_s):
            count = await self._count()
            if count != arrived:
                arrived, changed_at = count, loop.time()
            if arrived >= wanted and not compare(orders, await self._arrivals()).lost:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def judge(self) -> Verdict:
        """The verdict on what stands in the dests now."""
        return compare(await self._orders(), await self._arrivals())

    async def _count(self) -> int:
        sizes = await self.control.sizes()
        return sum(sizes[dest] for dest in self.scene.dests)

    async def _orders(self) -> list[Order]:
        orders = []
        media = {source: await self._media(source) for source in self.scene.sources}
        for wiring in self.wired:
            posted, split = self.posted[wiring.source], self.history[wiring.source]
            orders.append(expect(wiring, posted[:split], posted[split:], media[wiring.source]))
        return orders

    async def _media(self, source: str) -> dict[int, int]:
        entries = await self.control.journal(source)
        return {entry.id: entry.media_id for entry in entries if entry.media_id is not None}

    async def _arrivals(self) -> dict[str, list[Arrival]]:
        return {dest: [_arrival(entry) for entry in await self.control.journal(dest)] for dest in self.scene.dests}


def _arrival(entry: JournalEntry) -> Arrival:
    key = marker_of(entry.text) if entry.media_id is None else media_key(entry.media_id)
    return Arrival(key, entry.text, entry.grouped_id)
