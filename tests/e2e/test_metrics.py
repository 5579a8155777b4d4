"""The metrics of the real processes."""

import asyncio
import json
from collections.abc import Callable

from tests.e2e.installation import Installation, deadline
from tests.e2e.test_main_job import SCHEDULER, WORKER, set_up, texts
from tests.metrics.scrape import Scrape, scrape

PORT = {"TGFORWARD_METRICS_PORT": "0"}


def addresses(installation: Installation) -> dict[str, str]:
    """Where the processes serve, as Prometheus finds them."""
    groups = [json.loads(path.read_text())[0] for path in (installation.directory / "metrics").glob("*.json")]
    return {group["labels"]["process"]: group["targets"][0] for group in groups}


async def until(installation: Installation, process: str, condition: Callable[[Scrape], bool]) -> Scrape:
    """Scrape a process until a condition holds."""
    async with deadline():
        while True:
            found = addresses(installation).get(process)
            if found is not None and condition(seen := await asyncio.to_thread(scrape, found)):
                return seen
            await asyncio.sleep(0.1)


async def test_the_processes_tell_what_they_do(installation: Installation) -> None:
    """Scheduler and worker, each at an address of its own, show slots, lanes, jobs, messages, requests and stocks."""
    async with installation.control() as control:
        await control.post("demo_news", "old", sender="editor")
        set_up(installation, "--history", "-1", "--skip-word", "ad")
        with installation.start(SCHEDULER, "scheduler", **PORT), installation.start(WORKER, "worker", **PORT):
            await texts(control, 1)
            for text in ("an ad", "new"):
                await control.post("demo_news", text, sender="editor")
            await texts(control, 2)
            worker = await until(
                installation, "worker", lambda seen: seen.value("tgforward_messages_sent_total", kind="live") == 1
            )
            scheduler = await until(
                installation, "scheduler", lambda seen: seen.value("tgforward_accounts", state="active") == 1
            )
    assert worker.value("tgforward_messages_sent_total", kind="history") == 1
    assert worker.value("tgforward_messages_skipped_total", reason="skip_word") == 1
    assert worker.value("tgforward_telegram_requests_total", method="messages.getPeerDialogs") >= 1
    assert worker.value("tgforward_jobs_total", function="forward_config") >= 2
    assert worker.value("tgforward_job_lateness_seconds_count", function="forward_config") >= 2
    assert worker.value("tgforward_lanes_owned") == worker.value("tgforward_lane_changes_total", change="claimed") == 1
    assert worker.value("tgforward_loop_lag_seconds_count") > 0
    assert worker.value("process_resident_memory_bytes") > 0
    assert scheduler.value("tgforward_slots_total", result="enqueued") >= 1
    assert scheduler.value("tgforward_scheduled_configs") == scheduler.value("tgforward_configs", state="active") == 1
    assert addresses(installation) == {}  # whoever ends takes its file along


def stretch_of(installation: Installation) -> float | None:
    """What `status` says of the only account."""
    found: float | None = installation.run("status", "--json").json()["accounts"][0]["stretched_s"]
    return found


async def test_an_account_that_reads_as_much_as_it_may_says_so(embedded: Installation) -> None:
    """The worker's metrics and `status` agree that its intervals are stretched."""
    few = {"TGFORWARD_READ_PER_S": "0.01", "TGFORWARD_READ_BURST": "2"}
    set_up(embedded)
    with embedded.start(SCHEDULER, "scheduler"), embedded.start(WORKER, "worker", **PORT, **few):
        worker = await until(embedded, "worker", lambda seen: seen.value("tgforward_accounts_stretched") == 1)
        async with deadline():
            while not (stretched_s := stretch_of(embedded)):  # noqa: ASYNC110 - the worker tells every two seconds
                await asyncio.sleep(0.5)
    assert worker.value("tgforward_reads_delayed_total") >= 1
    assert 0 < stretched_s <= 200
