"""Tokens of programs: one's own, as an administrator everybody's."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from tgforward.services.web_access import Caller, Scope
from tgforward.services.web_tokens import LONGEST_NAME, add_token, known_tokens, revoke_token
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Number
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["access"], route_class=Once)

Holder = Annotated[Caller, in_api(Scope.TOKENS_WRITE)]


class Wish(BaseModel):
    """A token to be made; it can do nothing that the caller cannot."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1)
    days: int | None = Field(None, ge=1, le=3660, description="How long it is valid; null: until it is revoked.")


class Token(BaseModel):
    """A token that exists; nobody can read it again."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    owner: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewToken(BaseModel):
    """A token that was just made; it is shown once."""

    id: int
    token: str


@router.get("/tokens", operation_id="listTokens")
async def list_tokens(request: Request, caller: Holder) -> list[Token]:
    """The tokens that the caller may see."""
    return [Token.model_validate(token) for token in await known_tokens(deps_of(request), caller)]


@router.post("/tokens", operation_id="addToken", status_code=201)
async def add(request: Request, caller: Holder, body: Wish) -> NewToken:
    """Make a token of one's own."""
    for scope in body.scopes:
        caller.require(scope)
    lasting = None if body.days is None else timedelta(days=body.days)
    made = await add_token(
        deps_of(request), body.name, caller.name, set(body.scopes), lasting=lasting, actor=caller.actor
    )
    return NewToken(id=made.id, token=made.token)


@router.delete("/tokens/{token_id}", operation_id="revokeToken", status_code=204)
async def revoke(request: Request, caller: Holder, token_id: Number) -> None:
    """Make a token worthless."""
    await revoke_token(deps_of(request), token_id, caller=caller, actor=caller.actor)
