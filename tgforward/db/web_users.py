"""Statements about web users; the caller's transaction commits them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from tgforward.db.clock import utc_now
from tgforward.db.models import Role, WebUser
from tgforward.db.session import Session
from tgforward.db.statements import execute


async def add_web_user(
    session: Session, *, name: str, password_hash: str, role: Role, user_id: str | None = None
) -> WebUser:
    """Stores a web user; look first whether `name` is taken."""
    made = WebUser(name=name, password_hash=password_hash, role=role, user_id=user_id)
    session.add(made)
    await session.flush()
    return made


async def load_web_user_named(session: Session, name: str) -> WebUser | None:
    """The web user who logs in as `name`, or None."""
    return (await session.scalars(select(WebUser).where(WebUser.name == name))).one_or_none()


async def list_web_users(session: Session) -> Sequence[WebUser]:
    """All web users by name."""
    return (await session.scalars(select(WebUser).order_by(WebUser.name))).all()


async def count_active_admins(session: Session) -> int:
    """How many administrators may log in."""
    query = select(func.count()).select_from(WebUser)
    return await session.scalar(query.where(WebUser.role == Role.ADMIN, WebUser.is_disabled.is_(False))) or 0


async def set_password_hash(session: Session, web_user_id: int, password_hash: str) -> None:
    """Replaces a password."""
    await execute(session, update(WebUser).where(WebUser.id == web_user_id).values(password_hash=password_hash))


async def set_disabled(session: Session, web_user_id: int, *, is_disabled: bool) -> None:
    """Lets a web user in or not."""
    await execute(session, update(WebUser).where(WebUser.id == web_user_id).values(is_disabled=is_disabled))


async def note_login(session: Session, web_user_id: int) -> None:
    """Notes that the web user has logged in now."""
    await execute(session, update(WebUser).where(WebUser.id == web_user_id).values(last_login_at=utc_now()))


async def remove_web_user(session: Session, web_user_id: int) -> None:
    """Removes a web user with sessions and tokens."""
    await execute(session, delete(WebUser).where(WebUser.id == web_user_id))
