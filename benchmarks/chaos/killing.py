"""Processes killed and frozen, at any moment or between two chosen steps of a run."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from benchmarks.chaos.fleet import Fleet, Member, Role
from benchmarks.chaos.observer import Observer
from benchmarks.chaos.schedule import Kind
from benchmarks.chaos.stores import Database
from benchmarks.chaos.traps import ONE_OF_MANY, Traps, choose_step
from tgforward.errors import TgforwardError

HELD_MS = 400  # so long a trapped call or answer is held: time enough to kill its sender
FREEZE_S = (6.0, 8.0)  # a lease lasts 3 s
AFTERMATH_S = 3.0  # leases are in order again after that
RESTART_S = (0.2, 1.5)
LOOK_EVERY_S = 0.05
LOOKS = 400
LOOKS_FOR_ACCOUNT = 100


@dataclass(slots=True)
class Killing:
    """`calm` is held while a flood wait is told: killed in that instant, nobody could know of it."""

    fleet: Fleet
    observer: Observer
    traps: Traps
    calm: asyncio.Lock
    database: Database
    killed: Counter[Role] = field(default_factory=Counter)
    held: int = 0
    """How often a frozen process kept the database from all others; only SQLite lets it."""

    async def kill(self, kind: Kind, random: Random) -> None:
        """One kill -9."""
        async with self.calm:
            match kind:
                case Kind.KILL_SCHEDULER:
                    member = await self._one_of_several(Role.SCHEDULER, random)
                case Kind.KILL_WORKER:
                    member = await self._one_of_several(Role.WORKER, random)
                case _:
                    member = await self._at_step(kind, random)
            if member.role is Role.WORKER:
                self.observer.note_kill(member)
            self.fleet.kill(member, random.uniform(*RESTART_S))
        self.killed[member.role] += 1

    async def freeze(self, kind: Kind, random: Random) -> None:
        """One SIGSTOP, and SIGCONT when the lease has long run out."""
        async with self.calm:
            member = await self._to_freeze(kind, random)
            self.observer.note_freeze(member)
            self.fleet.freeze(member)
        is_held = await self.database.is_held()
        if is_held:
            self.held += 1
            self.observer.blur()
        try:
            await asyncio.sleep(random.uniform(*FREEZE_S))
        finally:
            self.fleet.thaw(member)
            if is_held:
                self.observer.blur(AFTERMATH_S)

    async def _to_freeze(self, kind: Kind, random: Random) -> Member:
        match kind:
            case Kind.FREEZE_SCHEDULER:
                return await self._one_of_several(Role.SCHEDULER, random)
            case Kind.FREEZE_WORKER:
                return await self._one_of_several(Role.WORKER, random)
            case _:
                if account := await self._account(random):
                    await self.traps.spring("answer_late", account=account, method=ONE_OF_MANY, delay_ms=HELD_MS)
                return await self._owner(account, random)

    async def _at_step(self, kind: Kind, random: Random) -> Member:
        account, method = await self._account(random), choose_step(random)
        match kind:
            case _ if not account:
                pass
            case Kind.KILL_BEFORE:
                await self.traps.spring("delay", account=account, method=method, delay_ms=HELD_MS)
            case Kind.KILL_EXECUTED:
                how = random.choice(["answer_late", "cut"])
                await self.traps.spring(how, account=account, method=method, delay_ms=HELD_MS)
            case Kind.KILL_LOST:
                await self.traps.spring("lost", account=account, method=method)
            case _:  # a short delay is only there to tell when the call comes
                await self.traps.spring("delay", account=account, method=method, delay_ms=5)
                await asyncio.sleep(random.uniform(0.0, 0.03))
        return await self._owner(account, random)

    async def _owner(self, account: str | None, random: Random) -> Member:
        """Who works for the account at this moment; somebody else where that is not known."""
        member = self.observer.owners.get(account or "")
        if member is None or member.is_frozen or member.pid is None:
            return await self._one_of_several(Role.WORKER, random)
        return member

    async def _one_of_several(self, role: Role, random: Random) -> Member:
        """A process that works, beside another one that does, if there are several at all.

        Raises:
            TgforwardError: they do not stay alive.
        """
        several = sum(member.role is role for member in self.fleet.members) > 1
        for _ in range(LOOKS):
            if len(ready := self.fleet.ready(role)) >= 1 + several:
                return random.choice(ready)
            await asyncio.sleep(LOOK_EVERY_S)
        raise TgforwardError(f"no {role} process stays alive: read the logs (--keep)")

    async def _account(self, random: Random) -> str | None:
        """An account whose owner works; None if there is none, because all are parked, say."""
        for _ in range(LOOKS_FOR_ACCOUNT):
            if owned := self._owned():
                return random.choice(owned)
            await asyncio.sleep(LOOK_EVERY_S)
        return None

    def _owned(self) -> list[str]:
        owners = self.observer.owners.items()
        return sorted(name for name, owner in owners if owner.pid is not None and not owner.is_frozen)
