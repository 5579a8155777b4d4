"""No other site makes a logged-in browser change something."""

from fastapi import Request

from tgforward.errors import Forbidden
from tgforward.services.web_secrets import is_csrf_token
from tgforward.web.security.cookies import held_token

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
FIELD = "csrf"
HEADER = "X-CSRF-Token"


async def check_form(request: Request) -> None:
    """Returns if the request changes nothing, or carries the token of its session, in the form or as a header.

    Raises:
        Forbidden: it does not.
    """
    if request.method not in SAFE:
        given = request.headers.get(HEADER) or (await request.form()).get(FIELD)
        _check(request, given if isinstance(given, str) else "")


def check_header(request: Request) -> None:
    """The same for the API when a browser's session stands in for a token.

    Raises:
        Forbidden: the header is missing or not this session's.
    """
    if request.method not in SAFE:
        _check(request, request.headers.get(HEADER, ""))


def _check(request: Request, given: str) -> None:
    token = held_token(request)
    if token is None or not is_csrf_token(given, token):
        raise Forbidden("this form has expired or does not come from here: load the page again and repeat it")
