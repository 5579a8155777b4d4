"""People are told by the real processes of what was parked."""

import asyncio

from tests.e2e.installation import Installation, deadline
from tests.e2e.test_main_job import SCHEDULER, WORKER
from tests.fixtures.webhook import inbox

WRITER = {"TGFORWARD_ALERT_ACCOUNT": "ops", "TGFORWARD_ALERT_CHAT": "@demo_news"}


async def test_an_account_that_was_logged_out_is_told(embedded: Installation) -> None:
    """By the scheduler at the webhook, by the worker in the chat through another account; no log holds a secret."""
    for name, account in (("me", "operator"), ("ops", "editor")):
        assert embedded.run("account", "import", name, stdin=embedded.session(account)).code == 0
    done = embedded.run("config", "add", "@demo_news", "@demo_digest", "--interval", "1", "--account", "me")
    assert done.code == 0, done.err
    with inbox() as hook:
        webhook = {"TGFORWARD_ALERT_WEBHOOK_URL": f"{hook.url}?key=hidden", "TGFORWARD_ALERT_WEBHOOK_TOKEN": "hidden"}
        async with embedded.control() as control:
            await control.revoke("operator")
            with (
                embedded.start(SCHEDULER, "scheduler", **webhook),
                embedded.start(WORKER, "worker", **WRITER),
            ):
                async with deadline():
                    while not await control.journal("demo_news"):  # noqa: ASYNC110 - a process posts
                        await asyncio.sleep(0.1)
                    while not hook.bodies:  # noqa: ASYNC110 - another thread writes
                        await asyncio.sleep(0.1)
                tested = await asyncio.to_thread(embedded.run, "alert", "test", "--json", **webhook, **WRITER)
                texts = [entry.text for entry in await control.journal("demo_news")]
    assert tested.json()["took_s"].keys() == {"webhook", "chat"}
    body, test = hook.bodies
    assert (test["kind"], test["account_id"]) == ("test", 0)
    assert texts == [body["text"], test["text"]]
    assert (body["kind"], body["account"]) == ("account_parked", "me")
    newest, oldest = embedded.run("alert", "list", "--json").json()
    assert (newest["kind"], oldest["kind"], oldest["account"]) == ("test", "account_parked", "me")
    assert None not in (oldest["webhook_at"], oldest["chat_at"])
    assert "hidden" not in embedded.log("scheduler") + embedded.log("worker")
