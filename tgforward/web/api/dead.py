"""Dead deliveries: listed, sent again, or dropped."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from tgforward.services.dead import Choice, drop, load_dead_deliveries
from tgforward.services.replaying import replay
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Cursor, Limit, Page, next_after, position
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["dead"], route_class=Once)

Reader = Annotated[Caller, in_api(Scope.CONFIGS_READ)]
Writer = Annotated[Caller, in_api(Scope.CONFIGS_WRITE)]
DeliveryNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Deliveries(BaseModel):
    """Which dead deliveries are meant; if one of them is not there, nothing is done."""

    model_config = ConfigDict(extra="forbid")

    ids: list[DeliveryNumber] = Field(min_length=1, max_length=1000)


class DeadDelivery(BaseModel):
    """A message that did not arrive, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    config_id: int
    source: str
    source_chat_id: int
    source_message_id: int
    part: int
    link: str
    dest: str
    dest_chat_id: int
    reason: str | None
    attempts: int
    created_at: datetime
    settled_at: datetime | None


class PutBack(BaseModel):
    """What of one config is sent again."""

    model_config = ConfigDict(from_attributes=True)

    config_id: int
    deliveries: int
    hindrance: str | None = Field(description="Why its config does not run now, so that they wait.")


@router.get("/dead", operation_id="listDead")
async def list_dead(
    request: Request,
    caller: Reader,
    config_id: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeadDelivery]:
    """Dead deliveries of one config or all, in the order of their beginning."""
    which = None if config_id is None else ConfigId(config_id)
    if which is not None:
        await require_seen(deps_of(request), caller, which)
    choice = Choice(config_id=which, tenant_of=caller.tenant_of)
    found = await load_dead_deliveries(deps_of(request), choice, after=position("dead", cursor), limit=limit + 1)
    following = next_after("dead", [item.id for item in found], limit)
    return Page(items=[DeadDelivery.model_validate(item) for item in found[:limit]], next_cursor=following)


@router.post("/dead/replay", operation_id="replayDead")
async def replay_some(request: Request, caller: Writer, body: Deliveries) -> list[PutBack]:
    """Send them again, before anything new; what did arrive is not doubled."""
    choice = Choice(ids=tuple(body.ids), tenant_of=caller.tenant_of)
    return [PutBack.model_validate(item) for item in await replay(deps_of(request), choice, actor=caller.actor)]


@router.post("/dead/drop", operation_id="dropDead", status_code=204)
async def drop_some(request: Request, caller: Writer, body: Deliveries) -> None:
    """Forget them; they cannot be sent again."""
    choice = Choice(ids=tuple(body.ids), tenant_of=caller.tenant_of)
    await drop(deps_of(request), choice, actor=caller.actor)
