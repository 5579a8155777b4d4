"""What goes wrong on the way to Telegram and at Telegram's."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.observer import Observer
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.schedule import Kind
from benchmarks.chaos.traps import Traps, choose_send, choose_step
from tgforward.sandbox.control_client import SandboxControl

FAULTS: Final = {
    Kind.CUT: "cut",
    Kind.LOST: "lost",
    Kind.SLOW: "delay",
    Kind.SLOW_ANSWER: "answer_late",
    Kind.SERVER_ERROR: "server_error",
}
SLOW_MS = (100, 800)
FLOOD_S = (1, 5)
STORED_S = 0.7  # after this an owner has written the wait down; killed before, it takes the knowledge with it


@dataclass(frozen=True, slots=True)
class Network:
    """Orders faults at the server."""

    scene: Scene
    fleet: Fleet
    observer: Observer
    control: SandboxControl
    traps: Traps
    calm: asyncio.Lock

    async def disturb(self, kind: Kind, random: Random) -> None:
        """One fault, for one call of one account."""
        match kind:
            case Kind.DUPLICATES:
                await self.control.set_duplicates(random.choice(["original", "error"]))
            case Kind.FLOOD:
                await self._flood(random)
            case _:
                method = choose_send(random) if kind is Kind.SERVER_ERROR else choose_step(random)
                account, delay_ms = random.choice(self.scene.accounts), random.randint(*SLOW_MS)
                await self.control.add_fault(FAULTS[kind], account=account, method=method, delay_ms=delay_ms)

    async def _flood(self, random: Random) -> None:
        account, seconds = random.choice(self.scene.accounts), random.randint(*FLOOD_S)
        await self.fleet.stores_up.wait()
        async with self.calm:
            owner = self.observer.owners.get(account)
            if owner is None or owner.is_frozen or not self.fleet.stores_up.is_set():
                return
            self.observer.blur(seconds + STORED_S, account)
            if await self.traps.spring("flood_wait", account=account, seconds=seconds):
                await asyncio.sleep(STORED_S)
