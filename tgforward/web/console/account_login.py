"""An account logs in: its phone number, the code that Telegram sends, the two-step password."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from tgforward.errors import NotFound, TgforwardError
from tgforward.services.account_logins import (
    LoginStep,
    begin_login,
    cancel_login,
    enter_code,
    enter_password,
    look_at_login,
    resend_code,
)
from tgforward.services.deps import Deps
from tgforward.services.web_access import Caller, Scope
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.failures import status_of
from tgforward.web.security.callers import in_console

LONGEST_ANSWER = 2000

router = APIRouter(prefix="/account-logins")

Keeper = Annotated[Caller, in_console(Scope.ACCOUNTS_LOGIN)]
Id = Annotated[str, Path(max_length=64)]
Answer = Annotated[str, Form(max_length=LONGEST_ANSWER)]
Give = Callable[[Deps, Caller, str, str], Awaitable[LoginStep]]


@router.get("/new")
async def show_begin(request: Request, caller: Keeper, account: str = "") -> Response:
    """Whose log-in it is to be."""
    return page(request, "account_login.html", caller, account=account)


@router.post("/new")
async def begin(
    request: Request,
    caller: Keeper,
    account: Annotated[str, Form(max_length=64)] = "",
    phone: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Telegram sends a code; a bot's token logs it in at once."""
    try:
        step = await begin_login(deps_of(request), caller, account.strip(), phone)
    except TgforwardError as error:
        return page(request, "account_login.html", caller, status=status_of(error), account=account, error=error)
    return _next(step)


@router.get("/{login_id}")
async def show_step(request: Request, caller: Keeper, login_id: Id) -> Response:
    """What is asked for now."""
    step = await look_at_login(deps_of(request), caller, login_id)
    return page(request, "account_login.html", caller, step=step, account=step.account)


@router.post("/{login_id}/code")
async def give_code(request: Request, caller: Keeper, login_id: Id, code: Answer = "") -> Response:
    """The code that Telegram sent."""
    return await _give(request, caller, login_id, enter_code, code)


@router.post("/{login_id}/resend")
async def send_again(request: Request, caller: Keeper, login_id: Id) -> Response:
    """The code comes in another way, if Telegram has one."""
    try:
        return _next(await resend_code(deps_of(request), caller, login_id))
    except NotFound:
        raise
    except TgforwardError as error:
        return await _refused(request, caller, login_id, error)


@router.post("/{login_id}/password")
async def give_password(request: Request, caller: Keeper, login_id: Id, password: Answer = "") -> Response:
    """The two-step password."""
    return await _give(request, caller, login_id, enter_password, password)


@router.post("/{login_id}/cancel")
async def cancel(request: Request, caller: Keeper, login_id: Id) -> Response:
    """It is given up."""
    await cancel_login(deps_of(request), caller, login_id)
    return RedirectResponse("/accounts", 303)


async def _give(request: Request, caller: Keeper, login_id: str, give: Give, answer: str) -> Response:
    deps = deps_of(request)
    try:
        return _next(await give(deps, caller, login_id, answer))
    except NotFound:
        raise
    except TgforwardError as error:
        return await _refused(request, caller, login_id, error)


async def _refused(request: Request, caller: Keeper, login_id: str, error: TgforwardError) -> Response:
    """The same question again, if the log-in goes on; else its beginning."""
    shown: dict[str, Any] = {"account": "", "error": error}
    with suppress(NotFound):
        step = await look_at_login(deps_of(request), caller, login_id)
        shown |= {"step": step, "account": step.account}
    return page(request, "account_login.html", caller, status=status_of(error), **shown)


def _next(step: LoginStep) -> Response:
    return RedirectResponse("/accounts" if step.question is None else f"/account-logins/{step.id}", 303)
