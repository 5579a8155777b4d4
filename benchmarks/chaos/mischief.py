"""Makes the schedule come true: who fails, and how, is chosen by each event's own seed."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from benchmarks.chaos.editing import Edits
from benchmarks.chaos.killing import Killing
from benchmarks.chaos.network import Network
from benchmarks.chaos.outages import Outages
from benchmarks.chaos.schedule import EDITS, FREEZES, KILLS, STORES, Kind, Stream


@dataclass(slots=True)
class Mischief:
    """Does what the events say and counts it."""

    killing: Killing
    outages: Outages
    network: Network
    edits: Edits
    done: Counter[Kind] = field(default_factory=Counter)

    async def run(self, streams: Iterable[Stream]) -> None:
        """All streams side by side, from now on."""
        start = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for stream in streams:
                group.create_task(self._follow(stream, start))

    async def _follow(self, stream: Stream, start: float) -> None:
        loop = asyncio.get_running_loop()
        for event in stream:
            await asyncio.sleep(max(0.0, start + event.at_s - loop.time()))
            await self._act(event.kind, Random(event.seed))
            self.done[event.kind] += 1

    async def _act(self, kind: Kind, random: Random) -> None:
        if kind in KILLS:
            await self.killing.kill(kind, random)
        elif kind in FREEZES:
            await self.killing.freeze(kind, random)
        elif kind in STORES:
            await self.outages.fail(kind, random)
        elif kind in EDITS:
            await self.edits.edit(kind, random)
        else:
            await self.network.disturb(kind, random)
