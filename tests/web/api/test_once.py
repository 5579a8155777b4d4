"""Requests with an `Idempotency-Key`."""

from httpx import AsyncClient, Response

API = "/api/v1"


async def _add(program: AsyncClient, key: str, name: str = "ci") -> Response:
    body = {"name": name, "scopes": ["configs:read"]}
    return await program.post(f"{API}/tokens", json=body, headers={"Idempotency-Key": key})


async def test_a_request_that_is_sent_twice_is_done_once(program: AsyncClient) -> None:
    """The second one gets the first one's answer, also what is shown only once."""
    first, second = await _add(program, "a"), await _add(program, "a")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len((await program.get(f"{API}/tokens")).json()) == 2


async def test_a_key_is_for_one_request(program: AsyncClient) -> None:
    """Another one under it is refused; under its own key it is done."""
    await _add(program, "a")

    assert (await _add(program, "a", "other")).status_code == 422
    assert (await _add(program, "b", "other")).status_code == 201


async def test_what_failed_may_be_sent_again(program: AsyncClient) -> None:
    """A refusal is not remembered."""
    body = {"id": "5", "days": 3}
    headers = {"Idempotency-Key": "a"}
    refused = await program.post(f"{API}/users/5/extend", json={"days": 3}, headers=headers)
    assert refused.status_code == 404
    await program.post(f"{API}/users", json=body)

    done = await program.post(f"{API}/users/5/extend", json={"days": 3}, headers=headers)

    assert done.status_code == 200


async def test_nobody_gets_somebody_elses_answer(program: AsyncClient) -> None:
    """Who is not known is refused before the key is looked at."""
    await _add(program, "a")
    program.headers["Authorization"] = "Bearer tgf_wrong"

    assert (await _add(program, "a")).status_code == 401
