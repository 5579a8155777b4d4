"""People who ask for something."""

from tgforward.db.models import Role
from tgforward.services.web_access import SCOPES, Caller

OPERATOR = Caller(1, "op", Role.OPERATOR, SCOPES[Role.OPERATOR])


def tenant(user_id: str) -> Caller:
    """Somebody who sees the configs of one user."""
    return Caller(2, "ten", Role.TENANT, SCOPES[Role.TENANT], tenant_of=user_id)
