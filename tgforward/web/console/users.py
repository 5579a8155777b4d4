"""Users: whose configs run, and until when."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from tgforward.services.users import LONGEST_ID, Term, add_user, all_users, extend_user, remove_user
from tgforward.services.web_access import Caller, Scope
from tgforward.web.console.addresses import or_none
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

PER_PAGE = 100
MOST_DAYS = 36500
HERE = "/users"

router = APIRouter(prefix=HERE)

Writer = Annotated[Caller, in_console(Scope.USERS_WRITE)]
Id = Annotated[str, Path(max_length=LONGEST_ID)]
Days = Annotated[int | None, BeforeValidator(or_none), Form(ge=1, le=MOST_DAYS)]


@router.get("")
async def show_users(
    request: Request,
    caller: Annotated[Caller, in_console(Scope.USERS_READ)],
    after: Annotated[str | None, Query(max_length=LONGEST_ID)] = None,
) -> Response:
    """A page of them, the first registered first."""
    users = await all_users(deps_of(request), after=after or None, limit=PER_PAGE + 1)
    last = users[PER_PAGE - 1].id if len(users) > PER_PAGE else None
    return page(request, "users.html", caller, users=users[:PER_PAGE], last=last, after=after)


@router.post("")
async def add(
    request: Request,
    caller: Writer,
    user_id: Annotated[str, Form(max_length=LONGEST_ID)] = "",
    days: Days = None,
) -> Response:
    """Somebody new, for so many days or for ever."""
    await add_user(deps_of(request), user_id.strip(), Term(days), actor=caller.actor)
    return RedirectResponse(HERE, 303)


@router.post("/{user_id}/extend")
async def extend(request: Request, caller: Writer, user_id: Id, days: Days = None) -> Response:
    """So many days more than what is left; none: for ever."""
    await extend_user(deps_of(request), user_id, Term(days), actor=caller.actor)
    return RedirectResponse(HERE, 303)


@router.post("/{user_id}/remove")
async def remove(request: Request, caller: Writer, user_id: Id) -> Response:
    """They are forgotten, if no config is theirs."""
    await remove_user(deps_of(request), user_id, actor=caller.actor)
    return RedirectResponse(HERE, 303)
