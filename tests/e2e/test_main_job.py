"""The main job with the real commands as processes."""

import asyncio
import json
import signal
import socket
import sys
from contextlib import ExitStack

import httpx
from arq.connections import RedisSettings, create_pool

from tests.e2e.installation import Installation, deadline, wait_for_text
from tgforward.sandbox.control_client import SandboxControl

SCHEDULER = [sys.executable, "-m", "arq", "scheduler.SchedulerSettings"]
WORKER = [sys.executable, "-m", "arq", "worker.WorkerSettings"]
UP = [sys.executable, "-m", "tgforward", "up"]


def set_up(installation: Installation, *options: str) -> None:
    """Schema, account and one config."""
    assert installation.run("db", "upgrade").code == 0
    done = installation.run("account", "import", "operator", stdin=installation.session("operator"))
    assert done.code == 0, done.err
    done = installation.run("config", "add", "@demo_news", "@demo_digest", "--interval", "1", *options)
    assert done.code == 0, done.err


async def texts(control: SandboxControl, count: int) -> list[str]:
    """The dest's texts, once there are `count`."""
    async with deadline():
        while len(entries := await control.journal("demo_digest")) < count:  # noqa: ASYNC110 - another process posts
            await asyncio.sleep(0.1)
    return [entry.text for entry in entries]


async def test_history_and_live_messages_arrive_through_the_real_processes(installation: Installation) -> None:
    """Scheduler and worker, started as arq's users do, forward what is there and what comes, and end cleanly."""
    async with installation.control() as control:
        for number in range(5):
            await control.post("demo_news", f"old {number}", sender="editor")
        set_up(installation, "--history", "3", "--remove-word", "ad")
        with ExitStack() as stack:
            processes = [
                stack.enter_context(installation.start(SCHEDULER, "scheduler")),
                stack.enter_context(installation.start(WORKER, "worker")),
            ]
            assert await texts(control, 3) == ["old 2", "old 3", "old 4"]
            await control.post("demo_news", "new ad", sender="editor")
            assert await texts(control, 4) == ["old 2", "old 3", "old 4", "new"]
            status = installation.run("status", "--json").json()
            assert (status["configs"][0]["history_forwarded"], status["configs"][0]["live_forwarded"]) == (3, 1)
            assert status["accounts"][0]["owner"]
        counters = await control.counters()
    assert [process.returncode for process in processes] == [0, 0]
    assert "Traceback" not in installation.log("scheduler") + installation.log("worker")
    assert (counters["sessions_used_twice"], counters["unknown_methods"]) == (0, [])
    assert installation.session("operator")[:20] not in installation.log("worker")


async def test_a_job_of_a_plain_arq_client_is_worked_off(servers: Installation, redis_url: str) -> None:
    """A stock ArqRedis, with arq's default serializer and queue, runs a config without any scheduler."""
    async with servers.control() as control:
        await control.post("demo_news", "by hand", sender="editor")
        set_up(servers, "--history", "-1")
        with servers.start(WORKER, "worker"):
            pool = await create_pool(RedisSettings.from_dsn(redis_url))
            assert await pool.enqueue_job("forward_config", 1) is not None
            assert await texts(control, 1) == ["by hand"]
            await pool.aclose()


async def test_a_config_is_added_while_a_worker_owns_the_account(installation: Installation) -> None:
    """The checks are made by the session's owner, so that no session is ever used twice."""
    async with installation.control() as control:
        set_up(installation)
        with installation.start(WORKER, "worker"):
            wait_for_text(installation.directory / "worker.log", "lane_claimed")
            done = installation.run("config", "add", "@demo_photos", "@demo_digest")
            assert (done.code, done.out) == (0, "config 2 added\n"), done.err
            refused = installation.run("config", "add", "@no_such_chat", "@demo_digest")
            assert refused.code == 1
            assert "no_such_chat" in refused.err
        assert (await control.counters())["sessions_used_twice"] == 0


async def test_up_forwards_with_and_without_its_console(embedded: Installation) -> None:
    """`tgforward up` refuses a second one on its data directory, goes on where its port is taken, and ends cleanly."""
    async with embedded.control() as control:
        set_up(embedded, "--history", "-1")
        await control.post("demo_news", "hello", sender="editor")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = {"TGFORWARD_WEB_PORT": str(taken.getsockname()[1])}
            with embedded.start(UP, "up", **port) as process:
                assert await texts(control, 1) == ["hello"]
                wait_for_text(embedded.directory / "up.log", "process_missing")
                second = embedded.run("up", "--no-web")
                assert second.code == 1
                assert "tgforward up runs already" in second.err
                assert "Traceback" not in second.err
                process.send_signal(signal.SIGINT)
                assert process.wait(20) == 0
    assert "nothing can listen on 127.0.0.1" in embedded.log("up")
    settings = {"TGFORWARD_WEB_PORT": "0", "TGFORWARD_LOG_FORMAT": "json"}
    with embedded.start(UP, "again", **settings) as process:
        wait_for_text(embedded.directory / "again.log", "nobody_may_log_in")
        (started,) = [line for line in embedded.log("again").splitlines() if '"web_started"' in line]
        async with httpx.AsyncClient(base_url=json.loads(started)["url"]) as client:
            assert "tgforward web user add" in (await client.get("/login")).text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert "Traceback" not in embedded.log("up") + embedded.log("again")


async def test_run_waits_until_the_history_has_come(embedded: Installation) -> None:
    """`tgforward run --wait` brings a history of several pages along and tells how many; its bar is for terminals."""
    async with embedded.control() as control:
        for number in range(230):
            await control.post("demo_news", str(number), sender="editor")
        set_up(embedded, "--history", "-1")
        with embedded.start(WORKER, "worker"):
            found = embedded.run("run", "1", "--wait", "--json").json()
            assert await texts(control, 230) == [str(number) for number in range(230)]
            again = embedded.run("run", "1", "--wait")
            shown = embedded.run_on_terminal("run", "1", "--wait")
        assert found[0]["history"] == 230
        assert ("config 1" in shown, "230/230" in shown, "/230" in again.err) == (True, True, False)
        left = [embedded.run(*words, "--json").json() for words in (("status",), ("config", "show", "1"))]
        assert (left[0]["configs"][0]["history_left_s"], left[1]["history_left_s"]) == (None, None)
