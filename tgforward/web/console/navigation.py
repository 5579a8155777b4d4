"""Where one can go from every page."""

from tgforward.services.web_access import Scope
from tgforward.web.console.language import gettext as _

Entry = tuple[str, str, Scope]
"""Address, word, and the scope without which it is not shown."""


def navigation() -> list[Entry]:
    """The pages, in the language of the moment."""
    return [
        ("/", _("Overview"), Scope.STATUS_READ),
        ("/configs", _("Configs"), Scope.CONFIGS_READ),
        ("/dead", _("Dead deliveries"), Scope.CONFIGS_READ),
        ("/accounts", _("Accounts"), Scope.ACCOUNTS_READ),
        ("/users", _("Users"), Scope.USERS_READ),
        ("/audit", _("Audit log"), Scope.AUDIT_READ),
        ("/tokens", _("Tokens"), Scope.TOKENS_WRITE),
    ]


def is_at(address: str, path: str) -> bool:
    """Whether a page belongs to an entry of the navigation."""
    return path == address if address == "/" else path == address or path.startswith(f"{address}/")
