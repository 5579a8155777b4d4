"""One config: what it does, what became of it, and what can be done about it."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tgforward.services.config_bulk import pause_configs, resume_configs, run_configs
from tgforward.services.config_sheet import load_lag, load_sheet
from tgforward.services.configs import remove_config
from tgforward.services.documents import format_document
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

RUNS_SHOWN = 20

router = APIRouter(prefix="/configs/{config_id:int}")

Reader = Annotated[Caller, in_console(Scope.CONFIGS_READ)]
Writer = Annotated[Caller, in_console(Scope.CONFIGS_WRITE)]
Router = Annotated[Caller, in_console(Scope.CONFIGS_ROUTE)]


@router.get("")
async def show_config(request: Request, caller: Reader, config_id: int) -> Response:
    """Everything that is known of it."""
    sheet = await load_sheet(deps_of(request), caller, ConfigId(config_id))
    rules = format_document(sheet.row.rules) if sheet.row.rules else None
    return page(request, "config.html", caller, sheet=sheet, rules=rules, runs=sheet.runs[:RUNS_SHOWN])


@router.get("/lag")
async def show_lag(request: Request, caller: Reader, config_id: int) -> Response:
    """How far it is behind, for its page, which does not wait for the worker's answer."""
    lag = await load_lag(deps_of(request), caller, ConfigId(config_id))
    return page(request, "lag.html", caller, lag=lag)


@router.post("/pause")
async def pause(request: Request, caller: Writer, config_id: int) -> Response:
    """It does not run until it is resumed."""
    await pause_configs(deps_of(request), caller, [ConfigId(config_id)])
    return _back(config_id)


@router.post("/resume")
async def resume(request: Request, caller: Writer, config_id: int) -> Response:
    """It runs again, and so do its parked dests."""
    await resume_configs(deps_of(request), caller, [ConfigId(config_id)])
    return _back(config_id)


@router.post("/run")
async def run(request: Request, caller: Writer, config_id: int) -> Response:
    """It runs now, whatever the schedule says."""
    await run_configs(deps_of(request), caller, [ConfigId(config_id)])
    return _back(config_id)


@router.post("/remove")
async def remove(request: Request, caller: Router, config_id: int) -> Response:
    """It is forgotten, with everything that is known of what it sent."""
    deps = deps_of(request)
    await require_seen(deps, caller, ConfigId(config_id))
    await remove_config(deps, ConfigId(config_id), actor=caller.actor)
    return RedirectResponse("/configs", 303)


def _back(config_id: int) -> Response:
    return RedirectResponse(f"/configs/{config_id}", 303)
