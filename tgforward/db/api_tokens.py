"""Statements about bearer tokens; the caller's transaction commits them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from tgforward.db.clock import utc_now
from tgforward.db.models import ApiToken, WebUser
from tgforward.db.session import Session
from tgforward.db.statements import execute

USE_NOTED_EVERY = timedelta(minutes=1)  # a write for each request would be dearer than most requests


async def add_api_token(
    session: Session, *, name: str, token_hash: str, web_user_id: int, scopes: list[str], expires_at: datetime | None
) -> ApiToken:
    """Stores a token."""
    made = ApiToken(name=name, token_hash=token_hash, web_user_id=web_user_id, scopes=scopes, expires_at=expires_at)
    session.add(made)
    await session.flush()
    return made


async def load_token_owner(session: Session, token_hash: str) -> tuple[ApiToken, WebUser] | None:
    """The token and its owner; None if it is unknown, has ended, or its owner may not log in any more."""
    query = select(ApiToken, WebUser).join(WebUser, ApiToken.web_user_id == WebUser.id)
    lasting = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > utc_now())
    found = await session.execute(
        query.where(ApiToken.token_hash == token_hash, lasting, WebUser.is_disabled.is_(False))
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def list_api_tokens(session: Session, web_user_id: int | None = None) -> Sequence[tuple[ApiToken, WebUser]]:
    """All tokens with their owners, or those of one owner, by number."""
    query = select(ApiToken, WebUser).join(WebUser, ApiToken.web_user_id == WebUser.id).order_by(ApiToken.id)
    if web_user_id is not None:
        query = query.where(ApiToken.web_user_id == web_user_id)
    return [(token, owner) for token, owner in await session.execute(query)]


async def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Notes that a token is used."""
    await execute(session, update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


async def remove_api_token(session: Session, token_id: int) -> None:
    """Makes a token worthless."""
    await execute(session, delete(ApiToken).where(ApiToken.id == token_id))
