"""One run after the other, against the sandbox."""

from dataclasses import replace

import pytest

from tests.db.statements import counted
from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import INTERVAL, MovedClock
from tgforward.db.configs import load_config
from tgforward.db.models import TGForwardConfig
from tgforward.db.runs import list_runs
from tgforward.db.session import reading
from tgforward.forwarding.outcomes import Continue, Done, Outcome
from tgforward.sandbox.server import Sandbox
from tgforward.services.configs import edit_config
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.known_configs import pause_config
from tgforward.types import AccountId, ConfigId


async def run(deps: Deps, config_id: ConfigId) -> list[Outcome]:
    """Run a config until nothing is left for now."""
    async with owned_lane(deps) as lane:
        outcomes = [await run_forward_config(lane, config_id, None)]
        while not isinstance(outcomes[-1], Done):
            outcomes.append(await run_forward_config(lane, config_id, None))
    return outcomes


async def stored(deps: Deps, config_id: ConfigId) -> TGForwardConfig:
    """The config's row."""
    async with reading(deps.session_factory) as session:
        row = await load_config(session, config_id)
    assert row is not None
    return row


def texts(sandbox: Sandbox, town: Town) -> list[str]:
    """What the dest holds."""
    return [entry.text for entry in sandbox.journal(town.dest)]


async def test_history_and_live_messages_arrive_in_order(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The last messages come first, what is posted later follows, and both are counted."""
    for number in range(10):
        town.world.post(town.source, f"old {number}", sender=town.editor)
    config_id = await make_config(deps, forward_history_count=4)
    await run(deps, config_id)
    town.world.post(town.source, "new", sender=town.editor)
    await run(deps, config_id)
    assert texts(sandbox, town) == ["old 6", "old 7", "old 8", "old 9", "new"]
    row = await stored(deps, config_id)
    assert (row.history_forwarded, row.live_forwarded, row.skipped) == (4, 1, 0)


async def test_a_long_history_comes_in_bounded_pieces(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Each run forwards at most one page and says that there is more."""
    for number in range(250):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    outcomes = await run(deps, config_id)
    assert texts(sandbox, town) == [str(number) for number in range(250)]
    assert len(outcomes) >= 3
    assert outcomes[-1] == Done()


async def test_a_page_after_another_loads_nothing(deps: Deps, account_id: AccountId, town: Town) -> None:
    """It sees that nobody changed the config, reserves and settles, and that is all."""
    for number in range(250):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    async with owned_lane(deps) as lane:
        assert await run_forward_config(lane, config_id, None) == Continue()
        with counted(deps.session_factory) as statements:
            assert await run_forward_config(lane, config_id, None) == Continue()
    assert not [text for text in statements if "forward_dest" in text or "telegram_peer" in text]
    assert len(statements) <= 8


@pytest.mark.parametrize("change", ["edited", "paused"])
async def test_a_change_between_two_pages_holds_for_the_next(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, change: str
) -> None:
    """While a history streams."""
    for number in range(250):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    async with owned_lane(deps) as lane:
        assert await run_forward_config(lane, config_id, 1) == Continue()
        before = len(texts(sandbox, town))
        if change == "edited":
            await edit_config(deps, config_id, {"add_text": "!"}, account=None, actor="test")
        else:
            await pause_config(deps, config_id, actor="test")
        while await run_forward_config(lane, config_id, 1) == Continue():
            pass
    after = texts(sandbox, town)[before:]
    assert [text for text in after if not text.endswith("!")] == []
    assert len(after) == (250 - before if change == "edited" else 0)


async def test_rules_change_skip_and_cut(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """The dest shows what the four rules demand, and the run says how many were skipped and why."""
    for text in ("plain ad", "buy now", "story CUT rest", "ad"):
        town.world.post(town.source, text, sender=town.editor)
    config_id = await make_config(
        deps, forward_history_count=-1, remove_word="ad", cut_word="cut", skip_word="buy", add_text="~ ${source_title}"
    )
    await run(deps, config_id)
    assert texts(sandbox, town) == ["plain\n~ Source", "story\n~ Source"]
    async with reading(deps.session_factory) as session:
        runs = await list_runs(session, config_id)
    assert runs[0].skipped_by_reason == {"skip_word": 1, "empty": 1}
    assert (await stored(deps, config_id)).skipped == 2


async def test_albums_arrive_as_albums(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Unchanged and changed albums stay together, photos and all."""
    town.world.post_album(town.source, [("photo", "first"), ("photo", "")], sender=town.editor)
    town.world.post_album(town.source, [("photo", "second ad"), ("photo", ""), ("document", "")], sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1, remove_word=" ad")
    await run(deps, config_id)
    entries = sandbox.journal(town.dest)
    assert [entry.text for entry in entries] == ["first", "", "second", "", ""]
    groups = [entry.grouped_id for entry in entries]
    assert groups[0] == groups[1] != groups[2] == groups[3] == groups[4]
    assert None not in groups


async def test_an_idle_run_writes_nothing_and_asks_once(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A config without anything new costs one probe and no row."""
    town.world.post(town.source, "old", sender=town.editor)
    config_id = await make_config(deps)
    await run(deps, config_id)
    version = (await stored(deps, config_id)).version
    clock = MovedClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        assert await run_forward_config(lane, config_id, version) == Done()
        before = sandbox.requests(account=town.operator)
        clock.ahead += INTERVAL
        assert await run_forward_config(lane, config_id, version) == Done()
        assert sandbox.requests(account=town.operator) == before + 1
    async with reading(deps.session_factory) as session:
        assert not await list_runs(session, config_id)
