"""The life of one request on a connection: waits, faults, execution, answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from telethon.tl import types

from tgforward.sandbox.dispatch import Dispatcher
from tgforward.sandbox.faults import Effect
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl, rpc_result
from tgforward.sandbox.wire.connection import Connection
from tgforward.sandbox.wire.logins import Login
from tgforward.sandbox.wire.unwrap import Message, Request, unwrap

REMEMBERED = 1000  # requests that a later `invokeAfterMsg` may name


@dataclass(frozen=True, slots=True)
class _Call:
    connection: Connection
    login: Login
    message_id: int
    request: Request


class Calls:
    """Runs the requests of all connections."""

    def __init__(
        self, dispatcher: Dispatcher, on_end: Callable[[asyncio.Task[None]], None], *, latency_s: float = 0
    ) -> None:
        self.current: Connection | None = None
        self._dispatcher = dispatcher
        self._on_end = on_end
        self._latency_s = latency_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = asyncio.Event()
        self._running.set()
        self._outcomes: OrderedDict[int, asyncio.Future[bool]] = OrderedDict()

    def pause(self) -> None:
        """Executes nothing until `resume`: requests wait as if the server were busy."""
        self._running.clear()

    def resume(self) -> None:
        """Ends `pause`."""
        self._running.set()

    def begin(self, connection: Connection, message: Message) -> None:
        """Takes a request; where nothing delays it the answer is written before this returns."""
        login = connection.login
        assert login is not None
        call = _Call(connection, login, message.id, unwrap(message.content))
        self._outcomes[message.id] = asyncio.get_running_loop().create_future()
        if len(self._outcomes) > REMEMBERED:
            self._outcomes.popitem(last=False)
        self._dispatcher.count(call.request, login)
        if self._latency_s or not self._running.is_set() or not all(map(self._has_ended, call.request.after)):
            self._spawn(self._begin_later(call))
        else:
            self._admit(call)

    async def stop(self) -> None:
        """Gives up what is still waiting."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        # Outlives the client's connection: a request that has arrived is executed, whoever waits for the answer.
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._on_end)

    async def _begin_later(self, call: "_Call") -> None:
        await self._running.wait()
        await asyncio.sleep(self._latency_s)  # of the network: those of a chain are under way together
        for earlier in call.request.after:
            if not self._has_ended(earlier):
                await asyncio.shield(self._outcomes[earlier])
        self._admit(call)

    def _has_ended(self, message_id: int) -> bool:
        outcome = self._outcomes.get(message_id)
        return outcome is None or outcome.done()

    def _has_failed(self, message_id: int) -> bool:
        outcome = self._outcomes.get(message_id)
        return outcome is not None and not outcome.result()

    def _admit(self, call: "_Call") -> None:
        """Faults happen to what is executed, and not to what waits for it in vain."""
        if any(map(self._has_failed, call.request.after)):
            self._finish(call, self._refuse(call, Refusal("MSG_WAIT_FAILED")), Effect())
            return
        effect = self._dispatcher.admit(call.request, call.login)
        if effect.is_lost:
            self._settle(call, succeeded=False)
            call.connection.cut()
        elif effect.delay_s:
            self._spawn(self._run_later(call, effect))
        else:
            self._finish(call, self._run(call, effect), effect)

    async def _run_later(self, call: "_Call", effect: Effect) -> None:
        await asyncio.sleep(effect.delay_s)
        self._finish(call, self._run(call, effect), effect)

    def _run(self, call: "_Call", effect: Effect) -> Tl:
        self.current = call.connection
        try:
            if effect.refusal is not None:
                raise effect.refusal
            result = self._dispatcher.execute(call.request, call.login)
        except Refusal as refusal:
            return self._refuse(call, refusal)
        finally:
            self.current = None
        if call.request.wants_updates and call.login.account is not None:
            call.connection.wants_updates = True
        self._settle(call, succeeded=True)
        return result

    def _refuse(self, call: "_Call", refusal: Refusal) -> Tl:
        self._settle(call, succeeded=False)
        return types.RpcError(refusal.code, refusal.name)

    def _settle(self, call: "_Call", *, succeeded: bool) -> None:
        outcome = self._outcomes.get(call.message_id)
        if outcome is not None and not outcome.done():
            outcome.set_result(succeeded)

    def _finish(self, call: "_Call", result: Tl, effect: Effect) -> None:
        if effect.is_cut:
            call.connection.cut()
        elif effect.answer_delay_s:
            self._spawn(_answer_later(call.connection, rpc_result(call.message_id, result), effect.answer_delay_s))
        else:
            call.connection.answer(rpc_result(call.message_id, result))


async def _answer_later(connection: Connection, answer: bytes, delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    connection.answer(answer)
