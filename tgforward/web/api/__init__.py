"""The API: everything that the console does, for programs."""

from fastapi import APIRouter

from tgforward.web.api import (
    account_logins,
    accounts,
    config_actions,
    config_dests,
    configs,
    dead,
    history,
    overview,
    tokens,
    users,
    whoami,
)
from tgforward.web.api.answers import PROBLEMS

router = APIRouter(responses=PROBLEMS)
for part in (
    whoami,
    config_actions,
    configs,
    config_dests,
    account_logins,
    accounts,
    dead,
    overview,
    history,
    users,
    tokens,
):
    router.include_router(part.router)
