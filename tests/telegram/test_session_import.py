"""Taking over sessions of Telethon."""

import sqlite3
from pathlib import Path

import pytest
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession, StringSession

from tgforward.errors import InvalidInput
from tgforward.telegram.session_import import import_session

KEY = bytes(range(256))


def string_session() -> str:
    session = StringSession()
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(KEY)
    return str(session.save())


@pytest.fixture
def session_file(tmp_path: Path) -> Path:
    session = SQLiteSession(str(tmp_path / "old account"))
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(KEY)
    session.save()
    session.close()
    return tmp_path / "old account.session"


def test_a_session_string_is_taken_as_it_is() -> None:
    """Blanks and line ends around it, as a pipe leaves them, do not count."""
    assert import_session(f"  {string_session()}\n") == string_session()


def test_a_session_file_gives_the_same_session_and_is_not_altered(session_file: Path) -> None:
    """The file is only read: not a byte changes and nothing appears beside it."""
    before = session_file.read_bytes()

    assert import_session(session_file) == string_session()

    assert session_file.read_bytes() == before
    assert list(session_file.parent.iterdir()) == [session_file]


@pytest.mark.parametrize("text", ["", "nonsense", "1", "1" + "A" * 352, "1BVtsOK8Bu3z", "2" + "A" * 352])
def test_what_is_no_session_string_is_refused_without_repeating_it(text: str) -> None:
    """A mistyped session must not end in a terminal's history or a log."""
    with pytest.raises(InvalidInput) as caught:
        import_session(text)

    assert len(text) < 2 or text not in str(caught.value)


def test_files_that_hold_no_session_are_refused(tmp_path: Path) -> None:
    """A missing file, one that is no database, one without the table and one never logged in are one sentence each."""
    (tmp_path / "text").write_text("no database")
    with sqlite3.connect(tmp_path / "other") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    empty = SQLiteSession(str(tmp_path / "empty"))
    empty.set_dc(2, "149.154.167.51", 443)
    empty.save()
    empty.close()

    for name in ("missing", "text", "other", "empty.session"):
        with pytest.raises(InvalidInput, match=name):
            import_session(tmp_path / name)
