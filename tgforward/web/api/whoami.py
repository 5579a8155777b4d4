"""Who asks, as tgforward sees it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from tgforward.db.models.web_user import Role
from tgforward.services.web_access import Caller, Scope
from tgforward.web.security.callers import in_api

router = APIRouter(tags=["access"])


class WhoAmI(BaseModel):
    """The caller and what they may do."""

    name: str
    role: Role
    scopes: list[Scope]
    user_id: str | None


@router.get("/whoami", operation_id="whoami")
async def whoami(caller: Annotated[Caller, in_api()]) -> WhoAmI:
    """Who asks: name, role, and the scopes that the token or session has."""
    return WhoAmI(name=caller.name, role=caller.role, scopes=sorted(caller.scopes), user_id=caller.tenant_of)
