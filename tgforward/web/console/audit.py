"""The audit log: who changed what."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator
from starlette.responses import Response

from tgforward.db.audit import ChangeFilter
from tgforward.services.changes import latest_changes
from tgforward.services.web_access import Caller, Scope
from tgforward.web.console.addresses import or_none
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

PER_PAGE = 100

router = APIRouter(prefix="/audit")

Word = Annotated[str | None, BeforeValidator(or_none), Query(max_length=64)]


@router.get("")
async def show_changes(
    request: Request,
    caller: Annotated[Caller, in_console(Scope.AUDIT_READ)],
    actor: Word = None,
    action: Word = None,
    target: Word = None,
    before: Annotated[int | None, BeforeValidator(or_none), Query(ge=1)] = None,
) -> Response:
    """A page of it, the newest first."""
    which = ChangeFilter(actor, action, target)
    found = await latest_changes(deps_of(request), which, before=before, limit=PER_PAGE + 1)
    last = found[PER_PAGE - 1].id if len(found) > PER_PAGE else None
    rows = [(change, json.dumps(change.detail, ensure_ascii=False)) for change in found[:PER_PAGE]]
    return page(request, "audit.html", caller, rows=rows, which=which, last=last, before=before)
