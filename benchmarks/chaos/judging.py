"""Reads the journals: waits until everything has arrived, and compares."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.chaos.aftermath import Unknown, compare_changes, compare_replies
from benchmarks.chaos.expectation import Key, Order, expect, keys_of, media_key
from benchmarks.chaos.posts import Posted, marker_of
from benchmarks.chaos.scene import Scene, Wiring
from benchmarks.chaos.verdict import Arrival, Verdict, compare
from tgforward.db.deliveries import list_deliveries
from tgforward.db.models import DeliveryState
from tgforward.db.session import reading
from tgforward.forwarding.identity import dest_number_of
from tgforward.sandbox.control_client import SandboxControl
from tgforward.sandbox.journal import JournalEntry
from tgforward.sandbox.standing import StandingMessage
from tgforward.services.deps import Deps
from tgforward.types import ConfigId

LOOK_EVERY_S = 0.5
LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows what was wired and posted; `history` is how many posts of each source stood there at first."""

    control: SandboxControl
    scene: Scene
    deps: Deps
    configs: Sequence[tuple[ConfigId, Wiring]]
    posted: Mapping[str, Sequence[Posted]]
    history: Mapping[str, int]

    async def wait_until_arrived(self, quiet_s: float) -> None:
        """Returns when everything has arrived, or nothing has for `quiet_s`."""
        loop = asyncio.get_running_loop()
        orders = await self._orders()
        wanted = sum(len(unit.keys) for order in orders for unit in order.units if not unit.is_deleted)
        arrived, changed_at, end = -1, loop.time(), loop.time() + LIMIT_S
        while loop.time() < min(end, changed_at + quiet_s):
            count = await self._count()
            if count != arrived:
                arrived, changed_at = count, loop.time()
            if arrived >= wanted and (await self.judge()).is_perfect:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def judge(self) -> Verdict:
        """The verdict on what came to the dests, and on what stands there now."""
        orders, arrivals = await self._orders(), await self._arrivals()
        verdict, unknown = compare(orders, arrivals), await self._unknown()
        standing = {dest: [_standing(message) for message in await self.control.messages(dest)] for dest in arrivals}
        compare_changes(orders, standing, unknown, verdict)
        compare_replies(orders, arrivals, unknown, verdict)
        return verdict

    async def _unknown(self) -> Unknown:
        """From the ledger: sent, but as which message nobody said."""
        names = {(config_id, way.dest_number): way for config_id, wiring in self.configs for way in wiring.ways}
        media = {source: await self._media(source) for source in self.scene.sources}
        async with reading(self.deps.session_factory) as session:
            rows = await list_deliveries(session, DeliveryState.SENT, limit=None)
        found: dict[str, set[Key]] = {}
        for row in rows:
            if row.dest_message_id is None:
                way = names[row.config_id, dest_number_of(row.part)]
                posted = next(item for item in self.posted[way.source] if row.source_message_id in item.ids)
                found.setdefault(way.name, set()).update(keys_of(posted, media[way.source]))
        return {name: frozenset(keys) for name, keys in found.items()}

    async def _count(self) -> int:
        sizes = await self.control.sizes()
        return sum(sizes[dest] for dest in self.scene.dests)

    async def _orders(self) -> list[Order]:
        orders = []
        media = {source: await self._media(source) for source in self.scene.sources}
        for way in (way for _, wiring in self.configs for way in wiring.ways):
            posted, split = self.posted[way.source], self.history[way.source]
            orders.append(expect(way, posted[:split], posted[split:], media[way.source]))
        return orders

    async def _media(self, source: str) -> dict[int, int]:
        entries = await self.control.journal(source)
        return {entry.id: entry.media_id for entry in entries if entry.media_id is not None}

    async def _arrivals(self) -> dict[str, list[Arrival]]:
        return {dest: [_arrival(entry) for entry in await self.control.journal(dest)] for dest in self.scene.dests}


def _arrival(entry: JournalEntry) -> Arrival:
    return Arrival(_key(entry.text, entry.media_id), entry.text, entry.grouped_id, entry.id, entry.reply_to)


def _standing(message: StandingMessage) -> Arrival:
    return Arrival(_key(message.text, message.media_id), message.text, message.grouped_id, message.id, message.reply_to)


def _key(text: str, media_id: int | None) -> Key:
    return marker_of(text) if media_id is None else media_key(media_id)
