"""The console as a process that ends while people look at it."""

import httpx
import pytest

from tests.web.people import Browser
from tests.web.process import served
from tgforward.settings import Settings


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """No statement is different for it."""
    return sqlite_url


@pytest.mark.usefixtures("people")
async def test_a_stream_ends_with_the_process(web_settings: Settings) -> None:
    """As an answer ends that is complete; nobody waits until it is cut off, and the log is without a fault."""
    async with httpx.AsyncClient(timeout=20) as client:
        with served(web_settings) as url:
            client.base_url = httpx.URL(url)
            await Browser(client).log_in("viewer")
            stream = await client.send(client.build_request("GET", "/live"), stream=True)
            lines = stream.aiter_lines()
            assert await anext(lines) == "retry: 2000"
        rest = [line async for line in lines]

    assert [line for line in rest if line and not line.startswith((":", "event", "data"))] == []
