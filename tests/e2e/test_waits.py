"""Waits that Telegram orders, with the real processes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.installation import (
    Installation,
    clean_environment,
    deadline,
    serve_sandbox,
    telegram_environment,
    wait_for_text,
)
from tests.e2e.test_main_job import SCHEDULER, WORKER
from tgforward.queue.connect import connect
from tgforward.sandbox.control_client import SandboxControl

FLOOD_S = 3000


@pytest.fixture
def two_accounts(directory: Path, redis_url: str) -> Iterator[Installation]:
    """`reader` forwards Public to Dest, `writer` forwards Public to Supergroup; both every second."""
    with serve_sandbox("basic") as sandbox:
        environment = clean_environment(directory) | telegram_environment(sandbox) | {"REDIS_URL": redis_url}
        installation = Installation(environment, sandbox, directory)
        for name, dest in (("reader", "@basic_dest"), ("writer", str(sandbox["chats"]["Supergroup"]["id"]))):
            assert installation.run("account", "import", name, stdin=installation.session(name)).code == 0
            options = ("--account", name, "--interval", "1", "--history", "-1")
            done = installation.run("config", "add", "@basic_public", dest, *options)
            assert done.code == 0, done.err
        yield installation


async def arrival_s(control: SandboxControl, chat: str, text: str) -> float:
    """How long a message that is posted now takes to arrive in a chat."""
    await control.post("basic_public", text, sender="writer")
    started = monotonic()
    async with deadline():
        while text not in [entry.text for entry in await control.journal(chat)]:  # noqa: ASYNC110 - a process posts
            await asyncio.sleep(0.05)
    return monotonic() - started


async def test_a_flood_wait_stops_one_account_and_nothing_else(two_accounts: Installation, redis_url: str) -> None:
    """While one account rests for 50 minutes the other is as punctual as before, also after restarts and FLUSHALL."""
    async with two_accounts.control() as control:
        with two_accounts.start(SCHEDULER, "scheduler"):
            with two_accounts.start(WORKER, "worker"):
                before = [await arrival_s(control, "Supergroup", f"before {number}") for number in range(3)]
                await control.add_fault(
                    "flood_wait", method="messages.ForwardMessages", account="reader", seconds=FLOOD_S
                )
                during = [await arrival_s(control, "Supergroup", f"during {number}") for number in range(3)]
                wait_for_text(two_accounts.directory / "worker.log", "account_paused")
                status = two_accounts.run("status", "--json").json()
            redis = await connect(redis_url)
            await redis.flushall()
            await redis.aclose()
            with two_accounts.start(WORKER, "worker2"):
                after = [await arrival_s(control, "Supergroup", f"after {number}") for number in range(3)]
        arrived = [entry.text for entry in await control.journal("basic_dest")]
        counters = await control.counters()
    assert max(during) < max(before) + 3
    assert max(after[1:]) < max(before) + 3
    assert not [text for text in arrived if not text.startswith("before")]
    assert (counters["flood_violations"], counters["sessions_used_twice"]) == (0, 0)
    waiting = {account["name"]: account["wait_until"] for account in status["accounts"]}
    assert (bool(waiting["reader"]), waiting["writer"]) == (True, None)


async def test_what_a_flood_held_back_arrives_in_order(two_accounts: Installation) -> None:
    """When the wait is over everything comes, once and in order, and no request was made too early."""
    installation = replace(two_accounts)
    async with installation.control() as control:
        with installation.start(SCHEDULER, "scheduler"), installation.start(WORKER, "worker"):
            await arrival_s(control, "basic_dest", "first")
            await control.add_fault("flood_wait", method="messages.ForwardMessages", account="reader", seconds=4)
            for number in range(5):
                await control.post("basic_public", f"late {number}", sender="writer")
            await arrival_s(control, "basic_dest", "last")
        arrived = [entry.text for entry in await control.journal("basic_dest")]
        counters = await control.counters()
    assert arrived == ["first", *(f"late {number}" for number in range(5)), "last"]
    assert counters["flood_violations"] == 0
