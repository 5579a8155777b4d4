"""The border: what Telethon raises becomes what this program knows, once."""

import re
from datetime import timedelta
from types import MappingProxyType

from telethon import errors as telethon_errors
from telethon.errors import rpcerrorlist

from tgforward.errors import (
    AccountRevoked,
    ConnectionLost,
    FloodWait,
    MessageRejected,
    PermanentError,
    ServerFault,
    SlowMode,
    TelegramError,
)
from tgforward.telegram.error_codes import meaning_of

TRANSLATED = (
    telethon_errors.RPCError,
    telethon_errors.AuthKeyNotFound,
    telethon_errors.InvalidBufferError,
    telethon_errors.InvalidChecksumError,
    telethon_errors.SecurityError,
    telethon_errors.TypeNotFoundError,
    ConnectionError,
    OSError,
    EOFError,
    TimeoutError,
    ValueError,
)
"""What may come out of a request; anything else is a fault of ours and passes."""

_CODES = MappingProxyType(
    {error: code.upper() for code, error in rpcerrorlist.rpc_errors_dict.items()}
    | {error: pattern.replace(r"(\d+)", "X") for pattern, error in rpcerrorlist.rpc_errors_re}
)
# Telethon keeps Telegram's word only for errors that it does not know itself; this turns the others back.

_TRANSPORT_FLOOD_REST = timedelta(minutes=1)  # the server's -429 names no time


def translate(error: BaseException, *, method: str) -> TelegramError:
    """The error of this program that `error`, raised by a call of `method`, stands for.

    Raises:
        ValueError: `error` itself, where Telethon complains of the caller.
    """
    if isinstance(error, telethon_errors.RPCError):
        return _from_rpc(error, method)
    if isinstance(error, telethon_errors.AuthKeyNotFound):
        return _known("AUTH_KEY_NOT_FOUND", method) or AccountRevoked(f"Telegram does not know the session ({method})")
    if isinstance(error, telethon_errors.InvalidBufferError) and error.code == 429:
        return FloodWait(
            "Telegram takes no more connections from this address; wait",
            code="TRANSPORT_FLOOD",
            retry_after=_TRANSPORT_FLOOD_REST,
        )
    if isinstance(error, telethon_errors.TypeNotFoundError):
        return PermanentError(f"Telegram answered {method} with something too new for this version; update tgforward")
    if isinstance(error, ValueError):
        return _from_value_error(error, method)
    if isinstance(error, TimeoutError):
        return ConnectionLost(f"Telegram did not answer {method} in time; whether it was executed is unknown")
    return ConnectionLost(f"The connection to Telegram was lost in {method}; whether it was executed is unknown")


def _from_rpc(error: telethon_errors.RPCError, method: str) -> TelegramError:
    code = code_of(error)
    wait = re.search(r"_(\d+|X)$", code) if abs(error.code or 0) == 420 else None
    if wait is not None:
        return _from_wait(error, code, method)
    if (known := _known(code, method)) is not None:
        return known
    if abs(error.code or 0) == 420:
        return FloodWait(f"Telegram asks the account to rest ({method}: {code})", code=code)
    if abs(error.code or 0) >= 500:
        return ServerFault(f"Telegram failed on its own side in {method} ({code}); try again later", code=code)
    return PermanentError(f"Telegram refused {method} with {code}, which this version does not know", code=code)


def code_of(error: telethon_errors.RPCError) -> str:
    """Telegram's own word for the error, such as `CHANNEL_PRIVATE`; `X` stands for a number that it names."""
    return _CODES.get(type(error)) or str(error.message).upper()


def _from_wait(error: telethon_errors.RPCError, code: str, method: str) -> TelegramError:
    digits = re.search(r"(\d+)$", code)
    seconds = int(digits.group()) if digits else int(getattr(error, "seconds", 0))
    retry_after = timedelta(seconds=max(seconds, 1))  # test servers were seen to answer FLOOD_WAIT_0
    if code.startswith("SLOWMODE_WAIT_"):
        return SlowMode(
            f"The chat is in slow mode: {method} may be sent in {seconds} s", code=code, retry_after=retry_after
        )
    return FloodWait(
        f"Telegram asks the account to rest for {seconds} s ({method}: {code})", code=code, retry_after=retry_after
    )


def _from_value_error(error: ValueError, method: str) -> TelegramError:
    text = str(error)
    if text.startswith("Request was unsuccessful"):
        return ServerFault(f"Telegram failed on its own side in {method}; try again later")
    if text.startswith("Request payload is too big"):
        return MessageRejected(f"The request {method} is too big to be sent", code="PAYLOAD_TOO_BIG")
    raise error


def _known(code: str, method: str) -> TelegramError | None:
    meaning = meaning_of(code)
    if meaning is None:
        return None
    return meaning.error(f"Telegram refused {method} ({code}): {meaning.sentence}", code=code)
