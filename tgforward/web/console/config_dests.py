"""The further dests of a config."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from tgforward.services.config_dests import add_dest
from tgforward.services.known_dests import remove_dest
from tgforward.services.spots import parse_dest
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

router = APIRouter(prefix="/configs/{config_id:int}/dests")

Router = Annotated[Caller, in_console(Scope.CONFIGS_ROUTE)]


@router.post("")
async def add(
    request: Request, caller: Router, config_id: int, chat: Annotated[str, Form(min_length=1, max_length=200)]
) -> Response:
    """It sends there too, from now on."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    await add_dest(deps_of(request), ConfigId(config_id), parse_dest(chat), actor=caller.actor)
    return RedirectResponse(f"/configs/{config_id}", 303)


@router.post("/{number:int}/remove")
async def remove(request: Request, caller: Router, config_id: int, number: int) -> Response:
    """It sends nothing more there."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    await remove_dest(deps_of(request), ConfigId(config_id), number, actor=caller.actor)
    return RedirectResponse(f"/configs/{config_id}", 303)
