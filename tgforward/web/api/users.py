"""Users of the forwarder: whose configs run, and until when."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tgforward.services.cursors import pack_cursor, unpack_cursor
from tgforward.services.users import Term, add_user, all_users, extend_user, remove_user
from tgforward.services.web_access import Caller, Scope
from tgforward.web.api.once import Once
from tgforward.web.api.pages import Cursor, Limit, Moment, Page
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["users"], route_class=Once)

Reader = Annotated[Caller, in_api(Scope.USERS_READ)]
Writer = Annotated[Caller, in_api(Scope.USERS_WRITE)]
UserId = Annotated[str, Path(max_length=20)]
MOST_DAYS = 36500


class TermBody(BaseModel):
    """So many days more, until a moment, or (neither) for ever."""

    model_config = ConfigDict(extra="forbid")

    days: int | None = Field(None, ge=1, le=MOST_DAYS)
    until: Moment | None = None

    @model_validator(mode="after")
    def _either(self) -> "TermBody":
        if self.days is not None and self.until is not None:
            raise ValueError("days and until are both given: give one of them")
        return self

    def term(self) -> Term:
        """As the services name it."""
        return Term(self.days, self.until)


class NewUser(TermBody):
    """Somebody whose configs may run."""

    id: str = Field(pattern=r"^[1-9][0-9]{0,19}$", description="The number that Telegram knows them by.")


class User(BaseModel):
    """A user and what is theirs."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    reg_at: datetime
    auth_time: datetime | None = Field(description="Authorised until then; null: for ever.")
    is_expired: bool
    configs: int


class Authorised(BaseModel):
    """Until when; null: for ever."""

    until: datetime | None


@router.get("/users", operation_id="listUsers")
async def list_users(request: Request, _caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[User]:
    """The users, the first registered first."""
    after = None if cursor is None else str(unpack_cursor(cursor, (str, str))[1])
    found = await all_users(deps_of(request), after=after, limit=limit + 1)
    following = pack_cursor("users", found[limit - 1].id) if len(found) > limit else None
    return Page(items=[User.model_validate(item) for item in found[:limit]], next_cursor=following)


@router.post("/users", operation_id="addUser", status_code=201)
async def add(request: Request, caller: Writer, body: NewUser) -> Authorised:
    """Register a user."""
    return Authorised(until=await add_user(deps_of(request), body.id, body.term(), actor=caller.actor))


@router.delete("/users/{user_id}", operation_id="removeUser", status_code=204)
async def remove(request: Request, caller: Writer, user_id: UserId) -> None:
    """Remove a user who owns no config."""
    await remove_user(deps_of(request), user_id, actor=caller.actor)


@router.post("/users/{user_id}/extend", operation_id="extendUser")
async def extend(request: Request, caller: Writer, user_id: UserId, body: TermBody) -> Authorised:
    """Change until when a user is authorised; days are added to what is left."""
    return Authorised(until=await extend_user(deps_of(request), user_id, body.term(), actor=caller.actor))
