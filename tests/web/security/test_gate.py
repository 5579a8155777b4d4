"""What every request passes."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

ADDRESSES = ("/", "/login", "/api/v1/whoami", "/api/v1/nothing", "/static/console.css", "/healthz")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1@evil.example"])
async def test_a_forged_host_is_refused(client: AsyncClient, host: str) -> None:
    """A name that is not ours gets no page, so that no other site's name can stand for us."""
    answer = await client.get("/login", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"])
async def test_our_own_names_are_served(client: AsyncClient, host: str) -> None:
    """Whatever the port: a tunnel may change it."""
    assert (await client.get("/login", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_answer_carries_the_policy(client: AsyncClient, address: str) -> None:
    """No script or style but ours, no frame around it, no address of it told to others."""
    headers = (await client.get(address)).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/login", "/api/v1/whoami", "/nothing"])
async def test_a_body_that_is_too_large_is_refused(client: AsyncClient, address: str) -> None:
    """Before it is read, whoever sends it."""
    answer = await client.post(address, content=b"x" * (64 * 1024 + 1))

    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_an_address_that_is_too_long_is_refused(client: AsyncClient) -> None:
    """No number is read from it."""
    answer = await client.get(f"/api/v1/configs/{'9' * 5000}")

    assert (answer.status_code, answer.headers["content-type"]) == (414, "application/problem+json")


async def test_a_body_that_does_not_say_its_length_is_measured(client: AsyncClient) -> None:
    """It is cut off where it becomes too large."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    answer = await client.post(
        "/login", content=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code == 413
