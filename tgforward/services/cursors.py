"""Where a page ends, as a word that programs and links carry; nobody needs to read it."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tgforward.errors import InvalidInput


def pack_cursor(*values: Any) -> str:
    """The word for these values: numbers, texts, moments."""
    plain = json.dumps([_pack(value) for value in values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def unpack_cursor(word: str, kinds: Sequence[type]) -> list[Any]:
    """The values in it, which are of these kinds.

    Raises:
        InvalidInput: it was not made by `pack_cursor`, or for something else.
    """
    try:
        values = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
        if isinstance(values, list) and len(values) == len(kinds):
            return [_unpack(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, binascii.Error, RecursionError):
        pass
    raise InvalidInput("the cursor is not one that was given out for this list: leave it out to begin anew")


def _pack(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _unpack(value: Any, kind: type) -> Any:
    if value is None and kind in (str, datetime):
        return None
    if kind is datetime:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        if moment.tzinfo is None:
            raise ValueError("a moment has a time zone")
        return moment
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError("another kind")
    return value
