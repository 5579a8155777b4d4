"""Who owns which account, when each was last heard of at the server, and how long the dead were missed."""

import asyncio
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.chaos.fleet import Fleet, Member, Role, pids_in
from tgforward.db.accounts import list_accounts
from tgforward.db.leases import list_owners
from tgforward.db.session import reading
from tgforward.errors import DatabaseError
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.deps import Deps

COUNT_EVERY_S = 0.05
OWNERS_EVERY_S = 0.15
ECHO_S = 0.1  # what the dead had written to its socket has been counted by then
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long after a kill a lane was worked off again."""

    account: str
    victim: str
    killed_at: datetime
    seconds: float


@dataclass(slots=True)
class Grave:
    """A process that was killed, and the accounts that are known to have been its own."""

    victim: str
    killed_at: datetime
    since: float
    accounts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Missed:
    """A lane whose owner was killed, until somebody works for it again."""

    grave: Grave
    requests: int | None = None
    """How many had been counted when the echo of the dead was over."""


@dataclass(slots=True)
class Observer:
    """Watches from outside: the leases in the database, the counters of the server."""

    deps: Deps
    control: SandboxControl
    fleet: Fleet
    owners: dict[str, Member] = field(default_factory=dict)
    recoveries: list[Recovery] = field(default_factory=list)
    _missed: dict[str, Missed] = field(default_factory=dict)
    _graves: dict[int, Grave] = field(default_factory=dict)
    """By process id: an account that somebody took just before it was killed is found out later, by its lease."""
    _blurred: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_owners())
            group.create_task(self._watch_requests())

    def note_kill(self, victim: Member) -> None:
        """Call it at the moment of the kill: the victim's lanes are missed from now on.

        A lane that it had only just taken over is missed from this kill; where nobody is left to take it over, none is.
        """
        others = [member for member in self.fleet.ready(Role.WORKER) if member is not victim]
        accounts = self._take_from(victim)
        if not others:
            self._forget()
            return
        grave = Grave(victim.name, datetime.now(UTC), self._now())
        if victim.pid is not None:
            self._graves[victim.pid] = grave
        for account in accounts:
            self._miss(account, grave)

    def note_freeze(self, member: Member) -> None:
        """The member will be silent: its lanes are not measured."""
        self._take_from(member)

    def blur(self, seconds: float = math.inf, account: str = EVERYBODY) -> None:
        """Something else keeps an account (or all) from working: what is missed now or soon is not measured."""
        self._blurred[account] = self._now() + seconds
        if account == EVERYBODY:
            self._forget()
        self._missed.pop(account, None)
        for grave in self._graves.values():
            grave.accounts.add(account)

    def _forget(self) -> None:
        self._missed.clear()
        self._graves.clear()

    def _miss(self, account: str, grave: Grave) -> None:
        if account in grave.accounts:
            return
        grave.accounts.add(account)
        self._missed.pop(account, None)
        if not self._is_blurred(account):
            self._missed[account] = Missed(grave)

    def _take_from(self, member: Member) -> list[str]:
        accounts = [name for name, owner in self.owners.items() if owner is member]
        for account in accounts:
            del self.owners[account]
            self._missed.pop(account, None)
        return accounts

    def _is_blurred(self, account: str) -> bool:
        return any(self._blurred.get(name, 0.0) > self._now() for name in (account, EVERYBODY))

    async def _watch_requests(self) -> None:
        while True:
            counters = await self.control.counters()
            self._look({name: _worked(methods) for name, methods in counters["requests"].items()})
            await asyncio.sleep(COUNT_EVERY_S)

    def _look(self, requests: Mapping[str, int]) -> None:
        now = self._now()
        for account, missed in list(self._missed.items()):
            count = requests.get(account, 0)
            if missed.requests is None:
                missed.requests = count if now >= missed.grave.since + ECHO_S else None
            elif count > missed.requests:
                grave = missed.grave
                self.recoveries.append(Recovery(account, grave.victim, grave.killed_at, now - grave.since))
                del self._missed[account]

    async def _watch_owners(self) -> None:
        while True:
            with suppress(DatabaseError, TimeoutError):
                self.owners = await self._load_owners()
            await asyncio.sleep(OWNERS_EVERY_S)

    async def _load_owners(self) -> dict[str, Member]:
        async with reading(self.deps.session_factory) as session:
            names = {account.id: account.name for account in await list_accounts(session)}
            owners = await list_owners(session)
        found = {}
        for item in owners:
            name, pids = names[item.lease.account_id], pids_in(item.owner)
            for grave in (self._graves[pid] for pid in pids & self._graves.keys()):
                self._miss(name, grave)
            if (member := self.fleet.find(pids)) is None or member.is_ending:
                continue
            found[name] = member
            if member.is_frozen:
                self._missed.pop(name, None)  # it took the lane over, and was stopped before it was seen to own it
        return found

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _worked(methods: Mapping[str, int]) -> int:
    """Requests that a job makes; what a client library sends by itself is not work."""
    return sum(count for method, count in methods.items() if method.startswith("messages."))
