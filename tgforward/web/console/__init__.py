"""The console's pages; every form carries the token of its session."""

from fastapi import APIRouter, Depends

from tgforward.web.console import (
    account_login,
    accounts,
    audit,
    choice_of_language,
    config,
    config_dests,
    config_edit,
    configs,
    dead,
    live,
    login,
    overview,
    tokens,
    users,
)
from tgforward.web.security.forgery import check_form

PAGES = (
    login,
    choice_of_language,
    live,
    overview,
    configs,
    config_edit,
    config,
    config_dests,
    dead,
    accounts,
    account_login,
    users,
    audit,
    tokens,
)

router = APIRouter(dependencies=[Depends(check_form)])
for pages in PAGES:
    router.include_router(pages.router)
