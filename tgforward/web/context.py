"""What every request works with."""

from dataclasses import dataclass

from fastapi import Request

from tgforward.services.deps import Deps
from tgforward.services.web_login import Door
from tgforward.web.site import Site


@dataclass(frozen=True, slots=True)
class Web:
    """The use cases' world, where the console stands, and the door of the browsers; one per process."""

    deps: Deps
    site: Site
    door: Door

    @property
    def max_body_bytes(self) -> int:
        """How large a request may be."""
        return self.deps.settings.web_max_body_kb * 1024


def web_of(request: Request) -> Web:
    """The one of this process."""
    found: Web = request.app.state.web
    return found


def deps_of(request: Request) -> Deps:
    """What the use cases need."""
    return web_of(request).deps
