"""What was done: runs, and who changed what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict

from tgforward.db.audit import ChangeFilter
from tgforward.services.changes import latest_changes
from tgforward.services.run_records import latest_runs
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.api.pages import Cursor, Limit, Moment, Number, Page, next_after, position
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["history"])

Watcher = Annotated[Caller, in_api(Scope.STATUS_READ)]
Reader = Annotated[Caller, in_api(Scope.CONFIGS_READ)]
Auditor = Annotated[Caller, in_api(Scope.AUDIT_READ)]


class Run(BaseModel):
    """A run that did something."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    config_id: int
    account_id: int | None
    started_at: datetime
    duration_ms: int
    history: int
    live: int
    skipped: int
    skipped_by_reason: dict[str, int]
    error: str | None


class Change(BaseModel):
    """One entry of the audit log."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, Any]


class Wanted(BaseModel):
    """Which changes are meant."""

    actor: Annotated[str | None, Query(max_length=64)] = None
    action: Annotated[str | None, Query(max_length=64, description="`config.edit`, or its beginning: `config`.")] = None
    target: Annotated[str | None, Query(max_length=64)] = None
    since: Moment | None = None
    until: Moment | None = None


@router.get("/runs", operation_id="listRuns")
async def list_runs(request: Request, _caller: Watcher, cursor: Cursor = None, limit: Limit = 50) -> Page[Run]:
    """The latest runs of all configs, the newest first."""
    return await _runs(request, None, cursor, limit)


@router.get("/configs/{config_id}/runs", operation_id="listRunsOfConfig")
async def list_runs_of(
    request: Request, caller: Reader, config_id: Number, cursor: Cursor = None, limit: Limit = 50
) -> Page[Run]:
    """The latest runs of one config, the newest first."""
    await require_seen(deps_of(request), caller, ConfigId(config_id))
    return await _runs(request, ConfigId(config_id), cursor, limit)


@router.get("/audit", operation_id="listChanges")
async def list_changes(
    request: Request, _caller: Auditor, wanted: Annotated[Wanted, Query()], cursor: Cursor = None, limit: Limit = 50
) -> Page[Change]:
    """Who changed what, the newest first."""
    which, before = ChangeFilter(**wanted.model_dump()), position("audit", cursor)
    found = await latest_changes(deps_of(request), which, before=before, limit=limit + 1)
    following = next_after("audit", [item.id for item in found], limit)
    return Page(items=[Change.model_validate(item) for item in found[:limit]], next_cursor=following)


async def _runs(request: Request, config_id: ConfigId | None, cursor: str | None, limit: int) -> Page[Run]:
    rows = await latest_runs(deps_of(request), config_id, before=position("runs", cursor), limit=limit + 1)
    following = next_after("runs", [row.id for row in rows], limit)
    return Page(items=[Run.model_validate(row) for row in rows[:limit]], next_cursor=following)
