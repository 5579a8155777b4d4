"""What only the real process can show."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.web.people import PASSWORD, Browser
from tests.web.process import served
from tgforward.settings import Settings


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """The server before the application is the same on every database."""
    return sqlite_url


@pytest.fixture
def url(web_settings: Settings, people: None) -> Iterator[str]:
    """Where it listens."""
    with served(web_settings) as found:
        yield found


async def test_the_server_lets_nobody_around_the_gate(url: str) -> None:
    """Who says to come from elsewhere waits like all others; and a host counts as it was sent."""
    async with httpx.AsyncClient(base_url=url) as client:
        browser = Browser(client)
        statuses = []
        for number in range(6):
            client.headers["X-Forwarded-For"] = f"192.0.2.{number}"
            statuses.append((await browser.log_in("admin", "wrong")).status_code)
        assert statuses == [401] * 5 + [429]
        assert (await browser.log_in("viewer", PASSWORD)).status_code == 303
        answer = await browser.open("/configs")
        assert (answer.status_code, "server" in answer.headers) == (200, False)
    forged = "GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert _raw(url, forged).startswith("HTTP/1.1 400")
    assert _raw(url, "GET /login HTTP/1.1\r\nConnection: close\r\n\r\n").startswith("HTTP/1.1 400")


def _raw(url: str, request: str) -> str:
    """What comes back for these very bytes."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=10) as line:
        line.sendall(request.encode())
        answer = b""
        while more := line.recv(65536):
            answer += more
    return answer.decode()
