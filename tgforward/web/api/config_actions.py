"""Configs paused, resumed and run, one or many at once; and looked at before they send."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from tgforward.services.config_bulk import MOST, pause_configs, resume_configs, run_configs
from tgforward.services.preview import PreviewedMessage, preview
from tgforward.services.preview_new import preview_new
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.api.config_body import ConfigChanges, NewConfig
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Number
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["configs"], route_class=Once)

Writer = Annotated[Caller, in_api(Scope.CONFIGS_WRITE)]
Router = Annotated[Caller, in_api(Scope.CONFIGS_ROUTE)]
ConfigNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Numbers(BaseModel):
    """Which configs are meant; if one of them is not there, nothing is done."""

    model_config = ConfigDict(extra="forbid")

    ids: list[ConfigNumber] = Field(min_length=1, max_length=MOST)

    def config_ids(self) -> list[ConfigId]:
        """The numbers as the services know them."""
        return [ConfigId(number) for number in self.ids]


class Enqueued(BaseModel):
    """What came of one wish to run a config."""

    config_id: int
    is_new: bool = Field(description="False: it was waiting or running already.")


class PreviewWish(BaseModel):
    """The last messages of the source, or the one that a link names."""

    model_config = ConfigDict(extra="forbid")

    last: int = Field(20, ge=1, le=100)
    link: str | None = Field(None, max_length=200)
    changes: ConfigChanges | SkipJsonSchema[None] = Field(
        None, description="Fields that are not stored: shown is what they would make of the texts."
    )


class NewPreviewWish(BaseModel):
    """The same of a config that is not made yet."""

    model_config = ConfigDict(extra="forbid")

    config: NewConfig
    last: int = Field(20, ge=1, le=100)
    link: str | None = Field(None, max_length=200)


class Previewed(BaseModel):
    """What would become of one message."""

    message_id: int
    link: str
    date: str
    kind: str
    outcome: str = Field(description="forwarded, changed or skipped.")
    reason: str | None
    detail: str
    before: dict[str, Any]
    after: list[dict[str, Any]]


@router.post("/configs/pause", operation_id="pauseConfigs", status_code=204)
async def pause_some(request: Request, caller: Writer, body: Numbers) -> None:
    """Stop configs until they are resumed: all of them or none."""
    await pause_configs(deps_of(request), caller, body.config_ids())


@router.post("/configs/resume", operation_id="resumeConfigs", status_code=204)
async def resume_some(request: Request, caller: Writer, body: Numbers) -> None:
    """Let configs and their parked dests run again: all of them or none."""
    await resume_configs(deps_of(request), caller, body.config_ids())


@router.post("/configs/run", operation_id="runConfigs")
async def run_some(request: Request, caller: Writer, body: Numbers) -> list[Enqueued]:
    """Run configs now, whatever their interval."""
    found = await run_configs(deps_of(request), caller, body.config_ids())
    return [Enqueued(config_id=item.config_id, is_new=item.is_new) for item in found]


@router.post("/configs/{config_id}/pause", operation_id="pauseConfig", status_code=204)
async def pause(request: Request, caller: Writer, config_id: Number) -> None:
    """Stop one config until it is resumed."""
    await pause_configs(deps_of(request), caller, [ConfigId(config_id)])


@router.post("/configs/{config_id}/resume", operation_id="resumeConfig", status_code=204)
async def resume(request: Request, caller: Writer, config_id: Number) -> None:
    """Let one config and its parked dests run again."""
    await resume_configs(deps_of(request), caller, [ConfigId(config_id)])


@router.post("/configs/{config_id}/preview", operation_id="previewConfig")
async def look(request: Request, caller: Writer, config_id: Number, body: PreviewWish) -> list[Previewed]:
    """What the config would make of messages; nothing is sent."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    changes = None if body.changes is None else body.changes.fields()
    found = await preview(deps_of(request), ConfigId(config_id), last=body.last, link=body.link, changes=changes)
    return _shown(found)


@router.post("/configs/preview", operation_id="previewNewConfig")
async def look_ahead(request: Request, _caller: Router, body: NewPreviewWish) -> list[Previewed]:
    """What a config would make of messages before it is made; chats and fields are checked as when it is."""
    config = body.config
    found = await preview_new(
        deps_of(request),
        source=config.source,
        dest=config.dest,
        account=config.account,
        fields=config.fields(),
        last=body.last,
        link=body.link,
    )
    return _shown(found)


def _shown(found: list[PreviewedMessage]) -> list[Previewed]:
    return [Previewed.model_validate({**asdict(item), "date": item.date.isoformat()}) for item in found]
