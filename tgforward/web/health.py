"""Whether this process can work, for whoever restarts it; tells nothing else, so that nobody needs to log in."""

from fastapi import APIRouter, Request

from tgforward.services.web_users import all_web_users
from tgforward.web.context import deps_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz(request: Request) -> dict[str, str]:
    """The database answers."""
    await all_web_users(deps_of(request))
    return {"status": "ok"}
