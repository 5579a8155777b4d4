"""The process: `tgforward web`."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn

from tgforward.errors import InvalidSettings
from tgforward.metrics.endpoint import metrics_endpoint
from tgforward.services.database import prepare_database
from tgforward.services.deps import open_deps
from tgforward.services.web_users import has_web_users
from tgforward.settings import Settings
from tgforward.web.app import create_app
from tgforward.web.ending import Ending
from tgforward.web.site import is_loopback

END_S = 5  # then slow requests are cut off

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """Uvicorn that ends where it was started: its own way raises the signal again and skips what is to be closed."""

    def __init__(self, app: Ending, settings: Settings) -> None:
        super().__init__(_uvicorn(app, settings))
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Streams end first: the server waits for what is under way."""
        self._app.end()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(settings: Settings) -> None:
    """The console and the API, until SIGTERM or Ctrl-C.

    Raises:
        TgforwardError: a setting is wrong, a store is away, or the port is taken.
    """
    await prepare_database(settings)
    async with open_deps(settings) as deps:
        app = create_app(deps)
        with metrics_endpoint(settings, deps.metrics, "web"), _listener(settings) as listener:
            log.info("web_started", url=_url(settings, app.site.url, listener), exposed=app.site.is_exposed)
            if not await has_web_users(deps):
                log.warning("nobody_may_log_in", do="tgforward web user add NAME --role admin")
            await _Server(Ending(app), settings).serve([listener])
    log.info("web_ended")


def _uvicorn(app: object, settings: Settings) -> uvicorn.Config:
    proxies = [address.strip() for address in settings.web_proxies.split(",") if address.strip()]
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's protocol is narrower than Starlette's
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=END_S,
    )


def _listener(settings: Settings) -> socket.socket:
    """The port, before anything is said about it."""
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    try:
        return socket.create_server((settings.web_host, settings.web_port), family=family, backlog=1024)
    except OSError as error:
        raise InvalidSettings(
            f"nothing can listen on {settings.web_host} port {settings.web_port} ({error.strerror}): "
            "set TGFORWARD_WEB_HOST and TGFORWARD_WEB_PORT to an address of this machine and a free port"
        ) from error


def _url(settings: Settings, url: str, listener: socket.socket) -> str:
    """With the port that was found, if any was asked for."""
    if settings.web_url is None and is_loopback(settings.web_host):
        return f"http://{settings.web_host}:{listener.getsockname()[1]}"
    return url
