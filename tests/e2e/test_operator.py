"""What an operator does when something does not go on by itself, with the real commands and processes."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Finished, Installation, clean_environment, deadline
from tests.e2e.test_main_job import SCHEDULER, WORKER, set_up, texts
from tests.e2e.test_mistakes import assert_one_sentence, closed_port

FORWARD = "messages.ForwardMessages"


async def status_until(installation: Installation, is_reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What `tgforward status` says, once it says that."""
    async with deadline():
        while not is_reached(found := installation.run("status", "--json").json()):  # noqa: ASYNC110 - others act
            await asyncio.sleep(0.1)
    return dict(found)


def start_both(stack: ExitStack, installation: Installation) -> None:
    stack.enter_context(installation.start(SCHEDULER, "scheduler"))
    stack.enter_context(installation.start(WORKER, "worker"))


async def test_a_message_that_failed_is_seen_and_replayed(installation: Installation) -> None:
    """It dies alone, the rest goes on; `dead` shows it, replays it once, and has nothing left then."""
    set_up(installation)
    async with installation.control() as control:
        with ExitStack() as stack:
            start_both(stack, installation)
            await status_until(installation, lambda found: found["configs"][0]["live_cursor"] is not None)
            fault = await control.add_fault("error", method=FORWARD, error="MESSAGE_ID_INVALID", count=None)
            message = await control.post("demo_news", "bad", sender="editor")
            await status_until(installation, lambda found: found["configs"][0]["dead"] == 1)
            await control.end_fault(fault)
            await control.post("demo_news", "good", sender="editor")
            assert await texts(control, 1) == ["good"]
            (dead,) = installation.run("dead", "list", "--json").json()
            assert (dead["source_message_id"], dead["reason"]) == (message, "gone: MESSAGE_ID_INVALID")
            assert installation.run("dead", "show", str(dead["id"]), "--json").json() == dead
            assert f"https://t.me/demo_news/{message}" in installation.run("dead", "list").out
            (replayed,) = installation.run("dead", "replay", str(dead["id"]), "--json").json()
            assert replayed == {"config_id": 1, "deliveries": 1, "hindrance": None}
            assert await texts(control, 2) == ["good", "bad"]
            await control.post("demo_news", "last", sender="editor")
            assert await texts(control, 3) == ["good", "bad", "last"]
        assert installation.run("dead", "list").out == "No delivery is dead.\n"
        runs = installation.run("runs", "--config", "1", "--limit", "2", "--json").json()
        assert len(runs) == 2
        assert (runs[0]["live"], runs[0]["error"]) == (1, None)
        assert runs[0]["started_at"] > runs[1]["started_at"]
    assert "Traceback" not in installation.log("worker") + installation.log("scheduler")


async def test_a_resting_account_is_resumed_at_once(installation: Installation) -> None:
    """`status` shows the wait that a worker met; `account resume` ends it in the running worker, on one session."""
    set_up(installation)
    async with installation.control() as control:
        with ExitStack() as stack:
            start_both(stack, installation)
            await status_until(installation, lambda found: found["configs"][0]["live_cursor"] is not None)
            await control.add_fault("peer_flood", method=FORWARD, count=1)
            await control.post("demo_news", "held up", sender="editor")
            found = await status_until(installation, lambda found: found["accounts"][0]["wait_until"] is not None)
            rest = datetime.fromisoformat(found["accounts"][0]["wait_until"]) - datetime.now(UTC)
            assert rest > timedelta(minutes=59)
            assert found["accounts"][0]["reason"] == "PEER_FLOOD"
            assert "PEER_FLOOD" in found["configs"][0]["reason"]
            done = installation.run("account", "resume", "operator")
            assert (done.code, done.out) == (0, "account operator resumed; 1 config(s) enqueued\n"), done.err
            assert await texts(control, 1) == ["held up"]
        assert (await control.counters())["sessions_used_twice"] == 0


async def test_an_expired_users_config_stands_still(installation: Installation) -> None:
    """Nothing comes until the user has more time; then everything does."""
    installation.run("db", "upgrade")
    assert installation.run("user", "add", "6001", "--days", "1", "--json").code == 0
    set_up(installation, "--history", "-1", "--user", "6001")
    ended = installation.run("user", "extend", "6001", "--until", "2020-01-01")
    assert "do not run" in ended.err
    async with installation.control() as control:
        await control.post("demo_news", "patience", sender="editor")
        with ExitStack() as stack:
            start_both(stack, installation)
            found = await status_until(installation, lambda found: bool(found["workers"]))
            assert "tgforward user extend 6001" in found["configs"][0]["reason"]
            assert [user["id"] for user in found["expired_users"]] == ["6001"]
            refused = installation.run("run", "1")
            assert_one_sentence(refused, 2, "config 1 does not run", "user 6001")
            assert await control.journal("demo_digest") == []
            assert installation.run("user", "extend", "6001", "--forever").code == 0
            assert await texts(control, 1) == ["patience"]
    (user,) = installation.run("user", "list", "--json").json()
    assert (user["auth_time"], user["is_expired"], user["configs"]) == (None, False, 1)


async def test_a_paused_account_does_nothing(embedded: Installation) -> None:
    """Its owner lets go of it, its configs say why they stand still, and `config resume` says what is missing."""
    set_up(embedded)
    async with embedded.control() as control:
        with ExitStack() as stack:
            start_both(stack, embedded)
            await status_until(embedded, lambda found: found["configs"][0]["live_cursor"] is not None)
            assert embedded.run("account", "pause", "operator").code == 0
            await status_until(embedded, lambda found: found["accounts"][0]["owner"] is None)
            await control.post("demo_news", "later", sender="editor")
            done = embedded.run("config", "resume", "1")
            assert (done.code, done.out) == (0, "config 1 resumed\n")
            assert "does not run yet: account operator is parked" in done.err
            assert await control.journal("demo_digest") == []
            assert embedded.run("account", "resume", "operator").code == 0
            assert await texts(control, 1) == ["later"]


def test_status_names_a_parked_dest(embedded: Installation) -> None:
    """In a table of its own, with the command that helps; the config's row counts its further dests."""
    set_up(embedded, "--also", "@demo_editor")
    assert "Parked dests" not in embedded.run("status").out
    with closing(sqlite3.connect(embedded.directory / "tgforward.db")) as rows, rows:
        rows.execute("UPDATE forward_dest SET state = 'parked', state_reason = 'it may not write there'")
    shown = embedded.run("status").out
    assert "Parked dests" in shown
    assert "it may not write there" in shown
    assert "tgforward config resume 1" in shown
    found = embedded.run("status", "--json").json()
    assert found["configs"][0]["further_dests"] == 1
    assert [(dest["config_id"], dest["number"]) for dest in found["parked_dests"]] == [(1, 1)]


def test_status_without_redis(servers: Installation) -> None:
    """The half that the database knows is shown, and a warning says what is missing."""
    set_up(servers)
    away = f"127.0.0.1:{closed_port()}"
    done = servers.run("status", REDIS_URL=f"redis://{away}")
    assert done.code == 0
    assert "operator" in done.out
    assert done.err.startswith("warning: ")
    assert away in done.err
    found = servers.run("status", "--json", REDIS_URL=f"redis://{away}").json()
    assert away in found["redis_error"]
    assert (found["accounts"][0]["waiting"], len(found["configs"])) == (None, 1)
    for words in (("config", "list"), ("dead", "list"), ("runs",), ("user", "list"), ("config", "pause", "1")):
        assert servers.run(*words, REDIS_URL=f"redis://{away}").code == 0
    assert_one_sentence(servers.run("dead", "replay", "--all", REDIS_URL=f"redis://{away}"), 1, "Redis", away)


def test_without_the_database_nothing_is_known(servers: Installation) -> None:
    """One sentence with its address, without the password."""
    away = f"127.0.0.1:{closed_port()}"
    url = f"mysql+asyncmy://me:secret@{away}/tgforward"
    for words in (("status",), ("config", "list"), ("dead", "list"), ("user", "list"), ("runs",)):
        done = servers.run(*words, DB_URL=url)
        assert_one_sentence(done, 1, "database", away)
        assert "secret" not in done.err


@pytest.fixture(scope="module")
def bare() -> Iterator[Installation]:
    """An installation with one user and nothing else, not even a Telegram to speak to."""
    with tempfile.TemporaryDirectory(prefix="tgf-") as name:
        installation = Installation(clean_environment(Path(name)), {}, Path(name))
        assert installation.run("user", "add", "6001").code == 0
        yield installation


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dead show 5", ("no dead delivery 5", "tgforward dead list")),
        ("dead replay 5", ("no dead delivery 5",)),
        ("dead drop", ("--config ID", "--all")),
        ("dead drop 5 --all", ("--config ID", "--all")),
        ("dead replay --config 77", ("no config 77",)),
        ("dead list --config 77", ("no config 77",)),
        ("runs --config 77", ("no config 77",)),
        ("account resume me", ("no account named me",)),
        ("account pause me", ("no account named me",)),
        ("user add 6001", ("registered already", "tgforward user extend 6001")),
        ("user add @me", ("number",)),
        ("user add 6003 --days 3 --forever", ("one way",)),
        ("user add 6003 --until 2020-01-01", ("has passed",)),
        ("user extend 6001", ("--days N", "--forever")),
        ("user extend 6001 --until tomorrow", ("--until", "2030-12-31")),
        ("user extend 6001 --until 9999-12-31", ("--until", "2030-12-31")),
        ("user extend 77 --days 1", ("no user 77", "tgforward user list")),
        ("user remove 77", ("no user 77",)),
    ],
)
def test_operators_mistakes(bare: Installation, line: str, words: tuple[str, ...]) -> None:
    """What does not exist, or cannot be meant, is named in one sentence."""
    assert_one_sentence(bare.run(*line.split()), 2, *words)


def test_a_user_from_the_first_day_to_the_last(bare: Installation) -> None:
    """Added with seven days, given more, listed, removed."""
    added = bare.run("user", "add", "6002", "--json").json()
    first = datetime.fromisoformat(added["auth_time"])
    assert timedelta(days=6, hours=23) < first - datetime.now(UTC) <= timedelta(days=7)
    more = bare.run("user", "extend", "6002", "--days", "3", "--json").json()
    assert datetime.fromisoformat(more["auth_time"]) == first + timedelta(days=3)
    until = bare.run("user", "extend", "6002", "--until", "2030-12-31", TZ="Asia/Shanghai")
    assert until.out == "user 6002 is authorised until 2031-01-01 00:00:00\n"
    assert "2030-12-31" in bare.run("user", "list", TZ="UTC").out
    assert bare.run("user", "remove", "6002").out == "user 6002 removed\n"
    assert [user["id"] for user in bare.run("user", "list", "--json").json()] == ["6001"]


def test_nothing_to_do(bare: Installation) -> None:
    """Commands about everything answer calmly when there is nothing."""
    expected = {
        ("dead", "list", "--json"): "[]\n",
        ("dead", "replay", "--all"): "No delivery is dead.\n",
        ("dead", "drop", "--all", "--json"): '{"dropped": 0}\n',
        ("runs", "--json"): "[]\n",
        ("runs",): "No run has done anything yet.\n",
    }
    found: dict[tuple[str, ...], Finished] = {words: bare.run(*words) for words in expected}
    assert {words: done.out for words, done in found.items()} == expected
    assert {done.code for done in found.values()} == {0}
