"""A hook of Schemathesis: under one key for all of them, only its first request would be looked at."""

import uuid
from typing import Any

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Each request that has a key gets its own; one that is wrong on purpose stays."""
    if 1 <= len((case.headers or {}).get(KEY, "")) <= 200:
        case.headers[KEY] = uuid.uuid4().hex
