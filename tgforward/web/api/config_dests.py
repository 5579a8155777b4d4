"""The further dests of a config; its own one stands in the config."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from tgforward.db.models.dest import DestState
from tgforward.services.config_dests import add_dest
from tgforward.services.known_dests import further_dests, remove_dest
from tgforward.services.spots import named_dest
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.api.config_body import Chat, Topic
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Number
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["configs"], route_class=Once)

Reader = Annotated[Caller, in_api(Scope.CONFIGS_READ)]
Router = Annotated[Caller, in_api(Scope.CONFIGS_ROUTE)]


class NewDest(BaseModel):
    """One more chat to send to."""

    model_config = ConfigDict(extra="forbid")

    chat: Chat
    topic_id: Topic | None = None


class Dest(BaseModel):
    """A chat that is sent to beside the config's own dest."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    chat_id: int
    topic_id: int | None
    state: DestState


class DestNumber(BaseModel):
    """The number of a dest within its config."""

    number: int


@router.get("/configs/{config_id}/dests", operation_id="listDests")
async def list_dests(request: Request, caller: Reader, config_id: Number) -> list[Dest]:
    """The further dests, by number."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    return [Dest.model_validate(dest) for dest in await further_dests(deps_of(request), ConfigId(config_id))]


@router.post("/configs/{config_id}/dests", operation_id="addDest", status_code=201)
async def add(request: Request, caller: Router, config_id: Number, body: NewDest) -> DestNumber:
    """Send to one more chat, after looking whether the account can write there."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    dest = named_dest(body.chat, body.topic_id)
    return DestNumber(number=await add_dest(deps_of(request), ConfigId(config_id), dest, actor=caller.actor))


@router.delete("/configs/{config_id}/dests/{number}", operation_id="removeDest", status_code=204)
async def remove(request: Request, caller: Router, config_id: Number, number: Number) -> None:
    """Send nothing more there."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    await remove_dest(deps_of(request), ConfigId(config_id), number, actor=caller.actor)
