"""The one exception by which any part of the sandbox answers a request with an RPC error."""

CODES = {
    "AUTH_KEY_UNREGISTERED": 401,
    "SESSION_REVOKED": 401,
    "SESSION_PASSWORD_NEEDED": 401,
    "USER_DEACTIVATED": 401,
    "USER_DEACTIVATED_BAN": 401,
    "CHAT_WRITE_FORBIDDEN": 403,
    "AUTH_KEY_DUPLICATED": 406,
    "RANDOM_ID_DUPLICATE": 500,
    "INTERNAL_SERVER_ERROR": 500,
}
"""Errors whose number is not 400; those that carry a time are 420."""


class Refusal(Exception):
    """The request is answered with `name`, such as `CHANNEL_PRIVATE` or `FLOOD_WAIT_5`."""

    def __init__(self, name: str, *, code: int | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.code = code_of(name) if code is None else code


def code_of(name: str) -> int:
    """The number that Telegram sends with the error `name`."""
    if "_WAIT_" in name and name.rpartition("_")[2].isdigit():
        return 420
    return CODES.get(name, 400)
