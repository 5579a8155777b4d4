"""A scheduler calls a webhook for each thing that was parked, until the webhook has taken it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
import structlog
from pydantic import SecretStr

from tgforward import __version__
from tgforward.db.alerts import claim_for_webhook, list_due_for_webhook, mark_webhook_done
from tgforward.db.models.alert import Alert
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import DatabaseError
from tgforward.services.alerts import AT_ONCE, LOOK_EVERY_S, TELL_FOR, Notice, name_accounts
from tgforward.services.stores import StoredAndQueued

TIMEOUT_S = 10.0
FIRST_BACK_OFF = timedelta(seconds=15)  # longer than an attempt takes: of several schedulers one makes it
LAST_BACK_OFF = timedelta(minutes=15)

log = structlog.get_logger()


async def keep_calling(deps: StoredAndQueued, url: SecretStr, token: SecretStr | None) -> None:
    """Call it for each event, in turn with other schedulers, until cancelled; a database that is away is waited for."""
    async with open_client(token) as client:
        webhook = Webhook(deps, url, client)
        while True:
            try:
                while await webhook.call_for_all() == AT_ONCE:
                    log.debug("more_alerts_are_due")
            except DatabaseError as error:
                log.warning("alerts_not_loaded", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)


def back_off(attempts: int) -> timedelta:
    """How long after an attempt the next one comes, if so many were made before it."""
    return min(FIRST_BACK_OFF * (1 << min(attempts, 10)), LAST_BACK_OFF)


def open_client(token: SecretStr | None) -> httpx.AsyncClient:
    """Says who calls, and shows the token; follows no redirect."""
    headers = {"user-agent": f"tgforward/{__version__}"}
    if token is not None:
        headers["authorization"] = f"Bearer {token.get_secret_value()}"
    return httpx.AsyncClient(headers=headers, timeout=TIMEOUT_S, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Calls one URL."""

    deps: StoredAndQueued
    url: SecretStr
    client: httpx.AsyncClient
    timeout_s: float = TIMEOUT_S

    async def call_for_all(self) -> int:
        """One attempt for each event that is due, at most `AT_ONCE`; how many were.

        Raises:
            DatabaseUnreachable: what was told meanwhile may be told again.
        """
        now = self.deps.clock.now()
        async with reading(self.deps.session_factory) as session:
            due = await list_due_for_webhook(session, since=now - TELL_FOR, now=now, limit=AT_ONCE)
            notices = await name_accounts(session, due)
        for notice in notices:
            if await self._claim(notice.alert):
                await self._call(notice)
        return len(notices)

    async def _claim(self, alert: Alert) -> bool:
        next_at = self.deps.clock.now() + back_off(alert.webhook_attempts)
        factory = self.deps.session_factory
        return await in_transaction(factory, lambda session: claim_for_webhook(session, alert, next_at))

    async def _call(self, notice: Notice) -> None:
        alert_id, attempts = notice.alert.id, notice.alert.webhook_attempts + 1
        refusal = await self._post(notice)
        self.deps.metrics.alerts.tried("webhook", is_told=refusal is None)
        if refusal is not None:
            log.warning("alert_not_taken", alert_id=alert_id, attempts=attempts, reason=refusal)
            return
        await in_transaction(self.deps.session_factory, lambda session: mark_webhook_done(session, alert_id))
        log.info("alert_told", way="webhook", alert_id=alert_id, attempts=attempts)

    async def _post(self, notice: Notice) -> str | None:
        """Why it was not taken; never what an error says, since that may hold the URL."""
        try:
            async with (
                asyncio.timeout(self.timeout_s),  # httpx's own counts from byte to byte
                self.client.stream("POST", self.url.get_secret_value(), json=notice.body) as answer,
            ):
                return None if answer.is_success else f"HTTP {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return type(error).__name__
