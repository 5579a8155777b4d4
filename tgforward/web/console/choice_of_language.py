"""Choosing the language of the console."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from tgforward.web.console.addresses import own_address
from tgforward.web.console.language import COOKIE, LANGUAGES
from tgforward.web.context import web_of

YEAR_S = 365 * 24 * 3600

router = APIRouter()


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """The browser remembers it; one that there is not changes nothing."""
    response = RedirectResponse(own_address(next), 303)
    if language in LANGUAGES:
        secure = web_of(request).site.is_https
        response.set_cookie(COOKIE, language, max_age=YEAR_S, secure=secure, httponly=True, samesite="lax")
    return response
