"""Around everything: each answer is counted, refused requests as well."""

import inspect
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tgforward.metrics.web import WebMetrics

PACKAGE = "tgforward.web."


class Measured:
    """Counts what an application answers. A stream counts when it begins; how long it goes on says nothing."""

    def __init__(self, app: ASGIApp, metrics: WebMetrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        began = time.monotonic()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.answered(route_of(scope), message["status"], time.monotonic() - began)
            await send(message)

        await self.app(scope, receive, send_counted)


def route_of(scope: Scope) -> str:
    """Who answers, such as `api.configs.list_configs`; paths would make a series for each config.

    `static` is a file, `none` a request that was refused before anybody was found.
    """
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return "none"
    if not inspect.isfunction(endpoint):
        return "static"
    module = endpoint.__module__
    return f"{module.removeprefix(PACKAGE)}.{endpoint.__name__}" if module.startswith(PACKAGE) else endpoint.__name__
