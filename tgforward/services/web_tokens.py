"""Bearer tokens of programs: made, listed, revoked, and recognised."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.api_tokens import (
    USE_NOTED_EVERY,
    add_api_token,
    list_api_tokens,
    load_token_owner,
    note_use,
    remove_api_token,
)
from tgforward.db.audit import record_change
from tgforward.db.models.api_token import ApiToken
from tgforward.db.models.web_user import WebUser
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput, NotFound
from tgforward.services.database import Stored
from tgforward.services.web_access import SCOPES, Caller, Scope, program_of
from tgforward.services.web_secrets import TOKEN_PREFIX, hash_token, new_token
from tgforward.services.web_users import require_web_user

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token and whose it is; not the token itself, which nobody knows but who holds it."""

    id: int
    name: str
    owner: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; `token` is never shown again."""

    id: int
    token: str

    def __repr__(self) -> str:
        return f"NewToken({self.id})"


async def add_token(
    deps: Stored, name: str, owner: str, scopes: Collection[Scope], *, lasting: timedelta | None, actor: str
) -> NewToken:
    """Make a token for a program, which may then do what its scopes say as far as its owner may.

    Raises:
        NotFound: there is no such web user.
        InvalidInput: the name is empty or too long, or the owner may not do that.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(f"a token has a name of 1 to {LONGEST_NAME} characters: say what it is for")
    if not scopes:
        raise InvalidInput("a token without scopes is good for nothing: name at least one")
    token = TOKEN_PREFIX + new_token()
    expires_at = None if lasting is None else deps.clock.now() + lasting

    async def work(session: Session) -> int:
        user = await require_web_user(session, owner)
        if beyond := sorted(set(scopes) - SCOPES[user.role]):
            raise InvalidInput(f"{owner} is {user.role} and may not do {', '.join(beyond)} either: leave that out")
        names = sorted(map(str, scopes))
        made = await add_api_token(
            session,
            name=name,
            token_hash=hash_token(token),
            web_user_id=user.id,
            scopes=names,
            expires_at=expires_at,
        )
        detail = {"name": name, "owner": owner, "scopes": names}
        await record_change(session, actor=actor, action="token.add", target=str(made.id), detail=detail)
        return made.id

    return NewToken(await in_transaction(deps.session_factory, work), token)


async def known_tokens(deps: Stored, caller: Caller | None = None) -> list[KnownToken]:
    """The tokens that the caller may see: their own, an administrator (and the command line) all."""
    async with reading(deps.session_factory) as session:
        return [_known(token, user) for token, user in await _seen(session, caller)]


async def revoke_token(deps: Stored, token_id: int, *, caller: Caller | None = None, actor: str) -> None:
    """Make a token worthless.

    Raises:
        NotFound: there is none that the caller may see.
    """

    async def work(session: Session) -> None:
        if token_id not in {token.id for token, _ in await _seen(session, caller)}:
            raise NotFound(f"there is no token {token_id}: see tgforward web token list")
        await remove_api_token(session, token_id)
        await record_change(session, actor=actor, action="token.revoke", target=str(token_id), detail={})

    await in_transaction(deps.session_factory, work)


async def who_bears(deps: Stored, token: str) -> Caller | None:
    """Whose token that is; None if it is unknown or has ended."""
    async with reading(deps.session_factory) as session:
        found = await load_token_owner(session, hash_token(token))
    if found is None:
        return None
    row, user = found
    await _note(deps, row)
    return program_of(user, row.id, row.scopes)


async def _note(deps: Stored, row: ApiToken) -> None:
    now = deps.clock.now()
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        await in_transaction(deps.session_factory, lambda session: note_use(session, row.id, now))


async def _seen(session: Session, caller: Caller | None) -> Sequence[tuple[ApiToken, WebUser]]:
    return await list_api_tokens(session, None if caller is None or caller.is_admin else caller.web_user_id)


def _known(token: ApiToken, user: WebUser) -> KnownToken:
    return KnownToken(
        token.id,
        token.name,
        user.name,
        tuple(token.scopes),
        token.created_at,
        token.expires_at,
        token.last_used_at,
    )
