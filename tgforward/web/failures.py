"""Errors become answers: problems for programs, a page for people."""

import math
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from tgforward.errors import (
    Conflict,
    DatabaseError,
    Forbidden,
    InvalidInput,
    InvalidSettings,
    LeaseLost,
    NotFound,
    NotLoggedIn,
    PermanentError,
    RedisUnreachable,
    TgforwardError,
    TooManyAttempts,
    TransientError,
)
from tgforward.web.console.rendering import error_page
from tgforward.web.problems import TOO_LARGE, Fault, problem

STATUSES: tuple[tuple[type[TgforwardError], int], ...] = (
    (NotLoggedIn, 401),
    (Forbidden, 403),
    (TooManyAttempts, 429),
    (NotFound, 404),
    (Conflict, 409),
    (InvalidSettings, 503),
    (InvalidInput, 422),
    (PermanentError, 422),
    (TransientError, 503),
    (DatabaseError, 503),
    (RedisUnreachable, 503),
    (LeaseLost, 503),
)
"""The first that fits; whatever else we raise on purpose goes against how things are now."""
OTHERWISE = 409
DETAILS: Mapping[int, str] = {
    404: "there is nothing at this address",
    405: "that cannot be done at this address",
    413: TOO_LARGE,
}

log = structlog.get_logger()


def add_failures(app: FastAPI) -> None:
    """Have every error of this application answered here."""
    app.add_exception_handler(TgforwardError, _on_own)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_fault)


def is_for_program(request: Request) -> bool:
    """Whether a program asked: by the API's address, or by what it accepts."""
    return request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", "")


def status_of(error: TgforwardError) -> int:
    """The status of an answer that says this error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), OTHERWISE)


async def _on_own(request: Request, error: Exception) -> Response:
    assert isinstance(error, TgforwardError)
    status = status_of(error)
    headers = _retry(getattr(error, "retry_after", None))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return await _answer(request, status, str(error), headers=headers)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail, headers = DETAILS.get(error.status_code, error.detail), error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {**(headers or {}), "Allow": ", ".join(_methods_at(request))}
    return await _answer(request, error.status_code, detail, headers=headers)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(where=".".join(map(str, item["loc"])), what=item["msg"]) for item in error.errors()]
    named = "; ".join(f"{fault.where}: {fault.what}" for fault in faults[:3])
    return await _answer(request, 422, f"the request is wrong ({named})", errors=faults)


async def _on_fault(request: Request, error: Exception) -> Response:
    log.error("web_fault", path=request.url.path, kind=type(error).__name__)
    return await _answer(request, 500, "something is wrong in tgforward itself: its log says more")


async def _answer(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[Fault] | None = None,
) -> Response:
    if is_for_program(request):
        return problem(status, detail, errors=errors, headers=headers)
    if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return RedirectResponse(f"/login?{urlencode({'next': _address(request)})}", 303)
    return error_page(request, status, detail, headers)


def _methods_at(request: Request) -> list[str]:
    """What can be done at this address; Starlette names the methods of the first route only."""
    routes = [context for context in iter_route_contexts(request.app.routes) if context.methods]
    here = [route for route in routes if route.path_regex.match(request.url.path)]
    return sorted({method for route in here for method in route.methods or ()})


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _retry(after: timedelta | None) -> dict[str, str]:
    return {} if after is None else {"Retry-After": str(max(1, math.ceil(after.total_seconds())))}
