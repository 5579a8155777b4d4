"""What failed for good is looked at, sent again or dropped."""

from functools import partial

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.audit import list_changes
from tgforward.db.deliveries import list_deliveries
from tgforward.db.models import AccountState, Delivery, DeliveryState
from tgforward.db.session import reading
from tgforward.errors import InvalidInput
from tgforward.forwarding.outcomes import Done
from tgforward.queue.depth import is_pending
from tgforward.sandbox.server import Sandbox
from tgforward.services.dead import Choice, drop, load_dead_deliveries
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.known_accounts import pause_account
from tgforward.services.known_configs import pause_config, resume_config
from tgforward.services.queues import load_queues
from tgforward.services.replaying import replay
from tgforward.services.status import load_status
from tgforward.types import AccountId, ConfigId

FORWARD = "messages.ForwardMessages"
ALL = Choice()


async def run(deps: Deps, config_id: ConfigId) -> None:
    """Jobs of one owner until nothing is left for now; the queue stays as it is."""
    async with owned_lane(deps) as lane:
        while await run_forward_config(lane, config_id, None) != Done():
            pass


async def fail(deps: Deps, sandbox: Sandbox, town: Town, *texts: str) -> ConfigId:
    """A config whose source has these posts, each of which Telegram refused."""
    for text in texts:
        town.world.post(town.source, text, sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    fault = sandbox.faults.add("error", method=FORWARD, error="MESSAGE_ID_INVALID", count=None)
    await run(deps, config_id)
    sandbox.faults.remove(fault)
    return config_id


async def rows(deps: Deps, state: DeliveryState) -> list[Delivery]:
    async with reading(deps.session_factory) as session:
        return list(await list_deliveries(session, state))


def texts_of(sandbox: Sandbox, town: Town) -> list[str]:
    return [entry.text for entry in sandbox.journal(town.dest)]


async def test_a_dead_delivery_says_which_message_and_why(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Chats are named, the message has a link, and the reason is Telegram's own word."""
    config_id = await fail(deps, sandbox, town, "a", "b")
    first, second = await load_dead_deliveries(deps, ALL)
    assert (first.config_id, first.source, first.dest) == (config_id, "Source", "Dest")
    assert first.link == f"https://t.me/source/{first.source_message_id}"
    assert first.reason == "gone: MESSAGE_ID_INVALID"
    assert first.settled_at is not None
    assert (await load_dead_deliveries(deps, Choice((second.id,)))) == [second]
    assert (await load_dead_deliveries(deps, Choice(config_id=config_id), limit=1)) == [first]
    status = await load_status(deps, partial(load_queues, deps.redis))
    assert status.configs[0].dead == 2


async def test_a_replayed_delivery_arrives_once_beside_the_cursor(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """It is sent under its first random_id by the next run, before what is new, and no later run sends it again."""
    config_id = await fail(deps, sandbox, town, "a", "b")
    before = await rows(deps, DeliveryState.DEAD)
    town.world.post(town.source, "new", sender=town.editor)
    (result,) = await replay(deps, ALL, actor="test")
    assert (result.config_id, result.deliveries, result.hindrance) == (config_id, 2, None)
    assert await is_pending(deps.redis, config_id)
    for _ in range(2):
        await run(deps, config_id)
        assert texts_of(sandbox, town) == ["a", "b", "new"]
    after = await rows(deps, DeliveryState.SENT)
    assert [row.random_id for row in after[:2]] == [row.random_id for row in before]
    assert await load_dead_deliveries(deps, ALL) == []


async def test_only_what_was_chosen_is_replayed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The others stay dead; a number that names no dead delivery changes nothing."""
    config_id = await fail(deps, sandbox, town, "a", "b")
    first, second = await load_dead_deliveries(deps, ALL)
    with pytest.raises(InvalidInput, match="no dead delivery 999"):
        await replay(deps, Choice((first.id, 999)), actor="test")
    assert len(await load_dead_deliveries(deps, ALL)) == 2
    await replay(deps, Choice((second.id,)), actor="test")
    await run(deps, config_id)
    assert texts_of(sandbox, town) == ["b"]
    assert [item.id for item in await load_dead_deliveries(deps, ALL)] == [first.id]


async def test_a_replay_that_cannot_run_now_waits_and_says_so(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Nothing is enqueued for a paused config; it is sent when the config is resumed."""
    config_id = await fail(deps, sandbox, town, "a")
    await pause_config(deps, config_id, actor="test")
    (result,) = await replay(deps, Choice(config_id=config_id), actor="test")
    assert result.hindrance is not None
    assert "paused" in result.hindrance
    assert not await is_pending(deps.redis, config_id)
    await run(deps, config_id)
    assert texts_of(sandbox, town) == []
    assert await resume_config(deps, config_id, actor="test") is None
    await run(deps, config_id)
    assert texts_of(sandbox, town) == ["a"]


async def test_what_fails_again_is_dead_again(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """The reason is the new one, and what follows is not held up."""
    config_id = await fail(deps, sandbox, town, "a")
    town.world.post(town.source, "new", sender=town.editor)
    await replay(deps, ALL, actor="test")
    sandbox.faults.add("error", method=FORWARD, error="MEDIA_INVALID", count=1)
    await run(deps, config_id)
    assert texts_of(sandbox, town) == ["new"]
    (dead,) = await load_dead_deliveries(deps, ALL)
    assert dead.reason == "rejected: MEDIA_INVALID"
    assert dead.attempts == 1


async def test_what_is_dropped_is_gone_and_noted(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The audit log keeps which messages they were; a later run does not send them."""
    config_id = await fail(deps, sandbox, town, "a", "b")
    first, _ = await load_dead_deliveries(deps, ALL)
    assert await drop(deps, Choice((first.id,)), actor="test") == 1
    assert await drop(deps, Choice(config_id=config_id), actor="test") == 1
    assert await drop(deps, ALL, actor="test") == 0
    async with reading(deps.session_factory) as session:
        entries = [entry for entry in await list_changes(session, str(config_id)) if entry.action == "dead.drop"]
    assert entries[-1].detail == {"messages": [[first.source_chat_id, first.source_message_id, 0]]}
    await run(deps, config_id)
    assert texts_of(sandbox, town) == []


async def test_a_config_that_does_not_exist(deps: Deps) -> None:
    """Its number is refused, not taken for an empty list."""
    with pytest.raises(InvalidInput, match="no config 77"):
        await load_dead_deliveries(deps, Choice(config_id=ConfigId(77)))


async def test_a_parked_account_is_named(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Resuming the config alone does not help, and that is said."""
    config_id = await fail(deps, sandbox, town, "a")
    await pause_account(deps, "operator", actor="test")
    (result,) = await replay(deps, ALL, actor="test")
    hindrance = await resume_config(deps, config_id, actor="test")
    assert result.hindrance == hindrance
    assert hindrance is not None
    assert "tgforward account resume operator" in hindrance
    status = await load_status(deps, partial(load_queues, deps.redis))
    assert (status.accounts[0].state, status.configs[0].reason) == (AccountState.PARKED, hindrance)
