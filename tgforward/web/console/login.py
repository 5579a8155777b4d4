"""Logging in and out of the console."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from tgforward.errors import NotLoggedIn, TooManyAttempts
from tgforward.services.web_login import log_out
from tgforward.services.web_users import all_web_users
from tgforward.web.console.addresses import HOME, own_address
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of, web_of
from tgforward.web.security.cookies import hand_over, held_token, take_back

router = APIRouter()


@router.get("/login")
async def show_login(request: Request, next: str = HOME) -> Response:  # noqa: A002 - the name in the address
    """The form; where nobody can log in yet, how to make the first administrator."""
    is_empty = not await all_web_users(deps_of(request))
    return page(request, "login.html", next=own_address(next), is_empty=is_empty)


@router.post("/login")
async def do_login(
    request: Request,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=2000)],
    next: Annotated[str, Form()] = HOME,  # noqa: A002 - the name in the form
) -> Response:
    """A new session under a new token; the one that the browser held before is ended."""
    address = request.client.host if request.client else ""
    try:
        token = await web_of(request).door.log_in(name, password, address)
    except NotLoggedIn as error:
        return page(request, "login.html", status=401, next=own_address(next), error=str(error))
    except TooManyAttempts as error:
        wait = str(int(error.retry_after.total_seconds()) + 1)
        return page(
            request, "login.html", status=429, headers={"Retry-After": wait}, next=own_address(next), error=str(error)
        )
    if (former := held_token(request)) is not None:
        await log_out(deps_of(request), former)
    response = RedirectResponse(own_address(next), 303)
    hand_over(request, response, token)
    return response


@router.post("/logout")
async def do_logout(request: Request) -> Response:
    """The session is ended, here and in the database."""
    if (token := held_token(request)) is not None:
        await log_out(deps_of(request), token)
    response = RedirectResponse("/login", 303)
    take_back(request, response)
    return response
