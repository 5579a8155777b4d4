"""The one cookie: what a browser holds, before its log-in (for forms only) and after."""

from fastapi import Request
from starlette.responses import Response

from tgforward.services.web_secrets import csrf_token, new_token
from tgforward.web.context import web_of


def held_token(request: Request) -> str | None:
    """What the browser sent."""
    return request.cookies.get(_name(request)) or None


def visitor_token(request: Request) -> str:
    """What the browser holds; a new one if it holds none, to be kept with `hand_over`."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = held_token(request) or new_token()
    token: str = request.state.visitor
    return token


def form_token(request: Request) -> str:
    """What the forms of a page carry, so that no other site can send them."""
    return csrf_token(visitor_token(request))


def hand_over(request: Request, response: Response, token: str) -> None:
    """Have the browser hold a token until it is closed or logs out."""
    web = web_of(request)
    response.set_cookie(
        _name(request),
        token,
        max_age=int(web.door.lasting.total_seconds()),
        path="/",
        secure=web.site.is_https,
        httponly=True,
        samesite="lax",  # strict: whoever follows a link to the console would look logged out
    )


def take_back(request: Request, response: Response) -> None:
    """Have the browser forget what it holds."""
    is_https = web_of(request).site.is_https
    response.delete_cookie(_name(request), path="/", secure=is_https, httponly=True, samesite="lax")


def _name(request: Request) -> str:
    """Browsers take `__Host-` from this very host only, encrypted only: no neighbour can plant one."""
    return "__Host-tgforward" if web_of(request).site.is_https else "tgforward"
