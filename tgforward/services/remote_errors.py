"""An error that happened in the process that owns an account, told to the one that asked."""

from collections.abc import Mapping
from typing import Any

from tgforward import errors
from tgforward.errors import TelegramError, TgforwardError


def pack_error(error: TgforwardError) -> dict[str, Any]:
    """The error as plain data."""
    code = error.code if isinstance(error, TelegramError) else ""
    return {"error": {"type": type(error).__name__, "message": str(error), "code": code}}


def raise_packed(answer: Mapping[str, Any]) -> None:
    """Raise the error that an answer holds, if it holds one."""
    fields = answer.get("error")
    if fields is None:
        return
    kind: type[Any] = getattr(errors, fields["type"], TgforwardError)
    if issubclass(kind, TelegramError):
        raise kind(fields["message"], code=fields["code"])
    raise kind(fields["message"]) if issubclass(kind, TgforwardError) else TgforwardError(fields["message"])
