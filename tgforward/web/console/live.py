"""Pages that show what happens while it happens: a stream says that something changed, and they look again."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from tgforward.db.pulse import Pulse, load_pulse
from tgforward.db.session import reading
from tgforward.errors import DatabaseError
from tgforward.services.web_access import Caller, Scope
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

LOOK_EVERY_S = 1.0
LOOKS = 300  # then the browser connects anew, and its session is checked again
QUIET_LOOKS = 15  # a comment so often keeps proxies from closing the stream

router = APIRouter()


@router.get("/live")
async def stream_changes(request: Request, _caller: Annotated[Caller, in_console(Scope.CONFIGS_READ)]) -> Response:
    """An event `changed` whenever something was forwarded, changed by a person, or met by a lane."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(changes(request), media_type="text/event-stream", headers=headers)


async def changes(request: Request, *, look_every_s: float = LOOK_EVERY_S) -> AsyncGenerator[str]:
    """The lines of the stream, until the browser has to connect anew."""
    known = await _look(request)
    yield "retry: 2000\n\n"
    for number in range(LOOKS):
        await asyncio.sleep(look_every_s)
        found = await _look(request)
        if found is not None and found != known:
            known = found
            yield "event: changed\ndata: \n\n"
        elif number % QUIET_LOOKS == 0:
            yield ": nothing new\n\n"


async def _look(request: Request) -> Pulse | None:
    """None while the database is away: the stream outlives it."""
    try:
        async with reading(deps_of(request).session_factory) as session:
            return await load_pulse(session)
    except DatabaseError:
        return None
