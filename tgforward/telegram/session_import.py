"""Taking over a session that exists already: Telethon's session string, or its `.session` file."""

import binascii
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from tgforward.errors import InvalidInput


def import_session(source: str | Path) -> str:
    """The session string of a string or of a `.session` file, which is only read.

    Raises:
        InvalidInput: it is no session of Telethon's, or one that was never logged in.
    """
    return _from_file(source) if isinstance(source, Path) else _from_string(source.strip())


def _from_string(text: str) -> str:
    try:
        session = StringSession(text)
    except (ValueError, struct.error, binascii.Error):
        session = StringSession()
    # The text is a secret: neither it nor the cause, which may quote it, is shown.
    return _saved(session, "That is no session string of Telethon's: it begins with 1 and has some 350 characters")


def _from_file(path: Path) -> str:
    if not path.is_file():
        raise InvalidInput(f"{path} does not exist: give the path of Telethon's .session file")
    # immutable: not even a journal is made beside it.
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as db:
            row = db.execute("SELECT dc_id, server_address, port, auth_key FROM sessions").fetchone()
    except sqlite3.Error as error:
        raise InvalidInput(f"{path} is no session file of Telethon's: {error}") from error
    session = StringSession()
    if row is not None and isinstance(row[3], bytes) and len(row[3]) == 256:
        session.set_dc(row[0], row[1], row[2])
        session.auth_key = AuthKey(row[3])
    return _saved(session, f"{path} holds no session that is logged in: log in with `tgforward account login`")


def _saved(session: StringSession, complaint: str) -> str:
    try:
        saved = str(session.save())
    except ValueError:  # the file names no IP address
        saved = ""
    if not saved:
        raise InvalidInput(complaint)
    return saved
