"""Auth keys and who is logged in with them; one key used over two connections at once is found here."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from telethon.crypto import AuthKey

from tgforward.sandbox.world.accounts import Account

DUPLICATED = "AUTH_KEY_DUPLICATED"
REVOKED = "SESSION_REVOKED"


class Line(Protocol):
    """A connection as the logins see it."""

    def is_open(self) -> bool:
        """Whether the other side still holds its end."""
        ...


@dataclass(eq=False, slots=True)
class Login:
    """One auth key: Telegram calls an authorised one a session. `keys` holds it by its id, in each form it may take."""

    keys: dict[int, bytes] = field(repr=False)
    salt: int
    account: Account | None = None
    needs_password: Account | None = None
    refusal: str = ""
    lines: dict[Line, float] = field(default_factory=dict)
    """The connections that are open, the newest last, each with the time when the client last spoke over it."""


class Logins:
    """All auth keys that the server knows."""

    def __init__(self, overlap_s: float) -> None:
        self.used_twice = 0
        self._overlap_s = overlap_s
        self._by_id: dict[int, Login] = {}
        self._tickets: dict[bytes, Account] = {}

    def add(self, key: bytes, account: Account | None = None) -> Login:
        """Remembers an auth key, logged in as `account` if one is given."""
        # A StringSession pads a short key with zeroes behind it, which makes it another key.
        keys = {AuthKey(form).key_id: form for form in (key, key.ljust(256, b"\0"))}
        login = Login(keys, int.from_bytes(os.urandom(8), "big", signed=True), account)
        self._by_id.update(dict.fromkeys(keys, login))
        return login

    def create(self, account: Account) -> bytes:
        """The auth key of a ready session of `account`, as if somebody had logged in."""
        key = os.urandom(256)
        self.add(key, account)
        return key

    def find(self, key_id: int) -> Login | None:
        """The login with that auth key."""
        return self._by_id.get(key_id)

    def forget(self, login: Login) -> None:
        """Destroys the auth key: the server no longer knows it."""
        for key_id in login.keys:
            del self._by_id[key_id]

    def of(self, account: Account) -> Iterator[Login]:
        """Every session of `account`."""
        return (login for login in set(self._by_id.values()) if login.account is account)

    def export(self, account: Account) -> bytes:
        """A ticket by which another auth key logs in as `account`, once."""
        ticket = os.urandom(32)
        self._tickets[ticket] = account
        return ticket

    def redeem(self, ticket: bytes) -> Account | None:
        """Whom the ticket was made for."""
        return self._tickets.pop(ticket, None)

    def use(self, login: Login, line: Line) -> None:
        """Notes that the client sent something with `login` over `line`.

        A session counts as used twice when its newest connection takes over while a former one is open and was in
        use a moment ago, or when a former one speaks again while the newest is open. A connection that merely hangs
        (its process is stopped) is no second user until it speaks.
        """
        now = time.monotonic()
        login.lines = {known: at for known, at in login.lines.items() if known is line or known.is_open()}
        if line in login.lines:
            in_parallel = next(reversed(login.lines)) is not line
        else:
            in_parallel = any(now - at < self._overlap_s for at in login.lines.values())
        login.lines[line] = now
        if in_parallel and login.account is not None:
            self._destroy(login)

    def release(self, login: Login, line: Line) -> None:
        """The connection has ended."""
        login.lines.pop(line, None)

    def _destroy(self, login: Login) -> None:
        if login.refusal != DUPLICATED:
            self.used_twice += 1
            login.refusal = DUPLICATED
