"""Requests that are not done twice: whoever sends one again under its key gets the first answer."""

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from tgforward.db.idempotency import claim_key, forget_key, keep_response
from tgforward.db.models import IdempotencyKey
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import Conflict, InvalidInput
from tgforward.services.deps import Deps

KEPT = timedelta(days=1)
UNDER_WAY = timedelta(minutes=10)
"""After that nobody is at work on it any more: the process died."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what, under which key of theirs."""

    sender: str
    key: str
    address: str
    body: bytes

    @property
    def key_hash(self) -> str:
        """The key is the sender's own."""
        return hashlib.sha256(f"{self.sender}\n{self.key}".encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Of what is asked; made with the key, which is not stored, so that no password can be guessed from it."""
        return hashlib.sha256(f"{self.key}\n{self.address}\n".encode() + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: str


async def do_once(deps: Deps, asked: Asked, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer of `work`, or that of the same request before; one that failed may be sent again.

    Raises:
        InvalidInput: the key was used for something else.
        Conflict: the same request is under way.
    """
    claim = secrets.token_hex(16)
    expires_at = deps.clock.now() + UNDER_WAY

    async def take(session: Session) -> IdempotencyKey:
        return await claim_key(
            session, key_hash=asked.key_hash, fingerprint=asked.fingerprint, claim=claim, expires_at=expires_at
        )

    row = await in_transaction(deps.session_factory, take)
    if row.claim != claim:
        return _known(deps, row, asked)
    try:
        answer = await work()
    except BaseException:
        await in_transaction(deps.session_factory, lambda session: forget_key(session, asked.key_hash, claim))
        raise
    await _keep(deps, asked, claim, answer)
    return answer


def _known(deps: Deps, row: IdempotencyKey, asked: Asked) -> Answer:
    if row.fingerprint != asked.fingerprint:
        raise InvalidInput("this Idempotency-Key was used for another request: choose a new one for each")
    if row.status is None or row.response_sealed is None:
        raise Conflict("the request with this Idempotency-Key is under way: send it again in a moment")
    return Answer(**json.loads(deps.vault.open(row.response_sealed)))


async def _keep(deps: Deps, asked: Asked, claim: str, answer: Answer) -> None:
    sealed = deps.vault.seal(json.dumps(asdict(answer)))
    expires_at = deps.clock.now() + KEPT

    async def work(session: Session) -> None:
        status = answer.status
        await keep_response(
            session, asked.key_hash, claim, status=status, response_sealed=sealed, expires_at=expires_at
        )

    await in_transaction(deps.session_factory, work)
