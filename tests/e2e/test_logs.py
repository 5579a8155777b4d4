"""What real processes write about what they do."""

import json
from typing import Any

from tests.e2e.installation import Installation, wait_for_text
from tests.e2e.test_main_job import SCHEDULER, WORKER, set_up, texts

TELLTALES = ("confidential", "Zebrafish", "anaconda")
LOGGING = {"TGFORWARD_LOG_FORMAT": "json", "TGFORWARD_LOG_LEVEL": "debug"}


def lines(installation: Installation, process: str) -> list[dict[str, Any]]:
    """The log as a program reads it; a line that is no JSON fails."""
    return [json.loads(line) for line in installation.log(process).splitlines()]


async def test_lines_name_their_job_and_hold_nothing_secret(installation: Installation) -> None:
    """At the most talkative level: ids on every line of a job, and no text, phone number, session, key or password."""
    async with installation.control() as control:
        set_up(installation, "--history", "-1", "--skip-word", "anaconda", "--add-text", "Zebrafish")
        await control.add_fault("flood_wait", method="messages.SendMessage", seconds=1, count=1)
        with (
            installation.start(SCHEDULER, "scheduler", **LOGGING),
            installation.start(WORKER, "worker", **LOGGING),
        ):
            await control.post("demo_news", "an anaconda", sender="editor")
            await control.post("demo_news", "confidential", sender="editor")
            await texts(control, 1)
            wait_for_text(installation.directory / "worker.log", "run_settled")
    written = installation.log("scheduler") + installation.log("worker")
    account = installation.sandbox["accounts"]["operator"]
    session, phone = account["session"], account["phone"]
    environment = installation.environment
    secrets = [session, session[:24], phone, phone.lstrip("+"), environment["TGFORWARD_TELEGRAM_API_HASH"]]
    secrets += [environment[name] for name in ("TGFORWARD_SECRET_KEY",) if name in environment]
    assert [secret for secret in (*TELLTALES, *secrets) if secret in written] == []
    events = {line["event"] for line in lines(installation, "scheduler")}
    assert {"scheduler_started", "scheduler_stopped"} <= events
    of_jobs = [line for line in lines(installation, "worker") if line["event"] in ("run_settled", "account_paused")]
    assert {line["event"] for line in of_jobs} == {"run_settled", "account_paused"}
    for line in of_jobs:
        assert (line["config_id"], line["account_id"], line["job_id"]) == (1, 1, "forward:1")
        assert len(line["run_id"]) == 12
    assert len({line["run_id"] for line in of_jobs}) > 1
