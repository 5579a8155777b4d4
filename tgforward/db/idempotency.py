"""Statements about requests that are not done twice; the caller's transaction commits them."""

from datetime import datetime

from sqlalchemy import Update, delete, update

from tgforward.db.clock import utc_now
from tgforward.db.models import IdempotencyKey
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert


async def claim_key(
    session: Session, *, key_hash: str, fingerprint: str, claim: str, expires_at: datetime
) -> IdempotencyKey:
    """The request that has this key: the caller's own (with its `claim`), or the one that came before it."""
    await execute(session, delete(IdempotencyKey).where(IdempotencyKey.expires_at <= utc_now()))
    row = {"key_hash": key_hash, "fingerprint": fingerprint, "claim": claim, "expires_at": expires_at}
    keep = {"key_hash": IdempotencyKey.key_hash}
    await session.execute(upsert(session, IdempotencyKey, [row], key=("key_hash",), changes=lambda _new: keep))
    return await session.get_one(IdempotencyKey, key_hash, populate_existing=True)


async def keep_response(
    session: Session, key_hash: str, claim: str, *, status: int, response_sealed: bytes, expires_at: datetime
) -> None:
    """Notes what the request was answered, and until when that is known."""
    new = {"status": status, "response_sealed": response_sealed, "expires_at": expires_at}
    await execute(session, _of(key_hash, claim).values(new))


async def forget_key(session: Session, key_hash: str, claim: str) -> None:
    """Lets the request be sent anew under its key: it was refused."""
    mine = (IdempotencyKey.key_hash == key_hash, IdempotencyKey.claim == claim)
    await execute(session, delete(IdempotencyKey).where(*mine))


def _of(key_hash: str, claim: str) -> Update:
    return update(IdempotencyKey).where(IdempotencyKey.key_hash == key_hash, IdempotencyKey.claim == claim)
