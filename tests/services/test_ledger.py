"""Each message once, whatever Telegram answers, or does not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import MovedClock
from tgforward.db.accounts import remove_account
from tgforward.db.configs import edit_config, load_config, set_config_state
from tgforward.db.deliveries import list_deliveries
from tgforward.db.models import ConfigState, Delivery, DeliveryState, TGForwardConfig
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import add_user, authorise_user
from tgforward.errors import ServerFault, TransientError
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.sandbox.server import Sandbox
from tgforward.services.accounts import import_account
from tgforward.services.deps import Deps
from tgforward.services.forward import run_finish_strays, run_forward_config
from tgforward.types import AccountId, ChatId, ConfigId

Mode = Literal["original", "error"]
FORWARD, SEND = "messages.ForwardMessages", "messages.SendMessage"


async def run_once(deps: Deps, config_id: ConfigId, account: str = "operator") -> Outcome | TransientError:
    """One job in a new owner's lane."""
    async with owned_lane(deps, account) as lane:
        try:
            return await run_forward_config(lane, config_id, None)
        except TransientError as error:
            return error


async def run_and_crash(deps: Deps, config_id: ConfigId, sandbox: Sandbox, town: Town, method: str) -> None:
    """A job whose process ends after the send was executed and before its answer came."""
    fault = sandbox.faults.add("answer_late", method=method, delay_ms=60_000, count=1)
    before = sandbox.requests(method, town.operator)
    async with owned_lane(deps, "operator") as lane:
        task = asyncio.create_task(run_forward_config(lane, config_id, None))
        await sandbox.arrived(method, town.operator, count=before + 1)
        while not fault.hits:  # noqa: ASYNC110 - it is hit a few loop turns after the request has arrived
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


async def run_until_done(deps: Deps, config_id: ConfigId) -> list[Outcome | TransientError]:
    """Jobs as a worker would do them, without the waiting between them."""
    results: list[Outcome | TransientError] = []
    while not results or results[-1] != Done():
        results.append(await run_once(deps, config_id))
        assert len(results) < 20, results
    return results


async def row_of(deps: Deps, config_id: ConfigId) -> TGForwardConfig:
    async with reading(deps.session_factory) as session:
        row = await load_config(session, config_id)
    assert row is not None
    return row


async def deliveries(deps: Deps, state: DeliveryState) -> Sequence[Delivery]:
    async with reading(deps.session_factory) as session:
        return await list_deliveries(session, state)


def texts(sandbox: Sandbox, town: Town) -> list[str]:
    return [entry.text for entry in sandbox.journal(town.dest)]


def post(town: Town, *names: str) -> None:
    for name in names:
        town.world.post(town.source, name, sender=town.editor)


@pytest.mark.parametrize("mode", ["original", "error"])
@pytest.mark.parametrize("rules", [{}, {"add_text": "!"}])
async def test_a_send_that_was_done_but_not_answered(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, mode: Mode, rules: dict[str, str]
) -> None:
    """A crash after execution doubles nothing, whichever way the server answers the repeat."""
    sandbox.set_duplicates(mode)
    post(town, "a", "b", "c")
    config_id = await make_config(deps, forward_history_count=-1, **rules)
    await run_and_crash(deps, config_id, sandbox, town, SEND if rules else FORWARD)
    await run_until_done(deps, config_id)
    end = "\n!" if rules else ""
    assert texts(sandbox, town) == [f"{name}{end}" for name in "abc"]
    assert len(await deliveries(deps, DeliveryState.SENT)) == 3
    assert all(row.dest_message_id for row in await deliveries(deps, DeliveryState.SENT))
    assert (await row_of(deps, config_id)).history_forwarded == 3


@pytest.mark.parametrize("fault", ["lost", "cut"])
@pytest.mark.parametrize("mode", ["original", "error"])
async def test_a_connection_that_is_cut(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, fault: str, mode: Mode
) -> None:
    """A request that was lost before execution or unanswered after it is repeated under its random_id."""
    sandbox.set_duplicates(mode)
    post(town, "a", "b")
    config_id = await make_config(deps, forward_history_count=-1)
    sandbox.faults.add(fault, method=FORWARD, count=1)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a", "b"]


async def test_a_message_that_is_gone_spoils_nothing(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """When a batch is refused for one message the others go alone, in order, and the one is skipped with its reason."""
    post(town, "a", "b", "c")
    config_id = await make_config(deps, forward_history_count=-1)
    sandbox.faults.add("error", method=FORWARD, error="MESSAGE_ID_INVALID", count=2)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["b", "c"]
    (dead,) = await deliveries(deps, DeliveryState.DEAD)
    assert dead.reason is not None
    assert dead.reason.startswith("gone")
    assert (await row_of(deps, config_id)).skipped == 1


async def test_an_expired_file_reference_is_renewed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Media is fetched again and sent under the same random_id."""
    town.world.post(town.source, "old caption", sender=town.editor, media="photo")
    config_id = await make_config(deps, forward_history_count=-1, remove_word="old ")
    sandbox.faults.add("error", method="messages.SendMedia", error="FILE_REFERENCE_EXPIRED", count=1)
    assert await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["caption"]


async def test_a_flood_wait_pauses_the_account_also_for_its_next_owner(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The job snoozes until the deadline, a new owner asks Telegram nothing before it, and nothing is lost."""
    clock = MovedClock()
    deps = replace(deps, clock=clock)
    post(town, "a")
    config_id = await make_config(deps, forward_history_count=-1)
    sandbox.faults.add("flood_wait", method=FORWARD, seconds=3000, count=1)
    first = await run_once(deps, config_id)
    assert isinstance(first, Snooze)
    assert timedelta(seconds=2990) < first.delay <= timedelta(seconds=3000)
    before = sandbox.requests(account=town.operator)
    second = await run_once(deps, config_id)
    assert isinstance(second, Snooze)
    assert second.delay > timedelta(seconds=2900)
    assert sandbox.requests(account=town.operator) == before
    clock.ahead = timedelta(seconds=3001)
    sandbox.faults.clear()
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a"]


async def test_slow_mode_concerns_one_dest(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Another config of the same account goes on while one dest rests, also after a change of owner."""
    other = town.world.add_channel("Other", username="other", admins=[town.operator])
    post(town, "a")
    config_id = await make_config(deps, forward_history_count=-1)
    other_id = await make_config(deps, dest="@other", forward_history_count=-1)
    sandbox.faults.add("slowmode_wait", method=FORWARD, seconds=600, count=1)
    first, again = await run_once(deps, config_id), await run_once(deps, config_id)
    assert isinstance(first, Snooze)
    assert isinstance(again, Snooze)
    assert again.delay > timedelta(seconds=500)
    await run_until_done(deps, other_id)
    assert [entry.text for entry in sandbox.journal(other)] == ["a"]
    assert texts(sandbox, town) == []


async def test_peer_flood_rests_for_hours(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """An account that Telegram limits without a time is left alone for hours."""
    post(town, "a")
    config_id = await make_config(deps, forward_history_count=-1)
    sandbox.faults.add("peer_flood", method=FORWARD, count=1)
    first = await run_once(deps, config_id)
    assert isinstance(first, Snooze)
    assert first.delay >= timedelta(hours=1)


async def test_a_permanent_error_parks_the_config_until_it_is_resumed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Losing the right to write is said once; after resume everything comes, nothing twice."""
    post(town, "a")
    config_id = await make_config(deps, forward_history_count=-1)
    town.world.demote(town.dest, town.operator)
    first = await run_once(deps, config_id)
    assert isinstance(first, Parked)
    row = await row_of(deps, config_id)
    assert (row.state, bool(row.state_reason)) == (ConfigState.PARKED, True)
    post(town, "b")
    assert await run_once(deps, config_id) == Done()
    town.world.join(town.dest, town.operator, admin=True)
    await in_transaction(deps.session_factory, lambda session: set_config_state(session, config_id, ConfigState.ACTIVE))
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a", "b"]


async def test_an_uncertain_send_is_settled_by_the_account_that_began_it(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A config that moved to another account waits until the first one has settled what it began."""
    second = town.world.add_user("second", phone="+9996620003", username="second")
    town.world.join(town.source, second)
    town.world.join(town.dest, second, admin=True)
    stored = await import_account(deps, "second", sandbox.session_string(second), actor="test")
    post(town, "a", "b")
    config_id = await make_config(deps, account="operator", forward_history_count=-1)
    await run_and_crash(deps, config_id, sandbox, town, FORWARD)
    await in_transaction(deps.session_factory, lambda session: edit_config(session, config_id, account_id=stored.id))
    assert isinstance(await run_once(deps, config_id, "second"), Snooze)
    async with owned_lane(deps, "operator") as lane:
        assert await run_finish_strays(lane, config_id) == Continue()
        assert await run_finish_strays(lane, config_id) == Done()
    while (await run_once(deps, config_id, "second")) != Done():
        pass
    post(town, "c")
    assert await run_once(deps, config_id, "second") == Done()
    assert texts(sandbox, town) == ["a", "b", "c"]
    assert {entry.sender for entry in sandbox.journal(town.dest)}


async def test_a_dest_that_is_changed_in_mid_flight(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """What was begun for the old dest ends there, everything later goes to the new one, nothing goes to both."""
    other = town.world.add_channel("Other", username="other", admins=[town.operator])
    post(town, "a")
    config_id = await make_config(deps, forward_history_count=-1)
    await run_and_crash(deps, config_id, sandbox, town, FORWARD)
    await make_config(deps, dest="@other")  # so that the other chat is known
    dest = ChatId(other.marked_id)
    await in_transaction(deps.session_factory, lambda session: edit_config(session, config_id, dest=dest))
    post(town, "b")
    await run_until_done(deps, config_id)
    await run_until_done(deps, config_id)
    assert (texts(sandbox, town), [entry.text for entry in sandbox.journal(other)]) == (["a"], ["b"])


async def test_rules_that_are_changed_in_mid_flight(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A send that was done stays as it was done, also when the rules would skip the message by now."""
    post(town, "a", "b")
    config_id = await make_config(deps, forward_history_count=-1)
    await run_and_crash(deps, config_id, sandbox, town, FORWARD)
    await in_transaction(deps.session_factory, lambda session: edit_config(session, config_id, skip_word="a"))
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a", "b"]


async def test_a_message_on_which_telegram_always_fails_dies_and_the_rest_goes_on(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Only after many attempts and minutes is it given up, and the messages behind it come."""
    clock = MovedClock()
    deps = replace(deps, clock=clock)
    post(town, "poison")
    config_id = await make_config(deps, forward_history_count=-1)
    fault = sandbox.faults.add("server_error", method=FORWARD, count=None)
    for _ in range(8):
        assert isinstance(await run_once(deps, config_id), ServerFault)
    clock.ahead = timedelta(minutes=11)
    assert not isinstance(await run_once(deps, config_id), ServerFault)
    sandbox.faults.remove(fault)
    post(town, "good")
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["good"]
    assert len(await deliveries(deps, DeliveryState.DEAD)) == 1


async def test_an_outage_kills_no_message(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """However often Telegram fails within minutes, everything arrives afterwards."""
    post(town, "a", "b", "c")
    config_id = await make_config(deps, forward_history_count=-1)
    fault = sandbox.faults.add("server_error", method=FORWARD, count=None)
    for _ in range(15):
        assert isinstance(await run_once(deps, config_id), ServerFault)
    sandbox.faults.remove(fault)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a", "b", "c"]


async def test_a_source_that_becomes_a_supergroup_is_followed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The old group is read to its end, the new one from its beginning."""
    group = town.world.add_group("Group", admins=[town.editor], members=[town.operator])
    town.world.post(group, "old", sender=town.editor)
    config_id = await make_config(deps, source=str(group.marked_id), forward_history_count=-1)
    await run_until_done(deps, config_id)
    town.world.post(group, "last of the old", sender=town.editor)
    new = town.world.migrate(group)
    town.world.post(new, "first of the new", sender=town.editor)
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["old", "last of the old", "first of the new"]
    assert (await row_of(deps, config_id)).source == new.marked_id


async def test_a_dest_that_becomes_a_supergroup_is_followed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Sending goes on in the new chat."""
    group = town.world.add_group("Group", admins=[town.operator])
    config_id = await make_config(deps, dest=str(group.marked_id))
    await run_until_done(deps, config_id)
    new = town.world.migrate(group)
    post(town, "a")
    await run_until_done(deps, config_id)
    assert [entry.text for entry in sandbox.journal(new) if entry.text] == ["a"]


async def test_an_expired_user_rests_until_extended(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Nothing is forwarded after `auth_time`; what came meanwhile follows when it is extended."""
    post(town, "a")

    async def expire(session: object) -> None:
        await add_user(session, "42")  # type: ignore[arg-type]  # in_transaction's session
        await authorise_user(session, "42", datetime.now(UTC) - timedelta(seconds=1))  # type: ignore[arg-type]

    await in_transaction(deps.session_factory, expire)
    config_id = await make_config(deps, forward_history_count=-1, user_id="42")
    assert await run_once(deps, config_id) == Done()
    assert texts(sandbox, town) == []
    await in_transaction(deps.session_factory, lambda session: authorise_user(session, "42", None))
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a"]


async def test_the_account_sends_no_faster_than_its_pace(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """After the burst the job snoozes for as long as the bucket needs, with nothing lost."""
    slow = deps.settings.model_copy(update={"pace_account_per_s": 0.5, "pace_account_burst": 2})
    deps = replace(deps, settings=slow)
    post(town, "a", "b", "c")
    config_id = await make_config(deps, forward_history_count=-1, add_text="!")
    async with owned_lane(deps, "operator") as lane:
        first = await run_forward_config(lane, config_id, None)
    assert isinstance(first, Snooze)
    assert timedelta(seconds=1) < first.delay <= timedelta(seconds=2)
    assert texts(sandbox, town) == ["a\n!", "b\n!"]
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == ["a\n!", "b\n!", "c\n!"]


async def test_a_pause_stops_a_long_history_at_the_next_page(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A config that is paused while its history streams sends no further page, and goes on when it is resumed."""
    post(town, *(str(number) for number in range(250)))
    config_id = await make_config(deps, forward_history_count=-1)
    version = (await row_of(deps, config_id)).version
    async with owned_lane(deps) as lane:
        assert await run_forward_config(lane, config_id, version) == Continue()
        await in_transaction(
            deps.session_factory, lambda session: set_config_state(session, config_id, ConfigState.PAUSED)
        )
        assert await run_forward_config(lane, config_id, version) == Done()
    assert len(texts(sandbox, town)) == 100
    await in_transaction(deps.session_factory, lambda session: set_config_state(session, config_id, ConfigState.ACTIVE))
    await run_until_done(deps, config_id)
    assert texts(sandbox, town) == [str(number) for number in range(250)]


async def test_a_send_of_an_account_that_was_removed_is_left_to_a_person(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Nobody can learn any more whether it arrived: it becomes a dead delivery, and the config goes on."""
    second = town.world.add_user("second", phone="+9996620003", username="second")
    town.world.join(town.source, second)
    town.world.join(town.dest, second, admin=True)
    stored = await import_account(deps, "second", sandbox.session_string(second), actor="test")
    post(town, "a")
    config_id = await make_config(deps, account="operator", forward_history_count=-1)
    await run_and_crash(deps, config_id, sandbox, town, FORWARD)
    await in_transaction(deps.session_factory, lambda session: edit_config(session, config_id, account_id=stored.id))
    assert isinstance(await run_once(deps, config_id, "second"), Snooze)
    await in_transaction(deps.session_factory, lambda session: remove_account(session, account_id))
    post(town, "b")
    while await run_once(deps, config_id, "second") != Done():
        pass
    assert texts(sandbox, town) == ["a", "b"]
    (dead,) = await deliveries(deps, DeliveryState.DEAD)
    assert dead.reason == "uncertain: the account that began it was removed"
