"""Who is let in where: every route of the application, for every role."""

import re
from collections.abc import Mapping

import pytest
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient, Response

from tests.web.people import Browser
from tgforward.db.models import Role
from tgforward.services.deps import Deps
from tgforward.services.web_access import SCOPES, Scope
from tgforward.services.web_secrets import csrf_token
from tgforward.services.web_tokens import add_token
from tgforward.web.app import App

API = "/api/v1"
OPEN = None
ANYBODY = frozenset[Scope]()  # who is logged in
READ, WRITE, ROUTE = ({scope} for scope in (Scope.CONFIGS_READ, Scope.CONFIGS_WRITE, Scope.CONFIGS_ROUTE))
USERS, ACCOUNTS, TOKENS = {Scope.USERS_WRITE}, {Scope.ACCOUNTS_WRITE}, {Scope.TOKENS_WRITE}
LOGIN = {Scope.ACCOUNTS_LOGIN}

EXPECTED: Mapping[str, set[Scope] | frozenset[Scope] | None] = {
    "GET /healthz": OPEN,
    "GET /login": OPEN,
    "POST /login": OPEN,
    "POST /logout": OPEN,
    "POST /language": OPEN,
    f"GET {API}/openapi.json": OPEN,
    "GET /": ANYBODY,
    "GET /live": READ,
    "GET /configs": READ,
    "POST /configs/pause": WRITE,
    "POST /configs/resume": WRITE,
    "POST /configs/run": WRITE,
    "GET /configs/{config_id}": READ,
    "POST /configs/{config_id}/pause": WRITE,
    "POST /configs/{config_id}/resume": WRITE,
    "POST /configs/{config_id}/run": WRITE,
    "POST /configs/{config_id}/remove": ROUTE,
    "GET /configs/{config_id}/lag": READ,
    "GET /configs/new": ROUTE,
    "POST /configs/new": ROUTE,
    "GET /configs/{config_id}/edit": WRITE,
    "POST /configs/{config_id}/edit": WRITE,
    "POST /configs/{config_id}/preview": WRITE,
    "POST /configs/{config_id}/dests": ROUTE,
    "POST /configs/{config_id}/dests/{number}/remove": ROUTE,
    "GET /accounts": {Scope.ACCOUNTS_READ},
    "POST /accounts/{name}/pause": ACCOUNTS,
    "POST /accounts/{name}/resume": ACCOUNTS,
    "POST /accounts/{name}/remove": LOGIN,
    "GET /account-logins/new": LOGIN,
    "POST /account-logins/new": LOGIN,
    "GET /account-logins/{login_id}": LOGIN,
    "POST /account-logins/{login_id}/code": LOGIN,
    "POST /account-logins/{login_id}/resend": LOGIN,
    "POST /account-logins/{login_id}/password": LOGIN,
    "POST /account-logins/{login_id}/cancel": LOGIN,
    "GET /users": {Scope.USERS_READ},
    "POST /users": USERS,
    "POST /users/{user_id}/extend": USERS,
    "POST /users/{user_id}/remove": USERS,
    "GET /audit": {Scope.AUDIT_READ},
    "GET /tokens": TOKENS,
    "POST /tokens": TOKENS,
    "POST /tokens/{token_id}/revoke": TOKENS,
    "GET /dead": READ,
    "POST /dead/replay": WRITE,
    "POST /dead/drop": WRITE,
    f"GET {API}/whoami": ANYBODY,
    f"GET {API}/configs": READ,
    f"POST {API}/configs": ROUTE,
    f"GET {API}/configs/{{config_id}}": READ,
    f"PATCH {API}/configs/{{config_id}}": WRITE,
    f"DELETE {API}/configs/{{config_id}}": ROUTE,
    f"POST {API}/configs/pause": WRITE,
    f"POST {API}/configs/resume": WRITE,
    f"POST {API}/configs/run": WRITE,
    f"POST {API}/configs/{{config_id}}/pause": WRITE,
    f"POST {API}/configs/{{config_id}}/resume": WRITE,
    f"POST {API}/configs/{{config_id}}/preview": WRITE,
    f"POST {API}/configs/preview": ROUTE,
    f"GET {API}/configs/{{config_id}}/dests": READ,
    f"POST {API}/configs/{{config_id}}/dests": ROUTE,
    f"DELETE {API}/configs/{{config_id}}/dests/{{number}}": ROUTE,
    f"GET {API}/configs/{{config_id}}/runs": READ,
    f"GET {API}/accounts": {Scope.ACCOUNTS_READ},
    f"POST {API}/accounts/{{name}}/pause": ACCOUNTS,
    f"POST {API}/accounts/{{name}}/resume": ACCOUNTS,
    f"DELETE {API}/accounts/{{name}}": LOGIN,
    f"POST {API}/accounts/logins": LOGIN,
    f"GET {API}/accounts/logins/{{login_id}}": LOGIN,
    f"DELETE {API}/accounts/logins/{{login_id}}": LOGIN,
    f"POST {API}/accounts/logins/{{login_id}}/code": LOGIN,
    f"POST {API}/accounts/logins/{{login_id}}/resend": LOGIN,
    f"POST {API}/accounts/logins/{{login_id}}/password": LOGIN,
    f"GET {API}/dead": READ,
    f"POST {API}/dead/replay": WRITE,
    f"POST {API}/dead/drop": WRITE,
    f"GET {API}/overview": {Scope.STATUS_READ},
    f"GET {API}/overview/hour": {Scope.STATUS_READ},
    f"GET {API}/runs": {Scope.STATUS_READ},
    f"GET {API}/audit": {Scope.AUDIT_READ},
    f"GET {API}/users": {Scope.USERS_READ},
    f"POST {API}/users": USERS,
    f"POST {API}/users/{{user_id}}/extend": USERS,
    f"DELETE {API}/users/{{user_id}}": USERS,
    f"GET {API}/tokens": TOKENS,
    f"POST {API}/tokens": TOKENS,
    f"DELETE {API}/tokens/{{token_id}}": TOKENS,
}
STREAM = "GET /live"  # does not end for those who may see it


def routes(app: App) -> list[str]:
    """Every method and address of the application, but what is mounted (`/static`)."""
    found = [context for context in iter_route_contexts(app.routes) if context.methods]
    methods = [(method, item.path) for item in found for method in sorted((item.methods or set()) - {"HEAD"})]
    return [f"{method} {str(path).replace(':int}', '}')}" for method, path in methods]


def test_every_route_has_an_expectation(app: App) -> None:
    """Whoever adds a route says here who may use it; whoever removes one takes it from here."""
    assert sorted(routes(app)) == sorted(EXPECTED)


async def test_who_is_not_logged_in_gets_nowhere(app: App, client: AsyncClient) -> None:
    """Neither by the API nor by a form."""
    closed = [route for route in routes(app) if EXPECTED[route] is not OPEN]

    found = {route: (await ask(client, route)).status_code for route in closed}

    assert {route: status for route, status in found.items() if status not in (401, 403)} == {}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.usefixtures("people")
async def test_a_role_is_let_in_where_it_may(
    app: App, client: AsyncClient, browser: Browser, web_deps: Deps, role: Role
) -> None:
    """With a token for everything the role may do, and with a browser; nothing else is refused for want of a right."""
    made = await add_token(web_deps, "all", role, SCOPES[role], lasting=None, actor="test")
    await browser.log_in(role)
    form = {"X-CSRF-Token": csrf_of(browser)}
    wrong = {}
    for route in routes(app):
        scopes, is_api = EXPECTED[route], f" {API}/" in route
        if scopes is OPEN or (route == STREAM and scopes <= SCOPES[role]):
            continue
        answer = await ask(client, route, {"Authorization": f"Bearer {made.token}"} if is_api else form)
        if (answer.status_code == 403) is (scopes <= SCOPES[role]) or answer.status_code in (401, 500):
            wrong[route] = answer.status_code

    assert wrong == {}


async def ask(client: AsyncClient, route: str, headers: Mapping[str, str] | None = None) -> Response:
    """For something that does not exist, and without what would have to be said."""
    method, address = route.split(" ")
    return await client.request(method, re.sub(r"\{\w+\}", "999999", address), headers=headers)


def csrf_of(browser: Browser) -> str:
    """What the forms of who is logged in carry."""
    assert browser.cookie is not None
    return csrf_token(browser.cookie)
