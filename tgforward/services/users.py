"""Users: whose configs run, and until when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.audit import record_change
from tgforward.db.models.user import TRIAL, User
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import add_user as store_user
from tgforward.db.users import authorise_user, count_configs, list_expired, list_users, load_user
from tgforward.db.users import remove_user as delete_user
from tgforward.errors import InvalidInput, NotFound
from tgforward.services.database import Stored
from tgforward.services.hindrances import is_expired

LONGEST_ID = 20


@dataclass(frozen=True, slots=True)
class Term:
    """How long a user is authorised: so many days more, until a moment, or (neither) for ever."""

    days: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user and what is theirs."""

    id: str
    reg_at: datetime
    auth_time: datetime | None
    """Authorised until then; None: for ever."""
    is_expired: bool
    configs: int


TRIAL_TERM = Term(days=TRIAL.days)


async def add_user(deps: Stored, user_id: str, term: Term = TRIAL_TERM, *, actor: str) -> datetime | None:
    """Register a user; answers until when they are authorised, None: for ever.

    Raises:
        InvalidInput: that is no user id, the user is registered already, or the term has ended.
    """
    if not re.fullmatch(rf"[1-9][0-9]{{0,{LONGEST_ID - 1}}}", user_id):
        raise InvalidInput("a user is given by the number that Telegram knows them by, such as 123456789")
    if await _find(deps, user_id) is not None:
        raise InvalidInput(f"user {user_id} is registered already: tgforward user extend {user_id} gives more time")
    now = deps.clock.now()
    until = _end(term, now)
    if until is not None and until <= now:
        raise InvalidInput(f"{until.date()} has passed: give a day to come with --until, or --days")

    async def work(session: Session) -> None:
        if await load_user(session, user_id) is None:
            await store_user(session, user_id)
        await authorise_user(session, user_id, until)
        await _record(session, actor, "user.add", user_id, until)

    await in_transaction(deps.session_factory, work)
    return until


async def extend_user(deps: Stored, user_id: str, term: Term, *, actor: str) -> datetime | None:
    """Change until when a user is authorised; days are added to what is left. Answers the new end, None: never.

    A moment that has passed stops the user's configs.

    Raises:
        InvalidInput: no such user, or days are to be added to for ever.
    """
    user = await _require(deps, user_id)
    if term.days is not None and user.auth_time is None:
        raise InvalidInput(f"user {user_id} is authorised for ever: set an end with --until DATE")
    now = deps.clock.now()
    until = _end(term, max(now, user.auth_time or now))

    async def work(session: Session) -> None:
        await authorise_user(session, user_id, until)
        await _record(session, actor, "user.extend", user_id, until)

    await in_transaction(deps.session_factory, work)
    return until


async def remove_user(deps: Stored, user_id: str, *, actor: str) -> None:
    """Remove a user who owns no config.

    Raises:
        InvalidInput: no such user, or configs are theirs.
    """
    await _require(deps, user_id)

    async def work(session: Session) -> None:
        if used := (await count_configs(session, [user_id])).get(user_id):
            raise InvalidInput(
                f"user {user_id} owns {used} config(s): remove them or give them to somebody else first "
                f"(tgforward config edit ID --user OTHER, or '' for nobody)"
            )
        await delete_user(session, user_id)
        await record_change(session, actor=actor, action="user.remove", target=user_id, detail={})

    await in_transaction(deps.session_factory, work)


async def all_users(deps: Stored, *, after: str | None = None, limit: int | None = None) -> list[KnownUser]:
    """The users, the first registered first: at most `limit` of those after user `after`."""
    async with reading(deps.session_factory) as session:
        return await _known(session, await list_users(session, after=after, limit=limit), deps.clock.now())


async def expired_users(deps: Stored, *, limit: int) -> list[KnownUser]:
    """The users whose time has ended, so that their configs stand still; at most `limit`."""
    now = deps.clock.now()
    async with reading(deps.session_factory) as session:
        return await _known(session, await list_expired(session, now, limit=limit), now)


async def _known(session: Session, users: Sequence[User], now: datetime) -> list[KnownUser]:
    counts = await count_configs(session, [user.id for user in users])
    return [
        KnownUser(user.id, user.reg_at, user.auth_time, is_expired(user, now), counts.get(user.id, 0)) for user in users
    ]


def _end(term: Term, start: datetime) -> datetime | None:
    if term.days is None:
        return term.until
    try:
        return start + timedelta(days=term.days)
    except OverflowError:
        raise InvalidInput(f"{term.days} days more have no date: authorise the user for ever instead") from None


async def _require(deps: Stored, user_id: str) -> User:
    user = await _find(deps, user_id)
    if user is None:
        raise NotFound(f"there is no user {user_id}: see tgforward user list")
    return user


async def _find(deps: Stored, user_id: str) -> User | None:
    async with reading(deps.session_factory) as session:
        return await load_user(session, user_id)


async def _record(session: Session, actor: str, action: str, user_id: str, until: datetime | None) -> None:
    detail = {"until": until.isoformat() if until is not None else None}
    await record_change(session, actor=actor, action=action, target=user_id, detail=detail)
