"""Configs: found, made, changed and removed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from tgforward.db.config_search import LONGEST_SEARCH, ConfigOrder, ConfigQuery
from tgforward.db.models.config import ConfigState
from tgforward.services.config_queues import look_at_queues
from tgforward.services.config_search import find_page
from tgforward.services.configs import add_config, remove_config
from tgforward.services.tenancy import require_seen
from tgforward.services.tuning import look_at_one, tune
from tgforward.services.web_access import Caller, Scope
from tgforward.types import AccountId, ConfigId
from tgforward.web.api.config_body import Config, ConfigChanges, NewConfig, shown
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Cursor, Limit, Number, Page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["configs"], route_class=Once)

Reader = Annotated[Caller, in_api(Scope.CONFIGS_READ)]
Writer = Annotated[Caller, in_api(Scope.CONFIGS_WRITE)]
Router = Annotated[Caller, in_api(Scope.CONFIGS_ROUTE)]
WithLag = Annotated[bool, Query(description="Whether the workers are asked how far configs are behind: up to 3 s.")]


class Stored(BaseModel):
    """A config that was made or changed, and what its owner should know."""

    id: int
    warnings: list[str]


class Wanted(BaseModel):
    """Which configs, and in what order."""

    search: Annotated[str | None, Query(max_length=LONGEST_SEARCH)] = None
    state: ConfigState | None = None
    account_id: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
    user_id: Annotated[str | None, Query(max_length=20)] = None
    order: ConfigOrder = ConfigOrder.ID
    is_descending: bool = False


@router.get("/configs", operation_id="listConfigs")
async def list_configs(
    request: Request,
    caller: Reader,
    wanted: Annotated[Wanted, Query()],
    cursor: Cursor = None,
    limit: Limit = 50,
    with_lag: WithLag = False,
) -> Page[Config]:
    """Configs by what people remember of them; a tenant finds their own."""
    query = ConfigQuery(
        search=wanted.search,
        state=wanted.state,
        account_id=None if wanted.account_id is None else AccountId(wanted.account_id),
        user_id=wanted.user_id if caller.tenant_of is None else caller.tenant_of,
        order=wanted.order,
        is_descending=wanted.is_descending,
    )
    found = await find_page(deps_of(request), query, cursor=cursor, limit=limit)
    queues = await look_at_queues(deps_of(request), found.configs, with_lags=with_lag)
    return Page(items=shown(found.configs, queues), next_cursor=found.next_cursor)


@router.post("/configs", operation_id="addConfig", status_code=201)
async def add(request: Request, caller: Router, body: NewConfig) -> Stored:
    """Make a config, after looking whether its account can read the source and write to every dest."""
    stored = await add_config(
        deps_of(request),
        source=body.source,
        dest=body.dest,
        account=body.account,
        fields=body.fields(),
        actor=caller.actor,
        also=body.also,
        is_paused=body.is_paused,
    )
    return Stored(id=stored.id, warnings=list(stored.warnings))


@router.get("/configs/{config_id:int}", operation_id="getConfig")
async def show(request: Request, caller: Reader, config_id: Number, with_lag: WithLag = False) -> Config:
    """One config."""
    _, found = await look_at_one(deps_of(request), caller, ConfigId(config_id))
    queues = await look_at_queues(deps_of(request), found, with_lags=with_lag)
    return shown(found, queues)[0]


@router.patch("/configs/{config_id:int}", operation_id="changeConfig")
async def change(request: Request, caller: Writer, config_id: Number, body: ConfigChanges) -> Stored:
    """Change what is sent; chats, account, topics, sender and owner take `configs:route`."""
    stored = await tune(deps_of(request), caller, ConfigId(config_id), body.fields(), account=body.account)
    return Stored(id=stored.id, warnings=list(stored.warnings))


@router.delete("/configs/{config_id:int}", operation_id="removeConfig", status_code=204)
async def remove(request: Request, caller: Router, config_id: Number) -> None:
    """Remove a config with its deliveries, runs and waiting job."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    await remove_config(deps_of(request), ConfigId(config_id), actor=caller.actor)
