"""Writing requests with an `Idempotency-Key` are done once, however often they are sent."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from tgforward.errors import InvalidInput
from tgforward.services.idempotency import Answer, Asked, do_once
from tgforward.web.context import deps_of
from tgforward.web.security.callers import BEARER, caller_of_api
from tgforward.web.security.forgery import SAFE

HEADER = "Idempotency-Key"
LONGEST = 200


PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "description": "A word of your own for this request: sent again under it, it is answered as before and not done "
    "twice, for a day.",
}


class Once(APIRoute):
    """A route that remembers what it answered to a key, for a day."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not SAFE.issuperset(options.get("methods") or SAFE):
            options["openapi_extra"] = {"parameters": [PARAMETER], **(options.get("openapi_extra") or {})}
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, asked at most once for each key of a caller."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method in SAFE:
                return await handle(request)
            asked = await _asked(request, key)
            done = await do_once(deps_of(request), asked, lambda: _answer(handle, request))
            return Response(done.body, done.status, media_type="application/json" if done.body else None)

        return handle_once


async def _asked(request: Request, key: str) -> Asked:
    if not 1 <= len(key) <= LONGEST:
        raise InvalidInput(f"an {HEADER} has 1 to {LONGEST} characters: choose another one")
    caller = await caller_of_api(request, await BEARER(request))
    address = f"{request.method} {request.url.path}?{request.url.query}"
    return Asked(f"{caller.web_user_id}:{caller.token_id or 0}", key, address, await request.body())


async def _answer(handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request) -> Answer:
    response = await handle(request)
    return Answer(response.status_code, bytes(response.body).decode())
