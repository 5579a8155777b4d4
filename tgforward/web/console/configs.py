"""All configs: searched, filtered, ordered, and paused, resumed or run by the page."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from pydantic import BeforeValidator
from starlette.responses import RedirectResponse, Response

from tgforward.db.config_search import LONGEST_SEARCH, ConfigOrder, ConfigQuery
from tgforward.db.models.config import ConfigState
from tgforward.services.config_bulk import pause_configs, resume_configs, run_configs
from tgforward.services.config_queues import look_at_queues
from tgforward.services.config_search import find_page
from tgforward.services.config_status import config_statuses
from tgforward.services.web_access import Caller, Scope
from tgforward.types import AccountId, ConfigId
from tgforward.web.console.addresses import or_none, own_address
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

PER_PAGE = 50

router = APIRouter(prefix="/configs")

Reader = Annotated[Caller, in_console(Scope.CONFIGS_READ)]
Writer = Annotated[Caller, in_console(Scope.CONFIGS_WRITE)]
Chosen = Annotated[list[int], Form(max_length=200)]
Next = Annotated[str, Form()]


@router.get("")
async def show_configs(
    request: Request,
    caller: Reader,
    search: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    state: Annotated[ConfigState | None, BeforeValidator(or_none), Query()] = None,
    account: Annotated[int | None, BeforeValidator(or_none), Query()] = None,
    order: Annotated[ConfigOrder, Query()] = ConfigOrder.ID,
    descending: Annotated[bool, Query()] = False,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """A page of those that are meant, with what keeps each from running."""
    account_id = None if account is None else AccountId(account)
    query = ConfigQuery(search or None, state, account_id, caller.tenant_of, order, descending)
    found = await find_page(deps_of(request), query, cursor=cursor, limit=PER_PAGE, with_total=True)
    return page(
        request,
        "configs.html",
        caller,
        query=query,
        found=found,
        configs=config_statuses(found.configs, await look_at_queues(deps_of(request), found.configs)),
        orders=list(ConfigOrder),
        states=list(ConfigState),
        next=_address(request, cursor=found.next_cursor),
        first=_address(request) if cursor else None,
    )


@router.post("/pause")
async def pause(request: Request, caller: Writer, config_id: Chosen, next: Next = "/configs") -> Response:  # noqa: A002
    """Those that were ticked are stopped."""
    return await _do(pause_configs, request, caller, config_id, next)


@router.post("/resume")
async def resume(request: Request, caller: Writer, config_id: Chosen, next: Next = "/configs") -> Response:  # noqa: A002
    """Those that were ticked may run again."""
    return await _do(resume_configs, request, caller, config_id, next)


@router.post("/run")
async def run(request: Request, caller: Writer, config_id: Chosen, next: Next = "/configs") -> Response:  # noqa: A002
    """Those that were ticked run now."""
    return await _do(run_configs, request, caller, config_id, next)


async def _do(
    work: Callable[..., Awaitable[object]], request: Request, caller: Caller, numbers: list[int], address: str
) -> Response:
    await work(deps_of(request), caller, [ConfigId(number) for number in numbers])
    return RedirectResponse(own_address(address), 303)


def _address(request: Request, **changes: Any) -> str | None:
    """This page's with another cursor; None: there is none."""
    if "cursor" in changes and changes["cursor"] is None:
        return None
    kept = {name: value for name, value in request.query_params.items() if name != "cursor" and value}
    return f"/configs?{urlencode(kept | changes)}"
