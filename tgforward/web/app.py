"""The web application: the console's pages, the API, and what guards both."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

import tgforward
from tgforward.services.deps import Deps
from tgforward.services.web_attempts import Attempts
from tgforward.services.web_login import Door
from tgforward.web import api, console
from tgforward.web.api.answers import with_problem_type
from tgforward.web.context import Web
from tgforward.web.failures import add_failures
from tgforward.web.health import router as health
from tgforward.web.measuring import Measured
from tgforward.web.security.gate import Gate
from tgforward.web.site import site_of

HERE = Path(__file__).parent
API = "/api/v1"


class App(FastAPI):
    """FastAPI behind the gate: what it answers to a fault passes it as well."""

    def __init__(self, web: Web) -> None:
        super().__init__(
            title="tgforward",
            version=tgforward.__version__,
            summary="Everything that the console does, for programs.",
            openapi_url=f"{API}/openapi.json",
            docs_url=None,  # the viewers load their scripts from elsewhere
            redoc_url=None,
            max_body_size=web.max_body_bytes,
        )
        self.site, self.max_body_bytes, self.metrics = web.site, web.max_body_bytes, web.deps.metrics.web
        self.state.web = web

    def openapi(self) -> dict[str, Any]:
        """The document of the API."""
        if self.openapi_schema is None:
            self.openapi_schema = with_problem_type(super().openapi())
        return self.openapi_schema

    def build_middleware_stack(self) -> ASGIApp:
        """All that FastAPI puts around a request, the gate around that, and what counts around all."""
        gate = Gate(super().build_middleware_stack(), self.site, max_body_bytes=self.max_body_bytes)
        return Measured(gate, self.metrics)


def create_app(deps: Deps) -> App:
    """The application on these stores; whoever calls it closes them.

    Raises:
        InvalidSettings: where it stands is not said.
    """
    door = Door(deps, deps.settings.web_session, Attempts(deps.clock))
    app = App(Web(deps, site_of(deps.settings), door))
    add_failures(app)
    app.include_router(health)
    app.include_router(api.router, prefix=API)
    app.include_router(console.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app
