"""Edited messages are in flight together, arrive in order, and each once, whatever happens in the middle."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import MovedClock, row_of, run_and_crash
from tgforward.db.deliveries import list_deliveries
from tgforward.db.models import DeliveryState
from tgforward.db.session import reading
from tgforward.errors import TransientError
from tgforward.forwarding.outcomes import Done, Outcome, Snooze
from tgforward.sandbox.faults import FaultKind
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.types import AccountId, ConfigId

Mode = Literal["original", "error"]
SEND = "messages.SendMessage"
NAMES = tuple("abcdefghijkl")
SIGNED = [f"{name}\n!" for name in NAMES]
MIDDLE = 5


def post(town: Town, *names: str) -> None:
    for name in names:
        town.world.post(town.source, name, sender=town.editor)


def texts(sandbox: Sandbox, town: Town) -> list[str]:
    return [entry.text for entry in sandbox.journal(town.dest)]


async def run_until_done(deps: Deps, config_id: ConfigId) -> list[Outcome | TransientError]:
    """Jobs as a worker would do them, without the waiting between them."""
    results: list[Outcome | TransientError] = []
    async with owned_lane(deps) as lane:
        while not results or results[-1] != Done():
            try:
                results.append(await run_forward_config(lane, config_id, None))
            except TransientError as error:
                results.append(error)
            assert len(results) < 20, results
    return results


async def states(deps: Deps, state: DeliveryState) -> list[str | None]:
    """The reasons of all deliveries in a state."""
    async with reading(deps.session_factory) as session:
        return [row.reason for row in await list_deliveries(session, state)]


async def test_they_are_in_flight_together(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """All that pace and page allow has arrived at Telegram before the first of it is answered."""
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    fault = sandbox.faults.add("delay", method=SEND, delay_ms=100)
    await run_until_done(deps, config_id)
    assert fault.hits == 1
    assert texts(sandbox, town) == SIGNED
    assert sandbox.requests(SEND, town.operator) == len(NAMES)


@pytest.mark.parametrize("mode", ["original", "error"])
@pytest.mark.parametrize("kind", ["server_error", "lost", "cut"])
async def test_something_fails_in_the_middle(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, kind: FaultKind, mode: Mode
) -> None:
    """Lost before execution or after it, or failed: what stands behind it comes after it."""
    sandbox.set_duplicates(mode)
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add(kind, method=SEND, after=MIDDLE)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == SIGNED
    assert len(await states(deps, DeliveryState.SENT)) == len(NAMES)
    assert (await row_of(deps, config_id)).history_forwarded == len(NAMES)


@pytest.mark.parametrize("mode", ["original", "error"])
async def test_a_crash_in_the_middle(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, mode: Mode
) -> None:
    """What was executed and not answered is not doubled, whichever way the server answers the repeat."""
    sandbox.set_duplicates(mode)
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    await run_and_crash(deps, config_id, sandbox, SEND, after=MIDDLE)
    assert texts(sandbox, town) == SIGNED
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == SIGNED
    assert len(await states(deps, DeliveryState.SENT)) == len(NAMES)
    assert sandbox.requests(SEND, town.operator) < 6 * len(NAMES)


async def test_a_refused_message_in_the_middle(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """It is left out with its reason, the rest goes again under its random_ids, and costs no pace twice."""
    tight = {"pace_account_per_s": 0.001, "pace_account_burst": len(NAMES)}
    deps = replace(deps, settings=deps.settings.model_copy(update=tight))
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add("error", method=SEND, error="MESSAGE_TOO_LONG", after=MIDDLE)
    assert not any(isinstance(outcome, Snooze) for outcome in await run_until_done(deps, config_id))
    assert texts(sandbox, town) == [*SIGNED[:MIDDLE], *SIGNED[MIDDLE + 1 :]]
    (reason,) = await states(deps, DeliveryState.DEAD)
    assert reason is not None
    assert reason.startswith("rejected")
    assert (await row_of(deps, config_id)).skipped == 1


async def test_refusals_without_end_cost_few_requests(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """After one that failed the chain is short, and grows only while all goes well."""
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add("error", method=SEND, error="MESSAGE_TOO_LONG", count=None)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == []
    assert len(await states(deps, DeliveryState.DEAD)) == len(NAMES)
    assert sandbox.requests(SEND, town.operator) < 2 * len(NAMES)


async def test_a_flood_wait_in_the_middle(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """What was sent is written down, the account rests, and nothing is asked of Telegram meanwhile."""
    clock = MovedClock()
    deps = replace(deps, clock=clock)
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add("flood_wait", method=SEND, seconds=3000, after=MIDDLE)
    async with owned_lane(deps) as lane:
        first = await run_forward_config(lane, config_id, None)
    assert isinstance(first, Snooze)
    assert first.delay > timedelta(seconds=2990)
    assert texts(sandbox, town) == SIGNED[:MIDDLE]
    assert (await row_of(deps, config_id)).history_forwarded == MIDDLE
    assert len(await states(deps, DeliveryState.RESERVED)) == len(NAMES) - MIDDLE
    clock.ahead = timedelta(seconds=3001)
    sandbox.faults.clear()
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == SIGNED
    assert sandbox.flood_violations == 0


async def test_slow_mode_takes_one_at_a_time(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Once a dest has ordered a wait, no further chain runs into it."""
    clock = MovedClock()
    deps = replace(deps, clock=clock)
    post(town, *NAMES)
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add("slowmode_wait", method=SEND, seconds=10, after=1, count=2)
    async with owned_lane(deps) as lane:
        assert isinstance(await run_forward_config(lane, config_id, None), Snooze)
        clock.ahead += timedelta(seconds=11)
        before = sandbox.requests(SEND, town.operator)
        assert isinstance(await run_forward_config(lane, config_id, None), Snooze)
        assert sandbox.requests(SEND, town.operator) == before + 1
    clock.ahead += timedelta(seconds=11)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == SIGNED


async def test_an_expired_reference_in_the_middle(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Media is fetched again in its turn; what stands behind it comes behind it."""
    for name in NAMES:
        town.world.post(town.source, name, sender=town.editor, media="photo")
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    sandbox.faults.add("error", method="messages.SendMedia", error="FILE_REFERENCE_EXPIRED", after=MIDDLE)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == SIGNED


async def test_an_answer_waits_for_what_it_answers(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A reply within a page names the copy of the message that it answers."""
    first = town.world.post(town.source, "a", sender=town.editor)
    town.world.post(town.source, "b", sender=town.editor, reply_to=first.id)
    post(town, "c")
    config_id = await make_config(deps, forward_history_count=-1, add_text="!", send={"replies": True})
    await run_until_done(deps, config_id)
    entries = sandbox.journal(town.dest)
    assert [entry.text for entry in entries] == SIGNED[:3]
    assert [entry.reply_to for entry in entries] == [None, entries[0].id, None]
