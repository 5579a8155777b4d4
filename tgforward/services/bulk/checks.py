"""What may stand behind the keys of an entry, looked at once for all entries that say the same."""

import json
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

from tgforward.errors import InvalidInput
from tgforward.forwarding.links import parse_chat_reference
from tgforward.services.bulk.document import KINDS
from tgforward.services.config_fields import WORDS, check_fields
from tgforward.services.config_rules import changed_rules
from tgforward.services.spots import NamedDest, parse_dest

NAME_LENGTH = 64
USER_LENGTH = 20
PATTERNS = tuple(word for word in WORDS if word != "add_text")
"""What counts against the same limit as the patterns of a rule set."""
_COLUMNS = {"history": "forward_history_count", "source_topic": "source_topic_id"}
_KINDS = {str: "text", int: "a number", bool: "true or false", list: "a list", dict: "a rule set"}


class Checks:
    """Remembers what it has found out."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def value(self, key: str, value: Any) -> Any:
        """The value as it is compared and stored; `dests` are not looked into.

        Raises:
            InvalidInput: it may not stand behind the key.
        """
        if value is not None and type(value) not in KINDS[key]:
            raise InvalidInput(f"{key} must be {' or '.join(_KINDS[kind] for kind in KINDS[key])}")
        check = _CHECKS.get(key)
        return value if check is None or value in (None, "") else self._once((key, _text(value)), partial(check, value))

    def dest(self, value: Any) -> NamedDest:
        """One of the dests.

        Raises:
            InvalidInput: it names no chat.
        """
        if type(value) not in (int, str):
            raise InvalidInput("a dest must be CHAT or CHAT/TOPIC")
        found: NamedDest = self._once(("dest", value), lambda: parse_dest(str(value)))
        return found

    def together(self, values: Mapping[str, Any]) -> None:
        """Whether words and rules go together.

        Raises:
            InvalidInput: they do not.
        """
        self._alike({key: values[key] for key in (*PATTERNS, "rules") if values.get(key)})
        self._alike({key: values[key] for key in ("add_text",) if values.get(key)})

    def _alike(self, fields: Mapping[str, Any]) -> None:
        if fields:
            self._once(("together", _text(fields)), lambda: check_fields(fields))

    def _once(self, key: Hashable, check: Callable[[], Any]) -> Any:
        if key not in self._known:
            try:
                self._known[key] = check()
            except InvalidInput as error:
                self._known[key] = error
        if isinstance(found := self._known[key], InvalidInput):
            raise found.with_traceback(None)
        return found


def _text(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput("that is no plain data: write texts, numbers, lists and keys that are text") from error


def _field(key: str, value: Any) -> Any:
    check_fields({_COLUMNS.get(key, key): value})
    return value


def _short(key: str, most: int, value: Any) -> str:
    text = str(value)
    if len(text) > most:
        raise InvalidInput(f"{key} has {len(text)} characters: it may have {most}")
    return text


def _source(value: Any) -> str:
    parse_chat_reference(str(value))
    return str(value)


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    **{key: partial(_field, key) for key in ("interval_second", "history", "source_topic", "time_zone")},
    "name": partial(_short, "name", NAME_LENGTH),
    "user": partial(_short, "user", USER_LENGTH),
    "source": _source,
    "rules": lambda value: changed_rules(None, {"rules": value}),
}
