"""Dead deliveries: sent again, or forgotten."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from tgforward.services.dead import Choice, drop, load_dead_deliveries
from tgforward.services.replaying import replay
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.console.addresses import or_none, own_address
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

PER_PAGE = 50

router = APIRouter(prefix="/dead")

Writer = Annotated[Caller, in_console(Scope.CONFIGS_WRITE)]
Chosen = Annotated[list[int], Form(max_length=PER_PAGE)]
Number = Annotated[int | None, BeforeValidator(or_none), Query()]


@router.get("")
async def show_dead(
    request: Request,
    caller: Annotated[Caller, in_console(Scope.CONFIGS_READ)],
    config_id: Number = None,
    after: Number = None,
) -> Response:
    """A page of them, of one config or all."""
    deps, which = deps_of(request), None if config_id is None else ConfigId(config_id)
    if which is not None:
        await require_seen(deps, caller, which)
    choice = Choice(config_id=which, tenant_of=caller.tenant_of)
    rows = await load_dead_deliveries(deps, choice, after=after, limit=PER_PAGE + 1)
    last = rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None
    return page(request, "dead.html", caller, rows=rows[:PER_PAGE], last=last, config_id=config_id, after=after)


@router.post("/replay")
async def send_again(request: Request, caller: Writer, delivery_id: Chosen, next: Annotated[str, Form()]) -> Response:  # noqa: A002
    """They go out before anything new, without doubling what did arrive."""
    await replay(deps_of(request), _those(caller, delivery_id), actor=caller.actor)
    return RedirectResponse(own_address(next), 303)


@router.post("/drop")
async def forget(request: Request, caller: Writer, delivery_id: Chosen, next: Annotated[str, Form()]) -> Response:  # noqa: A002
    """They cannot be sent any more."""
    await drop(deps_of(request), _those(caller, delivery_id), actor=caller.actor)
    return RedirectResponse(own_address(next), 303)


def _those(caller: Caller, numbers: list[int]) -> Choice:
    return Choice(ids=tuple(dict.fromkeys(numbers)), tenant_of=caller.tenant_of)
