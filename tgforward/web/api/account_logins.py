"""Accounts that log in: a phone number, the code that Telegram sends, the two-step password, each by a request."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from tgforward.services import account_logins as logins
from tgforward.services.account_login_state import Question
from tgforward.services.account_logins import LONGEST_NAME, LoginStep
from tgforward.services.web_access import Caller, Scope
from tgforward.telegram.login_steps import SentBy
from tgforward.web.api.once import Once
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(prefix="/accounts/logins", tags=["accounts"], route_class=Once)

Keeper = Annotated[Caller, in_api(Scope.ACCOUNTS_LOGIN)]
LoginId = Annotated[str, Path(min_length=1, max_length=64, description="The `id` that the log-in got.")]


class NewLogin(BaseModel):
    """Which account is to log in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="A new name, or that of an account.")
    phone: str = Field(min_length=1, max_length=200, description="With the country code; or a bot's token.")


class CodeBody(BaseModel):
    """What Telegram sent."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=32)


class PasswordBody(BaseModel):
    """The account's two-step password."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(min_length=1, max_length=1000)


class Login(BaseModel):
    """How far a log-in has come; only who began it can go on with it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    account: str
    question: Question | None = Field(description="What has to be sent next; null: the account is stored.")
    tries_left: int = Field(description="How many answers to it may be given.")
    sent_by: SentBy | None = Field(description="How the code comes: `app` is a message in Telegram itself.")
    ends_at: datetime = Field(description="Then it is forgotten.")
    configs_without_account: int | None = Field(None, description="That cannot run; once the account is stored.")


@router.post("", operation_id="beginLogin", status_code=201)
async def begin(request: Request, caller: Keeper, body: NewLogin) -> Login:
    """Have Telegram send a code; a bot is logged in at once. At most 5 of a person are under way, for 10 minutes."""
    return _shown(await logins.begin_login(deps_of(request), caller, body.name, body.phone))


@router.get("/{login_id}", operation_id="getLogin")
async def show(request: Request, caller: Keeper, login_id: LoginId) -> Login:
    """What a log-in waits for."""
    return _shown(await logins.look_at_login(deps_of(request), caller, login_id))


@router.delete("/{login_id}", operation_id="cancelLogin", status_code=204)
async def cancel(request: Request, caller: Keeper, login_id: LoginId) -> None:
    """Give a log-in up."""
    await logins.cancel_login(deps_of(request), caller, login_id)


@router.post("/{login_id}/code", operation_id="enterCode")
async def enter_code(request: Request, caller: Keeper, login_id: LoginId, body: CodeBody) -> Login:
    """Send the code; a wrong one (422) may be sent again while tries are left."""
    return _shown(await logins.enter_code(deps_of(request), caller, login_id, body.code))


@router.post("/{login_id}/resend", operation_id="resendCode")
async def resend_code(request: Request, caller: Keeper, login_id: LoginId) -> Login:
    """Have Telegram send the code in another way, if it has one."""
    return _shown(await logins.resend_code(deps_of(request), caller, login_id))


@router.post("/{login_id}/password", operation_id="enterPassword")
async def enter_password(request: Request, caller: Keeper, login_id: LoginId, body: PasswordBody) -> Login:
    """Send the two-step password, if the log-in asks for it."""
    return _shown(await logins.enter_password(deps_of(request), caller, login_id, body.password))


def _shown(step: LoginStep) -> Login:
    found = Login.model_validate(step)
    orphans = None if step.stored is None else step.stored.orphans
    return found.model_copy(update={"configs_without_account": orphans})
