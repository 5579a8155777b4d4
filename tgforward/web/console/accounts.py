"""Accounts: how they are, stopped, resumed and forgotten."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from tgforward.services.account_sheet import load_accounts
from tgforward.services.known_accounts import forget_account, pause_account
from tgforward.services.resuming import resume_account
from tgforward.services.web_access import Caller, Scope
from tgforward.types import AccountId
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

PER_PAGE = 100
HERE = "/accounts"

router = APIRouter(prefix=HERE)

Writer = Annotated[Caller, in_console(Scope.ACCOUNTS_WRITE)]
Keeper = Annotated[Caller, in_console(Scope.ACCOUNTS_LOGIN)]
Name = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("")
async def show_accounts(
    request: Request,
    caller: Annotated[Caller, in_console(Scope.ACCOUNTS_READ)],
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """A page of them: state, owner, and until when they rest."""
    deps = deps_of(request)
    rows = await load_accounts(deps, after=None if after is None else AccountId(after), limit=PER_PAGE + 1)
    last = rows[PER_PAGE - 1].account.id if len(rows) > PER_PAGE else None
    now = deps.clock.now()
    return page(request, "accounts.html", caller, rows=rows[:PER_PAGE], last=last, after=after, now=now)


@router.post("/{name}/pause")
async def pause(request: Request, caller: Writer, name: Name) -> Response:
    """None of its configs runs."""
    await pause_account(deps_of(request), name, actor=caller.actor)
    return RedirectResponse(HERE, 303)


@router.post("/{name}/resume")
async def resume(request: Request, caller: Writer, name: Name) -> Response:
    """Its configs run again; its waits are forgotten."""
    await resume_account(deps_of(request), name, actor=caller.actor)
    return RedirectResponse(HERE, 303)


@router.post("/{name}/remove")
async def remove(request: Request, caller: Keeper, name: Name) -> Response:
    """It is forgotten with its session, if no config uses it."""
    await forget_account(deps_of(request), name, actor=caller.actor)
    return RedirectResponse(HERE, 303)
