"""Web users: who may log in to the console, and as what."""

import re
from collections.abc import Sequence

from tgforward.db.audit import record_change
from tgforward.db.models.web_user import Role, WebUser
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import load_user
from tgforward.db.web_sessions import remove_sessions_of
from tgforward.db.web_users import add_web_user as store_web_user
from tgforward.db.web_users import (
    count_active_admins,
    list_web_users,
    load_web_user_named,
    set_disabled,
    set_password_hash,
)
from tgforward.db.web_users import remove_web_user as delete_web_user
from tgforward.errors import Conflict, InvalidInput, NotFound
from tgforward.services.database import Stored
from tgforward.services.web_secrets import hash_password

NAME = r"[a-z0-9][a-z0-9._@-]{0,63}"


async def all_web_users(deps: Stored) -> Sequence[WebUser]:
    """Every web user, by name."""
    async with reading(deps.session_factory) as session:
        return await list_web_users(session)


async def has_web_users(deps: Stored) -> bool:
    """Whether anybody could log in at all."""
    return bool(await all_web_users(deps))


async def add_web_user(
    deps: Stored, name: str, password: str, role: Role, *, user_id: str | None = None, actor: str
) -> None:
    """Let somebody log in; a tenant is bound to the user of the forwarder whose configs they see.

    Raises:
        InvalidInput: the name or password is not allowed, or role and user do not go together.
        Conflict: the name is taken.
    """
    if not re.fullmatch(NAME, name):
        raise InvalidInput("a name has small letters, digits and . _ @ -, at most 64: choose another one")
    if (role is Role.TENANT) != (user_id is not None):
        raise InvalidInput("a tenant is bound to a user, and nobody else is: give --user ID with --role tenant only")
    password_hash = hash_password(password)

    async def work(session: Session) -> None:
        if await load_web_user_named(session, name) is not None:
            raise Conflict(f"there is a web user {name} already: tgforward web user passwd {name} sets a password")
        if user_id is not None and await load_user(session, user_id) is None:
            raise NotFound(f"there is no user {user_id}: tgforward user add {user_id}")
        await store_web_user(session, name=name, password_hash=password_hash, role=role, user_id=user_id)
        await record_change(session, actor=actor, action="web_user.add", target=name, detail={"role": role})

    await in_transaction(deps.session_factory, work)


async def change_password(deps: Stored, name: str, password: str, *, actor: str) -> None:
    """Give a web user another password; every browser of theirs has to log in again.

    Raises:
        InvalidInput: no such web user, or the password is not allowed.
    """
    password_hash = hash_password(password)

    async def work(session: Session) -> None:
        user = await require_web_user(session, name)
        await set_password_hash(session, user.id, password_hash)
        await remove_sessions_of(session, user.id)
        await record_change(session, actor=actor, action="web_user.passwd", target=name, detail={})

    await in_transaction(deps.session_factory, work)


async def disable_web_user(deps: Stored, name: str, *, is_disabled: bool, actor: str) -> None:
    """Keep a web user out, with browsers and tokens, or let them in again.

    Raises:
        InvalidInput: no such web user, or nobody would be left to administer.
    """

    async def work(session: Session) -> None:
        user = await require_web_user(session, name)
        if is_disabled:
            await _keep_an_admin(session, user)
            await remove_sessions_of(session, user.id)
        await set_disabled(session, user.id, is_disabled=is_disabled)
        action = "web_user.disable" if is_disabled else "web_user.enable"
        await record_change(session, actor=actor, action=action, target=name, detail={})

    await in_transaction(deps.session_factory, work)


async def remove_web_user(deps: Stored, name: str, *, actor: str) -> None:
    """Remove a web user with sessions and tokens.

    Raises:
        InvalidInput: no such web user, or nobody would be left to administer.
    """

    async def work(session: Session) -> None:
        user = await require_web_user(session, name)
        await _keep_an_admin(session, user)
        await delete_web_user(session, user.id)
        await record_change(session, actor=actor, action="web_user.remove", target=name, detail={})

    await in_transaction(deps.session_factory, work)


async def require_web_user(session: Session, name: str) -> WebUser:
    """The web user of that name.

    Raises:
        NotFound: there is none.
    """
    user = await load_web_user_named(session, name)
    if user is None:
        raise NotFound(f"there is no web user {name}: see tgforward web user list")
    return user


async def _keep_an_admin(session: Session, user: WebUser) -> None:
    if user.role is Role.ADMIN and not user.is_disabled and await count_active_admins(session) == 1:
        raise Conflict(f"{user.name} is the last administrator: add another one first (tgforward web user add)")
