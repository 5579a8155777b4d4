"""What people are told of what was parked: the words, and the same for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, assert_never

from tgforward.db.accounts import list_accounts
from tgforward.db.models.alert import Alert, AlertKind
from tgforward.db.session import Session
from tgforward.types import AccountId

TELL_FOR = timedelta(days=1)
"""What could not be told within this is told nobody: `status` shows what still matters of it."""
LOOK_EVERY_S = 2.0  # one indexed question
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One event with the name that people know its account by."""

    alert: Alert
    account: str

    @property
    def text(self) -> str:
        """What happened, why, and the command that ends it."""
        alert = self.alert
        match alert.kind:
            case AlertKind.ACCOUNT_PARKED:
                subject, command = f"Account {self.account}", f"tgforward account resume {self.account}"
            case AlertKind.CONFIG_PARKED:
                subject, command = f"Config {alert.config_id}", f"tgforward config resume {alert.config_id}"
            case AlertKind.DEST_PARKED:
                subject = f"Dest {alert.dest_number} of config {alert.config_id}"
                command = f"tgforward config resume {alert.config_id}"
            case AlertKind.TEST:
                return "This is a test: alerts of tgforward arrive here"
            case _ as never:
                assert_never(never)
        return f"{subject} is parked ({alert.reason}): {command}"

    @property
    def body(self) -> dict[str, Any]:
        """The event as JSON; described in docs/how-to/get-alerts.md."""
        alert = self.alert
        return {
            "id": alert.id,
            "at": alert.at.astimezone(UTC).isoformat(),
            "kind": alert.kind.value,
            "account_id": alert.account_id,
            "account": self.account,
            "config_id": alert.config_id,
            "dest_number": alert.dest_number,
            "reason": alert.reason,
            "text": self.text,
        }


async def name_accounts(session: Session, alerts: Sequence[Alert]) -> list[Notice]:
    """The events with the names of their accounts; one that was removed since goes by its number."""
    if not alerts:
        return []
    names: Mapping[AccountId, str] = {account.id: account.name for account in await list_accounts(session)}
    return [Notice(alert, names.get(alert.account_id, str(alert.account_id))) for alert in alerts]
