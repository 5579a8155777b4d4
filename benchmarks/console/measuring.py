"""Each page asked for several times, in the process that serves it: the server's time, without a network."""

import base64
import re
import secrets
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from benchmarks.console.scene import NAME, PASSWORD, fill
from benchmarks.settle.databases import databases
from tgforward.services.deps import open_deps
from tgforward.settings import Settings
from tgforward.web.app import create_app

PAGES = ("/", "/configs", "/configs?search=town+777", "/configs?state=paused&order=last_run_at&descending=true",
         "/configs/77", "/configs/77/edit", "/configs/new", "/dead", "/dead?config_id=51", "/accounts", "/users",
         "/audit", "/tokens", "/api/v1/configs?limit=50")  # fmt: skip
HTML = {"Accept": "text/html"}


@dataclass(frozen=True, slots=True)
class Timing:
    """One page."""

    median_ms: float
    worst_ms: float


async def measure(kind: str, configs: int, runs: int, tell: Callable[[str], None]) -> dict[str, Timing]:
    """Every page, and the second one of the list."""
    with TemporaryDirectory(prefix="tgf-") as name:
        async with databases(kind, Path(name)) as made:
            url = await made.make(configs)
            await fill(url, configs)
            async with _visitor(url, Path(name)) as client:
                first = (await client.get("/api/v1/configs?limit=50")).json()
                pages = [*PAGES, f"/configs?cursor={first['next_cursor']}"]
                return {page: await _time(client, page, runs, tell) for page in pages}


@asynccontextmanager
async def _visitor(url: str, directory: Path) -> AsyncIterator[AsyncClient]:
    """Somebody who is logged in."""
    key = SecretStr(base64.b64encode(secrets.token_bytes(32)).decode())
    values = {"data_dir": directory, "db_url": SecretStr(url), "secret_key": key}
    async with open_deps(Settings.model_validate(values)) as deps:
        transport = ASGITransport(create_app(deps))
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=HTML) as client:
            csrf = re.search(r'name="csrf" value="(\w+)"', (await client.get("/login")).text)
            assert csrf is not None
            form = {"csrf": csrf[1], "name": NAME, "password": PASSWORD}
            assert (await client.post("/login", data=form)).status_code == 303
            yield client


async def _time(client: AsyncClient, page: str, runs: int, tell: Callable[[str], None]) -> Timing:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        answer = await client.get(page)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (page, answer.text)
    timing = Timing(round(statistics.median(taken), 1), round(max(taken), 1))
    tell(f"{page[:60]}: {timing.median_ms} ms")
    return timing
