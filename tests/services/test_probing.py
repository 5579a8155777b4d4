"""Sources are asked for once in each of their intervals, and many in one request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import INTERVAL, MovedClock, run
from tgforward.forwarding.slots import next_slot
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.access import access_hash
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.lane import Lane
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

PROBE = "messages.GetPeerDialogs"


class SlotClock(MovedClock):
    """A clock that goes from slot to slot."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def config_id(deps: Deps, account_id: AccountId) -> ConfigId:
    """A config of the operator's."""
    return await make_config(deps)


async def snapshot(lane: Lane, config_id: ConfigId) -> ConfigSnapshot:
    """The config, which has begun."""
    await run_forward_config(lane, config_id, None)
    return lane.branches[config_id][0]


async def run_at_slots(lane: Lane, clock: SlotClock, configs: Iterable[ConfigSnapshot], turns: int) -> list[MessageId]:
    """Each config asks for its source in each slot; the messages that it found there as the newest ones."""
    tops, start = [], int(clock.moment.timestamp() * 1000)
    due = [
        (next_slot(config.id, config.interval_second * 1000, start) + turn * config.interval_second * 1000, config)
        for config in configs
        for turn in range(turns)
    ]
    for moment_ms, config in sorted(due, key=lambda item: item[0]):
        clock.moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
        tops.append((await lane.state_of(config)).top)
    return tops


async def test_a_thousand_configs_of_one_source(deps: Deps, config_id: ConfigId, sandbox: Sandbox) -> None:
    """They cost one request in an interval."""
    clock = SlotClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        config = await snapshot(lane, config_id)
        configs = [replace(config, id=ConfigId(number)) for number in range(1, 1001)]
        await run_at_slots(lane, clock, configs, turns=1)
        before = sandbox.requests(PROBE)
        await run_at_slots(lane, clock, configs, turns=5)
        assert sandbox.requests(PROBE) - before <= 6  # five turns, begun in the midst of one


async def test_many_sources_share_their_requests(deps: Deps, config_id: ConfigId, sandbox: Sandbox, town: Town) -> None:
    """A request takes along what is due soon, and each source is still asked for in each of its slots."""
    clock = SlotClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        config = await snapshot(lane, config_id)
        chats = [town.world.add_channel(f"Source {number}", members=[town.operator]) for number in range(160)]
        peers = [
            replace(
                config.source,
                chat_id=ChatId(chat.marked_id),
                access_hash=access_hash(town.world.seed, town.operator, chat),
            )
            for chat in chats
        ]
        for chat in chats:
            town.world.post(chat, "x")
        configs = [replace(config, id=ConfigId(number), source=peer) for number, peer in enumerate(peers, start=1)]
        assert await run_at_slots(lane, clock, configs, turns=1) == [1] * 160
        before = sandbox.requests(PROBE)
        for chat in chats:
            town.world.post(chat, "y")
        clock.moment += INTERVAL
        assert await run_at_slots(lane, clock, configs, turns=2) == [2] * 320
        assert (
            sandbox.requests(PROBE) - before <= 2 * 10
        )  # of about twenty sources each, those of an eighth of the time


async def test_a_person_sees_what_is_new(deps: Deps, config_id: ConfigId, sandbox: Sandbox, town: Town) -> None:
    """A config that is run by hand does not rely on what others were told a moment ago."""
    await run(deps, config_id)
    clock = SlotClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        await run_forward_config(lane, config_id, 1)
        town.world.post(town.source, "new", sender=town.editor)
        await run_forward_config(lane, config_id, 1)
        assert not sandbox.journal(town.dest)
        await run_forward_config(lane, config_id, None)
        assert [entry.text for entry in sandbox.journal(town.dest)] == ["new"]


async def test_a_source_that_nobody_reads_is_not_asked_for(deps: Deps, config_id: ConfigId, sandbox: Sandbox) -> None:
    """A config that leaves the lane takes its source with it; one that does not run is soon forgotten."""
    clock = SlotClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        config = await snapshot(lane, config_id)
        clock.moment += INTERVAL
        assert lane.probes.due(100, ()) == [config.source]
        clock.moment += INTERVAL * 3
        assert lane.probes.due(100, ()) == []
        lane.probes.recall(config)
        clock.moment += INTERVAL
        assert lane.probes.due(100, ()) == [config.source]
        lane.probes.leave(config.id)
        assert lane.probes.due(100, ()) == []


async def test_the_budget_makes_the_run_wait(deps: Deps, config_id: ConfigId, sandbox: Sandbox) -> None:
    """A lane that has read too much says when it goes on, and asks for nothing until then."""
    settings = deps.settings.model_copy(update={"read_per_s": 0.1, "read_burst": 2})
    async with owned_lane(replace(deps, settings=settings, clock=SlotClock())) as lane:
        config = await snapshot(lane, config_id)
        before = sandbox.requests()
        outcome = await run_forward_config(lane, config.id, None)
        assert outcome.delay == timedelta(seconds=10)  # type: ignore[union-attr]  # else it fails here
        assert sandbox.requests() == before
