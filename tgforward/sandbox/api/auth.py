"""`auth`: logging in and out."""

import secrets
from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.view import View


def send_code(call: Call, request: Tl) -> Tl:
    """`auth.sendCode`: the code is the account's `code`, nothing is sent anywhere."""
    _require_application(call, request)
    account = _find_phone(call, request.phone_number)
    return types.auth.SentCode(types.auth.SentCodeTypeApp(len(account.code)), phone_code_hash=_code_hash(account))


def resend_code(call: Call, request: Tl) -> Tl:
    """`auth.resendCode`."""
    account = _find_phone(call, request.phone_number)
    return types.auth.SentCode(types.auth.SentCodeTypeSms(len(account.code)), phone_code_hash=_code_hash(account))


def sign_in(call: Call, request: Tl) -> Tl:
    """`auth.signIn`."""
    account = _find_phone(call, request.phone_number)
    if request.phone_code_hash != _code_hash(account):
        raise Refusal("PHONE_CODE_EXPIRED")
    if not request.phone_code:
        raise Refusal("PHONE_CODE_EMPTY")
    if not secrets.compare_digest(request.phone_code, account.code):
        raise Refusal("PHONE_CODE_INVALID")
    if account.password is not None:
        call.login.needs_password = account
        raise Refusal("SESSION_PASSWORD_NEEDED")
    return _log_in(call, account)


def check_password(call: Call, request: Tl) -> Tl:
    """`auth.checkPassword`."""
    account = call.login.needs_password
    if account is None or account.password is None:
        raise Refusal("AUTH_KEY_UNREGISTERED")
    if not isinstance(request.password, types.InputCheckPasswordSRP):
        raise Refusal("PASSWORD_HASH_INVALID")
    if not account.password.is_proved_by(request.password):
        raise Refusal("PASSWORD_HASH_INVALID")
    return _log_in(call, account)


def import_bot_authorization(call: Call, request: Tl) -> Tl:
    """`auth.importBotAuthorization`."""
    _require_application(call, request)
    for account in call.world.accounts.values():
        if account.is_bot and secrets.compare_digest(account.token, request.bot_auth_token):
            return _log_in(call, account)
    raise Refusal("ACCESS_TOKEN_INVALID")


def log_out(call: Call, _request: Tl) -> Tl:
    """`auth.logOut`."""
    call.login.account = None
    return types.auth.LoggedOut()


def export_authorization(call: Call, _request: Tl) -> Tl:
    """`auth.exportAuthorization`: there is one data centre, but clients may ask."""
    ticket = call.logins.export(call.account)
    return types.auth.ExportedAuthorization(call.account.id, ticket)


def import_authorization(call: Call, request: Tl) -> Tl:
    """`auth.importAuthorization`."""
    account = call.logins.redeem(request.bytes)
    if account is None:
        raise Refusal("AUTH_BYTES_INVALID")
    return _log_in(call, account)


def _require_application(call: Call, request: Tl) -> None:
    if request.api_id != call.facts.api_id or request.api_hash != call.facts.api_hash:
        raise Refusal("API_ID_INVALID")


def _find_phone(call: Call, phone: str) -> Account:
    account = call.world.phones.get("".join(filter(str.isdigit, phone)))
    if account is None:
        raise Refusal("PHONE_NUMBER_INVALID")
    return account


def _code_hash(account: Account) -> str:
    return f"{account.id:x}"


def _log_in(call: Call, account: Account) -> Tl:
    call.login.account, call.login.needs_password = account, None
    return types.auth.Authorization(View(call.world, account).user(account))


ROUTES: Final[Routes] = {
    functions.auth.SendCodeRequest: send_code,
    functions.auth.ResendCodeRequest: resend_code,
    functions.auth.SignInRequest: sign_in,
    functions.auth.CheckPasswordRequest: check_password,
    functions.auth.ImportBotAuthorizationRequest: import_bot_authorization,
    functions.auth.LogOutRequest: log_out,
    functions.auth.ExportAuthorizationRequest: export_authorization,
    functions.auth.ImportAuthorizationRequest: import_authorization,
}
