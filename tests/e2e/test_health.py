"""`tgforward health`, which the containers ask, and arq's own `--check`."""

import json
import sys
import time

import pytest

from tests.e2e.installation import Installation, free_port, run, wait_for_text
from tests.e2e.test_main_job import SCHEDULER, WORKER
from tests.metrics.scrape import scrape


@pytest.mark.parametrize(("name", "command"), [("scheduler", SCHEDULER), ("worker", WORKER)])
def test_the_health_check_sees_whether_a_process_runs(servers: Installation, name: str, command: list[str]) -> None:
    """It fails before the process has started and after it has ended, and succeeds in between; arq's own agrees."""
    assert servers.run("db", "upgrade").code == 0
    before = servers.run("health", name)
    assert (before.code, before.out) == (1, "")
    assert f"No {name} on" in before.err
    with servers.start(command, "process"):
        end = time.monotonic() + 30
        while (done := servers.run("health", name)).code != 0:
            assert time.monotonic() < end, done.err
        assert (done.out, done.err) == ("", "")
        assert run([*command, "--check"], servers.environment).code == 0
        both = servers.run("health", "--json")
        assert both.code == 1, "the other process does not run"
        assert f'"{name}": null' in both.out
    assert servers.run("health", name).code == 1


def test_without_redis_nothing_is_healthy(embedded: Installation) -> None:
    """One sentence says so, and no private server is started for the question."""
    done = embedded.run("health")
    assert done.code == 1
    assert "does not answer" in done.err
    assert not (embedded.directory / "redis").exists()


def test_the_health_check_sees_whether_the_console_answers(embedded: Installation) -> None:
    """It succeeds while the real process serves, which tells so in its metrics."""
    where = {"TGFORWARD_WEB_PORT": str(free_port()), "TGFORWARD_METRICS_PORT": "0"}
    assert embedded.run("health", "web", **where).code == 1
    with embedded.start([sys.executable, "-m", "tgforward", "web"], "web", **where):
        wait_for_text(embedded.directory / "web.log", "web_started")
        done = embedded.run("health", "web", **where)
        assert (done.code, done.out, done.err) == (0, "", "")
        (target,) = (embedded.directory / "metrics").glob("*.json")
        (group,) = json.loads(target.read_text())
        assert group["labels"] == {"process": "web"}
        seen = scrape(group["targets"][0])
    assert seen.value("tgforward_web_requests_total", route="health.healthz", status="200") == 1
