"""Everything that has to be right for messages to flow, looked at once."""

from tgforward.clock import SystemClock
from tgforward.errors import TgforwardError
from tgforward.services.config_status import ConfigPage
from tgforward.services.deps import open_deps
from tgforward.services.doctor_accounts import look_at_accounts
from tgforward.services.doctor_alerts import look_at_alerts
from tgforward.services.doctor_stores import look_at_database, look_at_redis
from tgforward.services.findings import Finding, Verdict, failed, ok
from tgforward.services.vault import open_vault
from tgforward.settings import Settings, require_api
from tgforward.telegram.server import from_settings


async def examine_installation(settings: Settings, page: ConfigPage, *, with_telegram: bool = True) -> list[Finding]:
    """Stores, settings, sessions, and the rights of a page of configs; what depends on a part that failed is left out.

    Raises:
        InvalidInput: there is no account of that name.
    """
    clock = SystemClock()
    findings = [*await look_at_database(settings, clock), *await look_at_redis(settings, clock), *_settings(settings)]
    if not with_telegram or any(finding.verdict is Verdict.FAILED for finding in findings):
        return findings
    async with open_deps(settings) as deps:
        return [*findings, *await look_at_alerts(deps), *await look_at_accounts(deps, page)]


def _settings(settings: Settings) -> list[Finding]:
    try:
        open_vault(settings)
        require_api(settings)
        from_settings(settings)
    except TgforwardError as error:
        return [failed("settings", str(error))]
    return [ok("settings", "the key of the sessions and Telegram's application id are there")]
