"""`account`: the two-step password, and what clients tell about themselves."""

import os
from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl


def get_password(call: Call, _request: Tl) -> Tl:
    """`account.getPassword`."""
    account = call.login.needs_password or call.login.account
    if account is None:
        raise Refusal("AUTH_KEY_UNREGISTERED")
    common = {
        "new_algo": types.PasswordKdfAlgoUnknown(),
        "new_secure_algo": types.SecurePasswordKdfAlgoUnknown(),
        "secure_random": os.urandom(32),
    }
    if account.password is None:
        return types.account.Password(**common)
    public = account.password.challenge()
    return types.account.Password(
        has_password=True,
        current_algo=account.password.algorithm,
        srp_B=public,
        srp_id=account.password.srp_id,
        hint=account.password.hint or None,
        **common,
    )


def update_status(call: Call, _request: Tl) -> Tl:
    """`account.updateStatus`."""
    return call.account is not None


ROUTES: Final[Routes] = {
    functions.account.GetPasswordRequest: get_password,
    functions.account.UpdateStatusRequest: update_status,
}
