"""Would people be told if something were parked? The webhook's last answers, and the rights in the operations chat."""

from urllib.parse import urlsplit

from tgforward.db.accounts import load_account_named
from tgforward.db.alerts import count_refused
from tgforward.db.session import reading
from tgforward.errors import AccountRests, ConnectionLost, FloodWait, PeerFlood, TgforwardError
from tgforward.services.alerts import TELL_FOR
from tgforward.services.deps import Deps
from tgforward.services.findings import Finding, failed, ok, warning
from tgforward.services.inspection import inspect

WEBHOOK, CHAT = "alert webhook", "alert chat"


async def look_at_alerts(deps: Deps) -> list[Finding]:
    """What became of the last events at the webhook; whether the account may write to the operations chat."""
    settings = deps.settings
    findings = []
    if settings.alert_webhook_url is not None:
        findings.append(await _webhook(deps, settings.alert_webhook_url.get_secret_value()))
    if settings.alert_account is not None and settings.alert_chat is not None:
        findings.append(await _chat(deps, settings.alert_account, settings.alert_chat))
    nobody = "nobody is told when something is parked: set TGFORWARD_ALERT_WEBHOOK_URL or TGFORWARD_ALERT_CHAT"
    return findings or [ok("alerts", nobody)]


async def _webhook(deps: Deps, url: str) -> Finding:
    async with reading(deps.session_factory) as session:
        refused = await count_refused(session, since=deps.clock.now() - TELL_FOR)
    if refused:
        return warning(WEBHOOK, f"it has not taken {refused} alerts of the last day: see alert_not_taken in the logs")
    return ok(WEBHOOK, f"schedulers call {urlsplit(url).hostname}")


async def _chat(deps: Deps, name: str, chat: str) -> Finding:
    async with reading(deps.session_factory) as session:
        account = await load_account_named(session, name)
    if account is None:
        return failed(
            CHAT, f"there is no account named {name}: set TGFORWARD_ALERT_ACCOUNT to one of tgforward account list"
        )
    try:
        found = await inspect(deps, account.id, None, chat)
    except (FloodWait, PeerFlood, AccountRests, ConnectionLost) as error:
        return warning(CHAT, f"could not be looked at: {error}")
    except TgforwardError as error:
        return failed(CHAT, str(error))
    assert found.dest is not None
    return ok(CHAT, f"account {name} may write to {found.dest.title}")
