"""Configs made and changed, with a look at what they would send."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from tgforward.db.models.config import TGForwardConfig
from tgforward.errors import Conflict, Forbidden, TgforwardError
from tgforward.services.config_sheet import account_name
from tgforward.services.configs import add_config
from tgforward.services.known_accounts import all_accounts
from tgforward.services.preview import PreviewedMessage, preview
from tgforward.services.tenancy import require_seen
from tgforward.services.tuning import tune
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId
from tgforward.web.console.config_form import ConfigForm, empty_form, form_of
from tgforward.web.console.rendering import page
from tgforward.web.context import deps_of
from tgforward.web.failures import status_of
from tgforward.web.security.callers import in_console

SHOWN = 10

router = APIRouter(prefix="/configs")

Writer = Annotated[Caller, in_console(Scope.CONFIGS_WRITE)]
Router = Annotated[Caller, in_console(Scope.CONFIGS_ROUTE)]


async def read_form(request: Request) -> ConfigForm:
    """What was sent, and nothing else: FastAPI's own form models fill in what was left out.

    Raises:
        RequestValidationError: a text is longer than any could be.
    """
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        return ConfigForm.model_validate(sent)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


Sent = Annotated[ConfigForm, Depends(read_form)]


@router.get("/new")
async def show_new(request: Request, caller: Router) -> Response:
    """An empty form."""
    return await _form(request, caller, None, empty_form())


@router.post("/new")
async def make(request: Request, caller: Router, form: Sent) -> Response:
    """A new config; its form is shown again if something is wrong with it."""
    try:
        stored = await add_config(
            deps_of(request),
            source=form.source,
            dest=form.dest,
            account=form.account or None,
            fields=form.fields(),
            actor=caller.actor,
            also=form.further_dests,
            is_paused=form.paused,
        )
    except TgforwardError as error:
        return await _form(request, caller, None, form, error)
    return RedirectResponse(f"/configs/{stored.id}{'/edit' if form.paused else ''}", 303)


@router.get("/{config_id:int}/edit")
async def show_edit(request: Request, caller: Writer, config_id: int) -> Response:
    """The form, filled in."""
    row = await require_seen(deps_of(request), caller, ConfigId(config_id))
    return await _form(request, caller, row, form_of(row, await account_name(deps_of(request), row)))


@router.post("/{config_id:int}/edit")
async def change(request: Request, caller: Writer, config_id: int, form: Sent) -> Response:
    """What was changed is stored, unless somebody else changed the config meanwhile."""
    deps = deps_of(request)
    row = await require_seen(deps, caller, ConfigId(config_id))
    try:
        _require_same(row, form)
        changes, account = form.changes(row), await _other_account(request, row, form)
        if changes or account:
            await tune(deps, caller, ConfigId(config_id), changes, account=account)
    except Forbidden:
        raise
    except TgforwardError as error:
        return await _form(request, caller, row, form, error)
    return RedirectResponse(f"/configs/{config_id}", 303)


@router.post("/{config_id:int}/preview")
async def look(request: Request, caller: Writer, config_id: int, form: Sent) -> Response:
    """The form as it is, and what would become of the source's last messages; nothing is stored or sent."""
    deps = deps_of(request)
    row = await require_seen(deps, caller, ConfigId(config_id))
    try:
        found = await preview(deps, ConfigId(config_id), last=SHOWN, changes=form.changes(row))
    except TgforwardError as error:
        return await _form(request, caller, row, form, preview_error=str(error))
    return await _form(request, caller, row, form, messages=found)


async def _form(
    request: Request,
    caller: Caller,
    row: TGForwardConfig | None,
    form: ConfigForm,
    error: TgforwardError | None = None,
    *,
    preview_error: str | None = None,
    messages: Sequence[PreviewedMessage] | None = None,
) -> Response:
    accounts = await all_accounts(deps_of(request)) if caller.may(Scope.CONFIGS_ROUTE) else ()
    context: dict[str, Any] = {"form": form, "config": row, "accounts": accounts, "error": error}
    status = 200 if error is None else status_of(error)
    context |= {"preview_error": preview_error, "messages": messages}
    return page(request, "config_form.html", caller, status=status, **context)


def _require_same(row: TGForwardConfig, form: ConfigForm) -> None:
    if row.version != form.version:
        raise Conflict(f"config {row.id} was changed by somebody else meanwhile: load the page again, then change it")


async def _other_account(request: Request, row: TGForwardConfig, form: ConfigForm) -> str | None:
    """The account's name, if it is to be another one."""
    is_same = not form.account or form.account == await account_name(deps_of(request), row)
    return None if is_same else form.account
