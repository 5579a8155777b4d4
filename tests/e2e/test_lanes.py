"""Real worker processes share the accounts, die, freeze and end."""

import asyncio
import signal
import subprocess
import time
from contextlib import ExitStack

from tests.e2e.fleet import Fleet, of, open_fleet, shares
from tests.e2e.installation import Installation, wait_for_text
from tests.e2e.test_main_job import SCHEDULER, WORKER
from tgforward.db.transaction import in_transaction
from tgforward.db.workers import forget_dead

RECOVERY_S = 5.0


async def assert_clean(fleet: Fleet, texts: list[str]) -> None:
    """Everything arrived once and in order, and no session was used by two processes."""
    for number in range(fleet.size):
        assert await fleet.texts(number) == texts
    counters = await fleet.control.counters()
    assert (counters["sessions_used_twice"], counters["flood_violations"]) == (0, 0)


async def test_killed_workers_are_replaced(installation: Installation) -> None:
    """Two workers share four accounts, a third joins, one is killed: the others run its jobs within five seconds."""
    async with open_fleet(installation, 4) as fleet:
        with ExitStack() as stack:
            stack.enter_context(installation.start(SCHEDULER, "scheduler"))
            workers = [stack.enter_context(installation.start(WORKER, f"worker{number}")) for number in range(2)]
            await fleet.until_owned(lambda owned: shares(owned) == [2, 2])
            await fleet.post_everywhere("two")
            await fleet.until_arrived("two")
            workers.append(stack.enter_context(installation.start(WORKER, "worker2")))
            await fleet.until_owned(lambda owned: shares(owned) == [1, 1, 2])
            victim = max(workers, key=lambda worker: worker.pid)
            orphans = await fleet.accounts(victim.pid)
            victim.kill()
            victim.wait()
            await fleet.post_everywhere("one less")
            assert await fleet.until_arrived("one less", orphans) < RECOVERY_S
            await fleet.until_arrived("one less")
            await fleet.until_owned(lambda owned: shares(owned) == [2, 2])
            await assert_clean(fleet, ["two", "one less"])


async def test_a_frozen_worker_does_no_harm(installation: Installation) -> None:
    """A worker that is stopped for longer than its leases finds others in its place, and is one of them again."""
    async with open_fleet(installation, 4) as fleet:
        with ExitStack() as stack:
            stack.enter_context(installation.start(SCHEDULER, "scheduler"))
            frozen = stack.enter_context(installation.start(WORKER, "frozen"))
            stack.enter_context(installation.start(WORKER, "other"))
            await fleet.until_owned(lambda owned: shares(owned) == [2, 2])
            await fleet.post_everywhere("before")
            await fleet.until_arrived("before")
            await freeze(fleet, frozen)
            await fleet.post_everywhere("meanwhile")
            assert await fleet.until_arrived("meanwhile") < RECOVERY_S
            assert of(frozen.pid, await fleet.owned()) == 0
            frozen.send_signal(signal.SIGCONT)
            await fleet.post_everywhere("after")
            await fleet.until_arrived("after")
            await fleet.until_owned(lambda owned: shares(owned) == [2, 2])
            await fleet.post_everywhere("at last")
            await fleet.until_arrived("at last")
            await assert_clean(fleet, ["before", "meanwhile", "after", "at last"])


async def test_a_worker_that_ends_hands_over_at_once(installation: Installation) -> None:
    """After SIGTERM the others need not wait for leases to run out, and the process ends with 0."""
    async with open_fleet(installation, 4) as fleet:
        with installation.start(WORKER, "other") as other:
            with installation.start(WORKER, "ending") as ending:
                await fleet.until_owned(lambda owned: shares(owned) == [2, 2])
                ending.terminate()
                assert await fleet.until_owned(lambda owned: of(other.pid, owned) == 4) < 2
                assert await asyncio.to_thread(ending.wait, 10) == 0
                assert len(await fleet.live()) == 1
            other.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(other.wait, 10) == 0
            assert (await fleet.owned(), await fleet.live()) == ({}, [])
    assert "Traceback" not in installation.log("other") + installation.log("ending")


async def test_a_send_that_has_begun_is_settled(embedded: Installation) -> None:
    """SIGTERM in the middle of a send waits for its answer; the next worker has nothing to send again."""
    async with open_fleet(embedded, 1) as fleet:
        with embedded.start(SCHEDULER, "scheduler"):
            with embedded.start(WORKER, "worker") as worker:
                await begin_slow_send(fleet, embedded, worker, delay_ms=2500)
                worker.terminate()
                assert await asyncio.to_thread(worker.wait, 10) == 0
            assert await fleet.texts(0) == ["slow"]
            with embedded.start(WORKER, "next"):
                await fleet.post_everywhere("next")
                await fleet.until_arrived("next")
        counters = await fleet.control.counters()
        await assert_clean(fleet, ["slow", "next"])
    assert counters["requests"]["account_0"]["messages.ForwardMessages"] == 2


async def test_a_second_signal_ends_it_now(embedded: Installation) -> None:
    """Whoever cannot wait sends the signal again; what was under way is settled by the next worker."""
    async with open_fleet(embedded, 1) as fleet:
        with embedded.start(SCHEDULER, "scheduler"):
            with embedded.start(WORKER, "worker") as worker:
                await begin_slow_send(fleet, embedded, worker, delay_ms=20_000)
                worker.terminate()
                wait_for_text(embedded.directory / "worker.log", "worker_ending")
                await asyncio.sleep(0.5)
                assert worker.poll() is None
                worker.terminate()
                assert await asyncio.to_thread(worker.wait, 1) == -signal.SIGTERM
            await fleet.control.clear_faults()
            with embedded.start(WORKER, "next"):
                await fleet.until_arrived("slow")
                await assert_clean(fleet, ["slow"])


async def freeze(fleet: Fleet, worker: subprocess.Popen[bytes]) -> None:
    """Stop the process; not while it holds SQLite's only lock, which would hold up everybody until it goes on."""
    while True:
        worker.send_signal(signal.SIGSTOP)
        writing = asyncio.create_task(in_transaction(fleet.deps.session_factory, forget_dead))
        await asyncio.wait([writing], timeout=1)
        if writing.done():
            return
        worker.send_signal(signal.SIGCONT)
        await writing


async def begin_slow_send(
    fleet: Fleet, installation: Installation, worker: subprocess.Popen[bytes], *, delay_ms: int
) -> None:
    """Until the worker waits for the answer to a send."""
    await fleet.until_owned(lambda owned: of(worker.pid, owned) == 1)
    fault = await fleet.control.add_fault("answer_late", method="messages.ForwardMessages", delay_ms=delay_ms, count=1)
    await fleet.post_everywhere("slow")
    end = time.monotonic() + 20
    while not await fleet.control.fault_hits(fault):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
