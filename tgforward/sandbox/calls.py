"""The life of one request on a connection: waits, faults, execution, answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine

from telethon.tl import types

from tgforward.sandbox.dispatch import Dispatcher
from tgforward.sandbox.faults import Effect
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl, rpc_result
from tgforward.sandbox.wire.connection import Connection
from tgforward.sandbox.wire.logins import Login
from tgforward.sandbox.wire.unwrap import Message, Request, unwrap

REMEMBERED = 1000  # requests that a later `invokeAfterMsg` may name


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
        request = unwrap(message.content)
        outcome = self._outcomes[message.id] = asyncio.get_running_loop().create_future()
        if len(self._outcomes) > REMEMBERED:
            self._outcomes.popitem(last=False)
        effect = self._dispatcher.admit(request, login)
        if effect.is_lost:
            outcome.set_result(False)
            connection.cut()
        elif request.after or effect.delay_s or self._latency_s or not self._running.is_set():
            self._spawn(self._run_later(connection, login, message.id, request, effect))
        else:
            self._finish(connection, message.id, self._run(connection, login, message.id, request, effect), effect)

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

    async def _run_later(
        self, connection: Connection, login: Login, message_id: int, request: Request, effect: Effect
    ) -> None:
        await self._running.wait()
        if effect.delay_s or self._latency_s:
            await asyncio.sleep(effect.delay_s + self._latency_s)
        if all([await self._succeeded(earlier) for earlier in request.after]):
            result = self._run(connection, login, message_id, request, effect)
        else:
            result = self._refuse(message_id, Refusal("MSG_WAIT_FAILED"))
        self._finish(connection, message_id, result, effect)

    async def _succeeded(self, message_id: int) -> bool:
        outcome = self._outcomes.get(message_id)
        return outcome is None or await asyncio.shield(outcome)

    def _run(self, connection: Connection, login: Login, message_id: int, request: Request, effect: Effect) -> Tl:
        self.current = connection
        try:
            if effect.refusal is not None:
                raise effect.refusal
            result = self._dispatcher.execute(request, login)
        except Refusal as refusal:
            return self._refuse(message_id, refusal)
        finally:
            self.current = None
        if request.wants_updates and login.account is not None:
            connection.wants_updates = True
        self._settle(message_id, succeeded=True)
        return result

    def _refuse(self, message_id: int, refusal: Refusal) -> Tl:
        self._settle(message_id, succeeded=False)
        return types.RpcError(refusal.code, refusal.name)

    def _settle(self, message_id: int, *, succeeded: bool) -> None:
        outcome = self._outcomes.get(message_id)
        if outcome is not None and not outcome.done():
            outcome.set_result(succeeded)

    def _finish(self, connection: Connection, message_id: int, result: Tl, effect: Effect) -> None:
        if effect.is_cut:
            connection.cut()
        elif effect.answer_delay_s:
            self._spawn(_answer_later(connection, rpc_result(message_id, result), effect.answer_delay_s))
        else:
            connection.answer(rpc_result(message_id, result))


async def _answer_later(connection: Connection, answer: bytes, delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    connection.answer(answer)
