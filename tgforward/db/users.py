"""Statements about the forwarder's users; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update

from tgforward.db.batches import batches
from tgforward.db.clock import utc_now
from tgforward.db.models import TGForwardConfig, User
from tgforward.db.session import Session
from tgforward.db.statements import execute


async def add_user(session: Session, user_id: str) -> User:
    """Registers a user, authorised for `TRIAL` from now on."""
    user = User(id=user_id)
    session.add(user)
    await session.flush()
    return user


async def load_user(session: Session, user_id: str) -> User | None:
    """The user as stored now, or None if there is none."""
    return await session.get(User, user_id, populate_existing=True)


async def load_users(session: Session, user_ids: Collection[str]) -> dict[str, User]:
    """Those of the users that exist, by id."""
    found: dict[str, User] = {}
    for some in batches(user_ids):
        rows = await session.scalars(select(User).where(User.id.in_(some)))
        found |= {user.id: user for user in rows}
    return found


async def list_users(session: Session, *, after: str | None = None, limit: int | None = None) -> Sequence[User]:
    """All users, the first registered first: at most `limit` of those after user `after`."""
    query = select(User).order_by(User.reg_at, User.id).limit(limit)
    if after is not None:
        since = select(User.reg_at).where(User.id == after).scalar_subquery()
        query = query.where((User.reg_at > since) | ((User.reg_at == since) & (User.id > after)))
    return (await session.scalars(query)).all()


async def list_expired(session: Session, now: datetime, *, limit: int | None = None) -> Sequence[User]:
    """The users whose time has ended by `now`, the first registered first; at most `limit`."""
    query = select(User).where(User.auth_time <= now).order_by(User.reg_at, User.id).limit(limit)
    return (await session.scalars(query)).all()


async def authorise_user(session: Session, user_id: str, until: datetime | None) -> bool:
    """Lets a user's configs run until a moment, or (None) for ever; False if there is none."""
    new = {"version": TGForwardConfig.version + 1, "updated_at": utc_now()}
    await execute(session, update(TGForwardConfig).where(TGForwardConfig.user_id == user_id).values(new))
    return await execute(session, update(User).where(User.id == user_id).values(auth_time=until)) > 0


async def count_configs(session: Session, user_ids: Collection[str]) -> dict[str, int]:
    """How many configs each of the users owns; those without any are left out."""
    found: dict[str, int] = {}
    query = select(TGForwardConfig.user_id, func.count()).group_by(TGForwardConfig.user_id)
    for some in batches(user_ids):
        rows = await session.execute(query.where(TGForwardConfig.user_id.in_(some)))
        found |= {user_id: number for user_id, number in rows if user_id is not None}
    return found


async def remove_user(session: Session, user_id: str) -> bool:
    """Removes a user who owns no config (the database refuses others); False if there is none."""
    return await execute(session, delete(User).where(User.id == user_id)) > 0
