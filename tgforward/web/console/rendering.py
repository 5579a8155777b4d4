"""Pages made of templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

import tgforward
from tgforward.services.web_access import Caller, Scope
from tgforward.web.console.filters import FILTERS
from tgforward.web.console.language import LANGUAGES, language_of, speaking, teach
from tgforward.web.console.navigation import is_at, navigation
from tgforward.web.problems import title_of
from tgforward.web.security.cookies import form_token, hand_over, held_token, visitor_token


def _of_every_page(request: Request) -> dict[str, Any]:
    path = request.url.path
    return {
        "csrf": form_token(request),
        "Scope": Scope,
        "version": tgforward.__version__,
        "language": language_of(request),
        "languages": LANGUAGES,
        "navigation": navigation(),
        "is_here": lambda address: is_at(address, path),
        "here": path + (f"?{request.url.query}" if request.url.query else ""),
    }


def _make_templates() -> Jinja2Templates:
    templates = Jinja2Templates(
        directory=Path(__file__).parent.parent / "templates", context_processors=[_of_every_page]
    )
    teach(templates.env)
    templates.env.filters.update(FILTERS)
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    return templates


TEMPLATES = _make_templates()


def page(
    request: Request,
    template: str,
    caller: Caller | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A template, filled in; `caller` decides what of the navigation is shown."""
    with speaking(language_of(request)):
        response = TEMPLATES.TemplateResponse(
            request, template, {"caller": caller, **context}, status_code=status, headers=headers
        )
    if held_token(request) is None:
        hand_over(request, response, visitor_token(request))
    return response


def error_page(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, for people."""
    return page(request, "error.html", status=status, headers=headers, title=title_of(status), detail=detail)
