"""Browsers log in by name and password, and hold a session until it ends."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.web_sessions import add_web_session, load_session_user, remove_web_session
from tgforward.db.web_users import load_web_user_named, note_login
from tgforward.errors import NotLoggedIn
from tgforward.services.database import Stored
from tgforward.services.web_access import Caller, caller_of
from tgforward.services.web_attempts import Attempts
from tgforward.services.web_secrets import hash_token, is_password, new_token

AT_ONCE = 2
"""Passwords that are compared at the same time: each takes 64 MB and 60 ms."""

log = structlog.get_logger()


@dataclass(slots=True)
class Door:
    """Where browsers come in; one per process."""

    deps: Stored
    lasting: timedelta
    """How long a session lives."""
    attempts: Attempts
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def log_in(self, name: str, password: str, address: str) -> str:
        """A new session, as the token that the browser keeps; sessions that it had before are not taken up.

        Raises:
            NotLoggedIn: name or password is wrong, or the web user is disabled; nobody learns which.
            TooManyAttempts: wrong ones came too often.
        """
        name = name.strip().lower()
        self.attempts.check(name, address)
        self.attempts.note(name, address)
        async with reading(self.deps.session_factory) as session:
            user = await load_web_user_named(session, name)
        async with self._turns:
            is_right = await asyncio.to_thread(is_password, password, None if user is None else user.password_hash)
        if user is None or user.is_disabled or not is_right:
            log.warning("web_login_refused", address=address)
            raise NotLoggedIn("name or password is wrong")
        self.attempts.forgive(name, address)
        return await self._open_session(user.id)

    async def _open_session(self, web_user_id: int) -> str:
        token = new_token()
        expires_at = self.deps.clock.now() + self.lasting

        async def work(session: Session) -> None:
            await add_web_session(session, token_hash=hash_token(token), web_user_id=web_user_id, expires_at=expires_at)
            await note_login(session, web_user_id)

        await in_transaction(self.deps.session_factory, work)
        return token


async def who_holds(deps: Stored, session_token: str) -> Caller | None:
    """Whose session that is; None if it has ended."""
    async with reading(deps.session_factory) as session:
        user = await load_session_user(session, hash_token(session_token))
    return None if user is None else caller_of(user)


async def log_out(deps: Stored, session_token: str) -> None:
    """End a session; does nothing if it has ended."""
    token_hash = hash_token(session_token)
    await in_transaction(deps.session_factory, lambda session: remove_web_session(session, token_hash))
