"""What runs leave in the metrics."""

from tests.metrics.scrape import shown
from tests.services.conftest import Town, make_config
from tests.services.runs import run
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.types import AccountId


async def test_a_run_counts_what_became_of_its_messages(deps: Deps, town: Town, account_id: AccountId) -> None:
    """Sent, skipped by reason, requests by method, and how far the config is behind."""
    town.world.post(town.source, "old", sender=town.editor)
    config_id = await make_config(deps, skip_word="ad", forward_history_count=-1)
    await run(deps, config_id)
    for text in ("one", "an ad", "two"):
        town.world.post(town.source, text, sender=town.editor)
    await run(deps, config_id)

    seen = shown(deps.metrics)
    assert seen.value("tgforward_messages_sent_total", kind="history") == 1
    assert seen.value("tgforward_messages_sent_total", kind="live") == 2
    assert seen.value("tgforward_messages_skipped_total", reason="skip_word") == 1
    assert seen.value("tgforward_messages_failed_total") == 0
    assert seen.value("tgforward_telegram_requests_total", method="messages.forwardMessages") == 2
    assert seen.value("tgforward_telegram_request_seconds_count") == seen.value("tgforward_telegram_requests_total")
    assert (seen.value("tgforward_lag_messages"), seen.value("tgforward_configs_watched")) == (0, 1)
    assert seen.value("tgforward_group_commit_rows_count") == seen.value("tgforward_group_commit_seconds_count") >= 4
    assert seen.value("tgforward_group_commit_rows_sum") > seen.value("tgforward_group_commit_rows_count")


async def test_a_flood_wait_is_counted_with_its_seconds(
    deps: Deps, town: Town, sandbox: Sandbox, account_id: AccountId
) -> None:
    """The seconds are Telegram's own, and what waits meanwhile shows as lag."""
    config_id = await make_config(deps)
    await run(deps, config_id)
    for text in ("one", "two"):
        town.world.post(town.source, text, sender=town.editor)
    sandbox.faults.add("flood_wait", method="messages.ForwardMessages", seconds=90, count=1)
    await run(deps, config_id)

    seen = shown(deps.metrics)
    assert seen.value("tgforward_flood_waits_total", scope="account") == 1
    assert seen.value("tgforward_flood_wait_seconds_total", scope="account") == 90
    assert seen.value("tgforward_telegram_errors_total", error="FloodWait") == 1
    assert (seen.value("tgforward_lag_messages"), seen.value("tgforward_configs_behind")) == (2, 1)
