"""A log-in under way: what has to be known between two requests, sealed in Redis for some minutes."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tgforward.errors import Conflict, NotFound
from tgforward.queue.logins import Limits, drop_login, keep_login, load_login, take_place
from tgforward.services.deps import Deps
from tgforward.services.web_access import Caller
from tgforward.telegram.login_steps import SentBy, SentCode

LASTING = timedelta(minutes=10)
LIMITS = Limits(at_once=20, per_owner=5)


class Question(StrEnum):
    """What Telegram wants to know next."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - what is asked for, not the answer


@dataclass(frozen=True, slots=True)
class Underway:
    """A log-in between two requests; its session is not logged in yet."""

    id: str
    owner: str
    """Only who began it goes on with it."""
    account: str
    ends_at: datetime
    question: Question = Question.CODE
    wrong: int = 0
    """How often the question was answered wrongly."""
    phone: str = field(default="", repr=False)
    code_hash: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    sent_by: SentBy = SentBy.OTHER

    @property
    def sent(self) -> SentCode:
        """The code that is on its way."""
        return SentCode(self.code_hash, self.sent_by)


async def begin(deps: Deps, caller: Caller, account: str) -> Underway:
    """A place for one more log-in, before Telegram is asked anything.

    Raises:
        Conflict: too many are under way.
    """
    login = Underway(secrets.token_urlsafe(16), owner_of(caller), account, deps.clock.now() + LASTING)
    if not await take_place(
        deps.redis, login.owner, login.id, now=deps.clock.now(), until=login.ends_at, limits=LIMITS
    ):
        raise Conflict(
            f"too many log-ins are under way (at most {LIMITS.per_owner} of one person, {LIMITS.at_once} in all): "
            f"finish or cancel one, or wait {LASTING.total_seconds() / 60:g} minutes"
        )
    return login


async def keep(deps: Deps, login: Underway) -> None:
    """Remember how far it has come, until its end."""
    content = asdict(login) | {"ends_at": login.ends_at.isoformat()}
    await keep_login(deps.redis, login.id, deps.vault.seal(json.dumps(content)), until=login.ends_at)


async def require(deps: Deps, caller: Caller, login_id: str) -> Underway:
    """The caller's log-in of that id.

    Raises:
        NotFound: there is none (any more).
    """
    sealed = await load_login(deps.redis, login_id)
    login = None if sealed is None else _unsealed(deps, sealed)
    if login is None or login.owner != owner_of(caller) or login.ends_at <= deps.clock.now():
        raise NotFound(
            f"this log-in has ended (each lasts {LASTING.total_seconds() / 60:g} minutes): begin another one"
        )
    return login


async def drop(deps: Deps, login: Underway) -> None:
    """Forget it."""
    await drop_login(deps.redis, login.owner, login.id)


def owner_of(caller: Caller) -> str:
    """Whose log-ins a caller goes on with: a person's, in whatever browser or program."""
    return str(caller.web_user_id)


def _unsealed(deps: Deps, sealed: bytes) -> Underway:
    content = json.loads(deps.vault.open(sealed))
    content |= {"ends_at": datetime.fromisoformat(content["ends_at"]), "question": Question(content["question"])}
    return Underway(**content | {"sent_by": SentBy(content["sent_by"])})
