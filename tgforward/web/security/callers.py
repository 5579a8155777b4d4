"""Who asks, and whether they may: every route but the log-in names the scope that it takes."""

from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from tgforward.errors import NotLoggedIn
from tgforward.services.web_access import Caller, Scope
from tgforward.services.web_login import who_holds
from tgforward.services.web_tokens import who_bears
from tgforward.web.context import deps_of
from tgforward.web.security.cookies import held_token
from tgforward.web.security.forgery import check_header

BEARER = HTTPBearer(
    auto_error=False, description="A token of `tgforward web token add`; scopes say what it is good for."
)
COOKIE = APIKeyCookie(
    name="tgforward",
    auto_error=False,
    description="The session of a browser; what changes something also needs `X-CSRF-Token`.",
)


def in_console(*scopes: Scope) -> Any:
    """The caller of a page, who is logged in and has those scopes."""
    return Security(_browser, scopes=list(scopes))


def in_api(*scopes: Scope) -> Any:
    """The caller of the API, by token or by session, who has those scopes."""
    return Security(_program, scopes=list(scopes))


async def _browser(request: Request, scopes: SecurityScopes) -> Caller:
    return _with_scopes(await _holder(request), scopes)


async def _program(
    request: Request,
    scopes: SecurityScopes,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    _cookie: Annotated[str | None, Depends(COOKIE)],
) -> Caller:
    return _with_scopes(await caller_of_api(request, bearer), scopes)


async def caller_of_api(request: Request, bearer: HTTPAuthorizationCredentials | None) -> Caller:
    """Who asks; a token counts before a session.

    Raises:
        NotLoggedIn: nobody that is known.
        Forbidden: a session asks for a change without the token of its forms.
    """
    if bearer is None:
        caller = await _holder(request)
        check_header(request)
        return caller
    found = await who_bears(deps_of(request), bearer.credentials)
    if found is None:
        raise NotLoggedIn("this token is unknown, has ended or was revoked: tgforward web token add makes another one")
    return found


async def _holder(request: Request) -> Caller:
    token = held_token(request)
    found = None if token is None else await who_holds(deps_of(request), token)
    if found is None:
        raise NotLoggedIn("log in first, or send a token: Authorization: Bearer …")
    return found


def _with_scopes(caller: Caller, scopes: SecurityScopes) -> Caller:
    for name in scopes.scopes:
        caller.require(Scope(name))
    return caller
