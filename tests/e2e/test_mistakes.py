"""What people get wrong ends with one sentence, an exit code, and nothing lost."""

import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compose import ROOT
from tests.e2e.installation import Finished, Installation, clean_environment, run, telegram_environment

PROCESSES = ("scheduler.SchedulerSettings", "worker.WorkerSettings")


@pytest.fixture(scope="module")
def basic(basic_sandbox: dict[str, Any]) -> Iterator[Installation]:
    """An installation with a user account, `reader`, and a bot, `basic_bot`."""
    with tempfile.TemporaryDirectory(prefix="tgf-") as name:
        environment = clean_environment(Path(name)) | telegram_environment(basic_sandbox)
        installation = Installation(environment, basic_sandbox, Path(name))
        for account in ("reader", "basic_bot"):
            done = installation.run("account", "import", account, stdin=installation.session(account))
            assert done.code == 0, done.err
        yield installation


def assert_one_sentence(done: Finished, code: int, *words: str) -> None:
    """One line on standard error that holds the words; no traceback, nothing on standard output."""
    assert done.code == code, done.err
    assert done.out == ""
    assert done.err.startswith("error: "), done.err
    assert done.err.count("\n") == 1, done.err
    for word in words:
        assert word in done.err


def add(basic: Installation, source: str, dest: str, *options: str, account: str = "reader") -> Finished:
    return basic.run("config", "add", source, dest, "--account", account, *options)


def chat_id(basic: Installation, title: str) -> str:
    return str(basic.sandbox["chats"][title]["id"])


@pytest.mark.parametrize(
    ("source", "dest", "words"),
    [
        ("@nobody_has_this", "@basic_dest", ("@nobody_has_this",)),
        ("not a chat!", "@basic_dest", ("does not name a chat",)),
        ("Not joined", "@basic_dest", ("join",)),
        ("@basic_public", "Read-only", ("may not write", "Read-only")),
        ("@basic_public", "@basic_protected", ("may not write", "Protected")),
        ("@basic_dest", "@basic_dest", ("same chat",)),
    ],
)
def test_chats_that_cannot_be_used(basic: Installation, source: str, dest: str, words: tuple[str, ...]) -> None:
    """An unknown chat, a source that cannot be read and a dest that cannot be written to are refused at once."""
    known = basic.sandbox["chats"]
    source, dest = (str(known[chat]["id"]) if chat in known else chat for chat in (source, dest))
    done = add(basic, source, dest)
    assert_one_sentence(done, done.code, *words)
    assert done.code in (1, 2)
    assert basic.run("config", "list", "--json").json() == []


def test_a_bot_as_reader(basic: Installation) -> None:
    """Bots cannot read history, and that is said when the config is made."""
    assert_one_sentence(add(basic, "@basic_public", "@basic_dest", account="basic_bot"), 1, "bot", "user account")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--interval", "0"), ("interval_second is 0", "1 or more")),
        (("--interval", "-5"), ("interval_second is -5",)),
        (("--history", "-2"), ("forward_history_count is -2", "-1 for all")),
        (("--add-text", "by ${author}"), ("${author}", "source_title")),
        (("--time-zone", "Mars/Olympus"), ("Mars/Olympus", "Asia/Shanghai")),
        (("--skip-word", "x" * 2001), ("skip_word", "2000")),
    ],
)
def test_fields_that_cannot_be_stored(basic: Installation, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    """A wrong interval, history, template, zone or word list is refused and nothing is stored."""
    assert_one_sentence(add(basic, "@basic_public", "@basic_dest", *options), 2, *words)
    assert basic.run("config", "list", "--json").json() == []


def test_a_protected_source_is_accepted_with_a_warning(basic: Installation) -> None:
    """Whoever makes such a config is told that nothing will come."""
    done = add(basic, "@basic_protected", "@basic_dest")
    assert done.code == 0
    assert "warning" in done.err
    assert "protected" in done.err
    assert basic.run("config", "remove", done.out.split()[1]).code == 0


def test_an_unknown_config_and_account(basic: Installation) -> None:
    """Every command that takes a number or a name says what there is."""
    assert_one_sentence(basic.run("config", "show", "77"), 2, "no config 77", "config list")
    assert_one_sentence(basic.run("run", "77"), 2, "no config 77")
    assert_one_sentence(add(basic, "@basic_public", "@basic_dest", account="me"), 2, "no account named me")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"DB_URL": "postgres://me:secret@localhost/x"}, ("DB_URL", "mysql+asyncmy://")),
        ({"DB_URL": "nonsense"}, ("DB_URL", "for example")),
        ({"REDIS_URL": "http://localhost"}, ("REDIS_URL", "redis://")),
        ({"TGFORWARD_TELEGRAM_API_ID": "abc"}, ("TGFORWARD_TELEGRAM_API_ID", "for example")),
        ({"TGFORWARD_TELEGRAM_SERVER": "localhost"}, ("TGFORWARD_TELEGRAM_SERVER", "host:port")),
        ({"TGFORWARD_SECRET_KEY": "short"}, ("TGFORWARD_SECRET_KEY", "32 bytes")),
        ({"TGFORWARD_TELEGRAM_PUBLIC_KEY": ""}, ("TGFORWARD_TELEGRAM_PUBLIC_KEY",)),
        ({"TGFORWARD_TELEGRAM_PUBLIC_KEY": "/no/such.pem"}, ("TGFORWARD_TELEGRAM_PUBLIC_KEY", "/no/such.pem")),
    ],
)
def test_wrong_settings(basic: Installation, variables: dict[str, str], words: tuple[str, ...]) -> None:
    """The variable is named with an example, and no password is repeated; the same for commands and processes."""
    done = basic.run("run", "1", **variables)
    assert_one_sentence(done, 2, *words)
    assert "secret@" not in done.err
    assert_one_sentence(start_process(basic, "worker.WorkerSettings", **variables), 2, *words)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_database_that_is_behind(basic: Installation, process: str, empty_sqlite_url: str) -> None:
    """The sentence names the command that mends it."""
    assert_one_sentence(start_process(basic, process, DB_URL=empty_sqlite_url), 1, "tgforward db upgrade")
    assert_one_sentence(basic.run("status", DB_URL=empty_sqlite_url), 1, "tgforward db upgrade")


@pytest.mark.parametrize("process", PROCESSES)
def test_stores_that_are_away(basic: Installation, process: str) -> None:
    """A Redis or database that does not answer is named with its address, quickly."""
    away = f"127.0.0.1:{closed_port()}"
    assert_one_sentence(start_process(basic, process, REDIS_URL=f"redis://{away}"), 1, "Redis", away)
    url = f"mysql+asyncmy://me:secret@{away}/tgforward"
    key = {"TGFORWARD_SECRET_KEY": "a" * 43 + "="}
    done = start_process(basic, process, DB_URL=url, **key)
    assert_one_sentence(done, 1, "database", away)
    assert "secret" not in done.err


def test_a_wrong_api_id(basic: Installation) -> None:
    """Telegram's refusal of the application is told apart from a wrong session."""
    done = basic.run("account", "import", "other", stdin=basic.session("reader"), TGFORWARD_TELEGRAM_API_ID="999")
    assert_one_sentence(done, 1, "API_ID")


def test_a_missing_api_id(basic: Installation) -> None:
    """Without the application's id the sentence says where to get one."""
    environment = {name: value for name, value in basic.environment.items() if "_API_" not in name}
    done = run([sys.executable, "-m", "arq", "worker.WorkerSettings"], environment)
    assert_one_sentence(done, 2, "TGFORWARD_TELEGRAM_API_ID is not set", "my.telegram.org")


def test_another_server_than_the_key_says(basic: Installation, tmp_path: Path) -> None:
    """A server that cannot prove that it owns the key is not spoken to."""
    key = tmp_path / "other.pem"
    key.write_text(other_key())
    done = basic.run("account", "login", "other", "--phone", "+9996610001", TGFORWARD_TELEGRAM_PUBLIC_KEY=str(key))
    assert_one_sentence(done, 1, "TGFORWARD_TELEGRAM_PUBLIC_KEY")


def test_sessions_that_are_none(basic: Installation) -> None:
    """Rubbish on standard input is refused without being repeated."""
    assert_one_sentence(basic.run("account", "import", "other", stdin="my secret rubbish"), 2, "session")
    assert "rubbish" not in basic.run("account", "import", "other", stdin="my secret rubbish").err


def start_process(basic: Installation, settings_class: str, **variables: str) -> Finished:
    return run([sys.executable, "-m", "arq", settings_class], {**basic.environment, **variables})


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def other_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = rsa.generate_private_key(65537, 2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()


def test_the_processes_of_this_checkout_win() -> None:
    """`worker` and `scheduler` are the packages of this repository, whatever else is installed."""
    code = "import importlib.util as u; print(u.find_spec('worker').origin, u.find_spec('scheduler').origin)"
    done = run([sys.executable, "-c", code], clean_environment(ROOT))
    assert done.out.split() == [str(ROOT / name / "__init__.py") for name in ("worker", "scheduler")]
