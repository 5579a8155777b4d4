"""A real Prometheus with the configuration of `deploy/` reads the real processes, and the dashboard shows something."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

from tests.deploy.queries import DEPLOY, expressions
from tests.e2e.installation import Installation, free_port, wait_for_text
from tests.e2e.test_main_job import SCHEDULER, WORKER, set_up, texts
from tests.fixtures import needs

WEB = [sys.executable, "-m", "tgforward", "web"]
NOTHING_YET = ("Failed for good", "Errors")
"""Panels that stay empty until something is refused: their metrics have no series before."""


@pytest.fixture
def prometheus(directory: Path) -> Iterator[str]:
    """A Prometheus that scrapes every second what `one-machine.yml` makes it find; its address."""
    program = shutil.which("prometheus") or needs.unavailable("promtool", "prometheus is not on the path beside it")
    text = (DEPLOY / "prometheus/one-machine.yml").read_text()
    config = yaml.safe_load(text.replace("/var/lib/tgforward", str(directory)))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"][0]["file_sd_configs"][0]["refresh_interval"] = "1s"
    config["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yml")]
    (directory / "prometheus.yml").write_text(yaml.safe_dump(config))
    with _running(program, directory) as address:
        yield address


@contextmanager
def _running(program: str, directory: Path) -> Iterator[str]:
    address = f"127.0.0.1:{free_port()}"
    words = [f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={directory}/tsdb"]
    with (directory / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([program, *words, f"--web.listen-address={address}"], stdout=log, stderr=log)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(20)


def ask(address: str, expression: str) -> list[Any]:
    """What the expression is now; nothing while Prometheus starts."""
    try:
        with urlopen(f"http://{address}/api/v1/query?{urlencode({'query': expression})}", timeout=10) as answer:
            found: list[Any] = json.load(answer)["data"]["result"]
    except (URLError, ConnectionError):
        return []
    return found


def empty_panels(address: str) -> list[str]:
    """Panels without data."""
    asked = {name: text.replace("[5m]", "[10s]") for name, text in expressions().items() if name.startswith("panel")}
    return [name for name, text in asked.items() if not name.startswith(NOTHING_YET, 6) and not ask(address, text)]


async def test_the_dashboard_shows_what_the_processes_do(embedded: Installation, prometheus: str) -> None:
    """All three processes are found, every panel has data, and nothing that is sound makes an alert fire."""
    where = {"TGFORWARD_METRICS_PORT": "0", "TGFORWARD_WEB_PORT": str(free_port())}
    async with embedded.control() as control:
        set_up(embedded, "--skip-word", "ad")
        with ExitStack() as stack:
            for name, command in (("scheduler", SCHEDULER), ("worker", WORKER), ("web", WEB)):
                stack.enter_context(embedded.start(command, name, **where))
            wait_for_text(embedded.directory / "web.log", "web_started")
            assert embedded.run("health", "web", **where).code == 0
            await control.post("demo_news", "an ad", sender="editor")
            await control.post("demo_news", "news", sender="editor")
            assert await texts(control, 1) == ["news"]
            end = time.monotonic() + 40
            while empty := await asyncio.to_thread(empty_panels, prometheus):
                assert time.monotonic() < end, empty
                await asyncio.sleep(0.5)
            up = await asyncio.to_thread(ask, prometheus, "up")
            alerts = await asyncio.to_thread(ask, prometheus, 'ALERTS{alertstate="firing"}')
    assert {sample["metric"]["process"] for sample in up} == {"scheduler", "worker", "web"}
    assert alerts == []
