"""Logging in as a person does: at a terminal, or with everything as options."""

import base64
import sqlite3
import sys
from pathlib import Path

import pexpect

from tests.compose import ROOT
from tests.e2e.installation import Installation


def test_login_at_a_terminal(embedded: Installation) -> None:
    """Phone and code are asked for; a wrong code may be corrected; the session is never shown or stored in clear."""
    child = pexpect.spawn(
        sys.executable, ["-m", "tgforward", "account", "login", "me"],
        cwd=str(ROOT), env=dict(embedded.environment), encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.expect("Phone number")
    child.sendline("+99966 20001")
    child.expect("Code")
    child.sendline("11111")
    child.expect("Code")
    child.sendline(embedded.sandbox["accounts"]["operator"]["code"])
    child.expect(r"account me logged in \(user\)")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    rows = sqlite3.connect(f"file:{embedded.directory / 'tgforward.db'}?mode=ro", uri=True)
    (sealed,) = rows.execute("SELECT session_sealed FROM telegram_account").fetchone()
    rows.close()
    assert base64.b64decode(sealed).startswith(b"gAAAA")  # a Fernet token


def test_login_with_options_and_without_a_terminal(embedded: Installation) -> None:
    """Scripts give everything as options; what is missing is named instead of waited for."""
    account = embedded.sandbox["accounts"]["operator"]
    missing = embedded.run("account", "login", "me", "--phone", account["phone"])
    assert missing.code == 2
    assert "--code" in missing.err
    done = embedded.run("account", "login", "me", "--phone", account["phone"], "--code", account["code"], "--json")
    assert done.json()["kind"] == "user"
    wrong = embedded.run("account", "login", "me", "--phone", "+1")
    assert (wrong.code, wrong.err.count("\n")) == (1, 1)
    assert "phone number" in wrong.err


def test_import_list_and_remove(embedded: Installation, tmp_path: Path) -> None:
    """A session string and a .session file are taken over; an account in use is not removed."""
    session = embedded.session("operator")
    assert embedded.run("account", "import", "one", stdin=session + "\n").code == 0
    file = make_session_file(tmp_path / "old.session", embedded.session("editor"))
    assert embedded.run("account", "import", "two", str(file)).code == 0
    listed = embedded.run("account", "list", "--json")
    assert [(row["name"], row["state"]) for row in listed.json()] == [("one", "active"), ("two", "active")]
    assert session[:30] not in listed.out
    assert embedded.run("config", "add", "@demo_news", "@demo_digest", "--account", "one").code == 0
    refused = embedded.run("account", "remove", "one")
    assert refused.code == 2
    assert "used by 1 config" in refused.err
    assert embedded.run("account", "remove", "two").code == 0
    assert len(embedded.run("account", "list", "--json").json()) == 1


async def test_a_revoked_session_parks_the_account(embedded: Installation) -> None:
    """The command says it in one sentence, and so does `status` after a worker has met it."""
    assert embedded.run("account", "import", "me", stdin=embedded.session("operator")).code == 0
    assert embedded.run("config", "add", "@demo_news", "@demo_digest", "--interval", "1").code == 0
    async with embedded.control() as control:
        await control.revoke("operator")
    again = embedded.run("account", "import", "me2", stdin=embedded.session("operator"))
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "log in again" in again.err
    with embedded.start([sys.executable, "-m", "arq", "worker.WorkerSettings"], "worker"):
        embedded.run("run", "1", "--wait")
    status = embedded.run("status", "--json").json()
    assert status["accounts"][0]["state"] == "parked"
    assert "log in again" in status["accounts"][0]["reason"]
    assert "Traceback" not in embedded.log("worker")


def make_session_file(path: Path, session: str) -> Path:
    """A file as Telethon's SQLiteSession writes it."""
    from telethon.sessions import SQLiteSession, StringSession

    source = StringSession(session)
    target = SQLiteSession(str(path))
    target.set_dc(source.dc_id, source.server_address, source.port)
    target.auth_key = source.auth_key
    target.save()
    target.close()
    return path
