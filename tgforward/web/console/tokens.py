"""Tokens of programs: made, shown once, and revoked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from tgforward.errors import InvalidInput
from tgforward.services.web_access import SCOPES, Caller, Scope
from tgforward.services.web_tokens import LONGEST_NAME, add_token, known_tokens, revoke_token
from tgforward.web.console.addresses import or_none
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

MOST_DAYS = 3660
HERE = "/tokens"

router = APIRouter(prefix=HERE)

Holder = Annotated[Caller, in_console(Scope.TOKENS_WRITE)]


@router.get("")
async def show_tokens(request: Request, caller: Holder) -> Response:
    """Those that the caller may see."""
    return await _tokens(request, caller)


@router.post("")
async def add(
    request: Request,
    caller: Holder,
    name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    scope: Annotated[Sequence[Scope], Form()] = (),
    days: Annotated[int | None, BeforeValidator(or_none), Form(ge=1, le=MOST_DAYS)] = None,
) -> Response:
    """A token of the caller's own, on the only page that ever shows it."""
    lasting = None if days is None else timedelta(days=days)
    try:
        made = await add_token(
            deps_of(request), name.strip(), caller.name, set(scope), lasting=lasting, actor=caller.actor
        )
    except InvalidInput as error:
        return await _tokens(request, caller, status=422, error=error)
    return await _tokens(request, caller, made=made)


@router.post("/{token_id:int}/revoke")
async def revoke(request: Request, caller: Holder, token_id: int) -> Response:
    """It is worth nothing any more."""
    await revoke_token(deps_of(request), token_id, caller=caller, actor=caller.actor)
    return RedirectResponse(HERE, 303)


async def _tokens(request: Request, caller: Caller, *, status: int = 200, **context: Any) -> Response:
    tokens = await known_tokens(deps_of(request), caller)
    scopes = sorted(SCOPES[caller.role])
    return page(request, "tokens.html", caller, status=status, tokens=tokens, scopes=scopes, **context)
