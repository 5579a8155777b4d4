"""Who may do what on the web: scopes, the roles that have them, and the caller who has a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tgforward.db.models.web_user import Role, WebUser
from tgforward.errors import Forbidden


class Scope(StrEnum):
    """One kind of thing that can be allowed; what a token is limited to."""

    STATUS_READ = "status:read"
    CONFIGS_READ = "configs:read"
    CONFIGS_WRITE = "configs:write"
    """Tune, pause, resume, run and preview configs; replay and drop their dead deliveries."""
    CONFIGS_ROUTE = "configs:route"
    """Make and remove configs, and say from where to where, by which account and for whom."""
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    """Pause and resume accounts."""
    ACCOUNTS_LOGIN = "accounts:login"
    """Log accounts in and remove them."""
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    AUDIT_READ = "audit:read"
    TOKENS_WRITE = "tokens:write"
    """See, make and revoke one's own tokens, as an administrator everybody's."""


_TENANT = frozenset((Scope.CONFIGS_READ, Scope.CONFIGS_WRITE, Scope.TOKENS_WRITE))
_VIEWER = frozenset(
    (
        Scope.STATUS_READ,
        Scope.CONFIGS_READ,
        Scope.ACCOUNTS_READ,
        Scope.USERS_READ,
        Scope.AUDIT_READ,
        Scope.TOKENS_WRITE,
    )
)
_OPERATOR = _VIEWER | {Scope.CONFIGS_WRITE, Scope.CONFIGS_ROUTE, Scope.ACCOUNTS_WRITE}

SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.TENANT: _TENANT,
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person in a browser, or a program with a token of theirs."""

    web_user_id: int
    name: str
    role: Role
    scopes: frozenset[Scope]
    tenant_of: str | None = None
    """The user of the forwarder to whose configs a tenant is confined; None: confined to nothing."""
    token_id: int | None = None
    """By which token; None: by password."""

    @property
    def actor(self) -> str:
        """Who that is in the audit log."""
        return f"web:{self.name}" if self.token_id is None else f"token:{self.token_id}:{self.name}"

    @property
    def is_admin(self) -> bool:
        """Whether other people's tokens are theirs to see."""
        return self.role is Role.ADMIN

    def may(self, scope: Scope) -> bool:
        """Whether that is allowed."""
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Returns if that is allowed.

        Raises:
            Forbidden: it is not.
        """
        if not self.may(scope):
            what = "this token" if self.token_id is not None else f"a {self.role}"
            raise Forbidden(f"{what} may not do that: it takes {scope}")


def caller_of(user: WebUser) -> Caller:
    """The person who logged in."""
    return Caller(user.id, user.name, user.role, SCOPES[user.role], _confined(user))


def program_of(user: WebUser, token_id: int, scopes: list[str]) -> Caller:
    """A program: what its token is for, as far as its owner may do that today."""
    allowed = SCOPES[user.role] & {Scope(name) for name in scopes if name in set(Scope)}
    return Caller(user.id, user.name, user.role, allowed, _confined(user), token_id)


def _confined(user: WebUser) -> str | None:
    """A tenant without a user sees nothing: no user has the empty id."""
    return (user.user_id or "") if user.role is Role.TENANT else None
