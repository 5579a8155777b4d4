"""Accounts that log in by the API."""

import pytest
from httpx import AsyncClient

from tests.web.telegram import beside
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.settings import Settings

LOGINS = "/api/v1/accounts/logins"
PASSWORD = "correct horse"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """What is stored is stored as the command line does it: one kind of database is enough."""
    return sqlite_url


@pytest.fixture
def web_settings(web_settings: Settings, sandbox: Sandbox) -> Settings:
    """With a Telegram."""
    return beside(sandbox, web_settings)


@pytest.fixture
def careful(world: World) -> Account:
    """Has a two-step password."""
    return world.add_user("Carl", phone="+9996620009", password=PASSWORD)


async def test_an_account_logs_in_step_by_step(program: AsyncClient, careful: Account) -> None:
    """Each answer says what is asked next; a step that is sent again under its key is answered as before."""
    begun = await program.post(LOGINS, json={"name": "main", "phone": f"+{careful.phone}"})
    assert (begun.status_code, begun.json()["question"]) == (201, "code")
    login = f"{LOGINS}/{begun.json()['id']}"
    assert (await program.get(login)).json() == begun.json()
    asked = [
        await program.post(f"{login}/code", json={"code": careful.code}, headers={"Idempotency-Key": "a"})
        for _ in range(2)
    ]
    assert [answer.json()["question"] for answer in asked] == ["password", "password"]

    done = await program.post(f"{login}/password", json={"password": PASSWORD})

    assert (done.status_code, done.json()["question"], done.json()["configs_without_account"]) == (200, None, 0)
    (account,) = (await program.get("/api/v1/accounts")).json()["items"]
    assert (account["name"], account["state"]) == ("main", "active")
    assert (await program.get(login)).status_code == 404
    answers = begun.text + asked[0].text + done.text + (await program.get("/api/v1/audit")).text
    assert not any(secret in answers for secret in (careful.phone, careful.code, PASSWORD))


async def test_a_wrong_answer_is_one_sentence(program: AsyncClient, careful: Account) -> None:
    """What was sent is not repeated, neither where Telegram refuses it nor where we do."""
    begun = await program.post(LOGINS, json={"name": "main", "phone": f"+{careful.phone}"})
    login = f"{LOGINS}/{begun.json()['id']}"

    refused = await program.post(f"{login}/code", json={"code": "77777"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "The code is wrong: 2 tries are left")
    early = await program.post(f"{login}/password", json={"password": PASSWORD})
    assert (early.status_code, PASSWORD in early.text) == (409, False)
    long = await program.post(f"{login}/code", json={"code": "7" * 40})
    assert (long.status_code, "7" * 40 in long.text) == (422, False)
    assert (await program.delete(login)).status_code == 204
    assert (await program.post(f"{login}/code", json={"code": careful.code})).status_code == 404


@pytest.mark.parametrize("phone", ["Carl", "+4912345678901", "123:nonsense"])
async def test_a_number_that_telegram_does_not_know_is_refused(program: AsyncClient, phone: str) -> None:
    """As are words and made-up tokens; the answer does not repeat them."""
    answer = await program.post(LOGINS, json={"name": "main", "phone": phone})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert phone not in answer.text
