"""Statements about log-ins of browsers; the caller's transaction commits them."""

from datetime import datetime

from sqlalchemy import delete, select

from tgforward.db.clock import utc_now
from tgforward.db.models import WebSession, WebUser
from tgforward.db.session import Session
from tgforward.db.statements import execute


async def add_web_session(session: Session, *, token_hash: str, web_user_id: int, expires_at: datetime) -> None:
    """Stores a log-in, and forgets those that have ended."""
    await execute(session, delete(WebSession).where(WebSession.expires_at <= utc_now()))
    session.add(WebSession(token_hash=token_hash, web_user_id=web_user_id, expires_at=expires_at))
    await session.flush()


async def load_session_user(session: Session, token_hash: str) -> WebUser | None:
    """Who is logged in by that session; None if it has ended, or its user may not log in any more."""
    query = select(WebUser).join(WebSession, WebSession.web_user_id == WebUser.id)
    lasting = (WebSession.token_hash == token_hash, WebSession.expires_at > utc_now(), WebUser.is_disabled.is_(False))
    return (await session.scalars(query.where(*lasting))).one_or_none()


async def remove_web_session(session: Session, token_hash: str) -> None:
    """Ends one log-in."""
    await execute(session, delete(WebSession).where(WebSession.token_hash == token_hash))


async def remove_sessions_of(session: Session, web_user_id: int) -> None:
    """Ends every log-in of a web user."""
    await execute(session, delete(WebSession).where(WebSession.web_user_id == web_user_id))
