"""From a parsed request to its answer: counts it, lets faults happen, and calls the method of the API."""

import asyncio
from collections import Counter

from tgforward.sandbox.api.routes import ROUTES, USERS_ONLY
from tgforward.sandbox.call import Call, Facts
from tgforward.sandbox.faults import Effect, Faults
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.wire.logins import REVOKED, Login, Logins
from tgforward.sandbox.wire.unwrap import Request, Unknown
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World


class Dispatcher:
    """The server's API without the wire."""

    def __init__(self, world: World, logins: Logins, faults: Faults, facts: Facts) -> None:
        self.unknown_methods: list[str] = []
        self._world = world
        self._logins = logins
        self._faults = faults
        self._facts = facts
        self._counts: Counter[tuple[str, Account | None]] = Counter()
        self._arrived = asyncio.Event()

    def requests(self, method: str | None, account: Account | None) -> int:
        """How many requests have arrived; None stands for any method or account."""
        return sum(
            count
            for (name, caller), count in self._counts.items()
            if method in (None, name) and account in (None, caller)
        )

    async def arrived(self, method: str | None, account: Account | None, count: int) -> None:
        """Returns once that many requests have arrived."""
        while self.requests(method, account) < count:
            self._arrived.clear()
            await self._arrived.wait()

    def counts(self) -> dict[str, dict[str, int]]:
        """Requests by account name and method; the empty name stands for connections without log-in."""
        table: dict[str, dict[str, int]] = {}
        for (method, account), count in self._counts.items():
            table.setdefault(account.name if account else "", {})[method] = count
        return table

    def count(self, request: Request, login: Login) -> None:
        """Counts a request that has arrived."""
        self._counts[method_name(request.query), login.account] += 1
        self._arrived.set()

    def admit(self, request: Request, login: Login) -> Effect:
        """Decides what happens to a request."""
        if login.refusal:
            return Effect(refusal=Refusal(login.refusal))
        if request.api_id is not None and request.api_id != self._facts.api_id:
            return Effect(refusal=Refusal("API_ID_INVALID"))
        effect = self._faults.effect(method_name(request.query), login.account)
        if effect.is_revoked:
            login.refusal = REVOKED
        return effect

    def execute(self, request: Request, login: Login) -> Tl:
        """The answer of the API.

        Raises:
            Refusal: the answer is an error.
        """
        query = request.query
        handler = ROUTES.get(type(query))
        if handler is None:
            self.unknown_methods.append(method_name(query))
            raise Refusal("METHOD_NOT_IMPLEMENTED")
        if login.account is not None and login.account.is_bot and type(query) in USERS_ONLY:
            raise Refusal("BOT_METHOD_INVALID")
        return handler(Call(self._world, self._logins, self._facts, login), query)


def method_name(query: Tl) -> str:
    """The method as documented with a capital, such as `messages.SendMessage`."""
    if isinstance(query, Unknown):
        return f"{query.constructor:#010x}"
    namespace = type(query).__module__.rpartition(".")[2]
    name = type(query).__name__.removesuffix("Request")
    return name if namespace == "functions" else f"{namespace}.{name}"
