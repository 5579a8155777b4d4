"""Accounts: listed, stopped, resumed and forgotten."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from tgforward.db.models.account import AccountKind, AccountState
from tgforward.services.account_sheet import AccountSheet, load_accounts
from tgforward.services.known_accounts import forget_account, pause_account
from tgforward.services.resuming import resume_account
from tgforward.services.web_access import Caller, Scope
from tgforward.types import AccountId
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Cursor, Limit, Page, next_after, position
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["accounts"], route_class=Once)

Reader = Annotated[Caller, in_api(Scope.ACCOUNTS_READ)]
Writer = Annotated[Caller, in_api(Scope.ACCOUNTS_WRITE)]
Keeper = Annotated[Caller, in_api(Scope.ACCOUNTS_LOGIN)]
Name = Annotated[str, Path(min_length=1, max_length=64)]


class Account(BaseModel):
    """A log-in at Telegram; never its session or phone number."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: AccountKind
    state: AccountState
    state_reason: str | None
    wait_until: datetime | None
    wait_reason: str | None
    created_at: datetime
    owner: str | None = Field(description="The worker that uses it now.")
    configs: int = Field(description="How many use it.")


class Resumed(BaseModel):
    """An account that works again."""

    enqueued: int = Field(description="How many of its configs run now.")


@router.get("/accounts", operation_id="listAccounts")
async def list_accounts(request: Request, _caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[Account]:
    """The accounts by number."""
    after = position("accounts", cursor)
    after_id = None if after is None else AccountId(after)
    sheets = await load_accounts(deps_of(request), after=after_id, limit=limit + 1)
    following = next_after("accounts", [sheet.account.id for sheet in sheets], limit)
    return Page(items=[_shown(sheet) for sheet in sheets[:limit]], next_cursor=following)


@router.post("/accounts/{name}/pause", operation_id="pauseAccount", status_code=204)
async def pause(request: Request, caller: Writer, name: Name) -> None:
    """Stop every config of an account."""
    await pause_account(deps_of(request), name, actor=caller.actor)


@router.post("/accounts/{name}/resume", operation_id="resumeAccount")
async def resume(request: Request, caller: Writer, name: Name) -> Resumed:
    """Let a parked, paused or resting account work again; a worker that knows of a wait lets go of it first."""
    return Resumed(enqueued=await resume_account(deps_of(request), name, actor=caller.actor))


@router.delete("/accounts/{name}", operation_id="removeAccount", status_code=204)
async def remove(request: Request, caller: Keeper, name: Name) -> None:
    """Forget an account that no config uses, and its session."""
    await forget_account(deps_of(request), name, actor=caller.actor)


def _shown(sheet: AccountSheet) -> Account:
    own = {name: getattr(sheet.account, name) for name in Account.model_fields if hasattr(sheet.account, name)}
    return Account(**own, owner=sheet.owner, configs=sheet.configs)
