"""What every request passes: its host has to be ours, and no answer lets a browser do more than it must."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tgforward.web.problems import TOO_LARGE, problem
from tgforward.web.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LONGEST_PATH = 1000  # of ours, all are shorter; Python refuses to read a number of more than 4,300 digits
YEAR_S = 365 * 24 * 3600


class Gate:
    """Around the whole application; a body that does not say how long it is is measured by FastAPI as it comes."""

    def __init__(self, app: ASGIApp, site: Site, *, max_body_bytes: int) -> None:
        self.app, self.site, self.max_body_bytes = app, site, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a forged host, else pass the request on, and put the headers on whatever is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard(scope, MutableHeaders(scope=message))
            await send(message)

        passed = self._refusal(scope, Headers(scope=scope)) or self.app
        await passed(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if _host(headers.get("host", "")) not in self.site.hosts:
            return problem(400, "this host is not served here: open the console by the address in TGFORWARD_WEB_URL")
        if len(scope["path"]) > LONGEST_PATH:
            return problem(414, "this address is too long: nothing here has one like it")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_body_bytes:
            return problem(413, TOO_LARGE)
        return None

    def _guard(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        if self.site.is_https:
            headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
        if not scope["path"].startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")  # pages hold what others may not see


def _host(header: str) -> str:
    """The name in a `Host` header, without the port."""
    host = header.rsplit(":", 1)[0] if not header.endswith("]") else header
    return host.strip("[]").lower()
