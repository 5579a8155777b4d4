"""What a person decides about a config, checked before anything is looked at or stored."""

from collections.abc import Callable, Mapping
from typing import Any

from tgforward.errors import InvalidInput
from tgforward.forwarding.config import LARGEST, check_history_count, check_interval, check_zone
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.services.config_rules import are_rules_changed, changed_rules
from tgforward.types import MessageId

WORDS = ("remove_word", "cut_word", "skip_word", "add_text")
LONGEST = 2000  # characters of a column of words
COLUMNS = ("name", "interval_second", "forward_history_count", "time_zone", "user_id", "instant", *WORDS)
GENERAL = 1  # core.telegram.org/api/forum: the topic of everything that stands in no other


def check_fields(fields: Mapping[str, Any], *, stored_rules: object = None) -> dict[str, Any]:
    """The columns that these fields set; `send` and `follow` change single options of the rule set.

    Raises:
        InvalidInput: the first field that may not be stored, and why.
    """
    for name, check in CHECKS.items():
        if name in fields:
            check(fields[name])
    columns = {name: fields[name] for name in COLUMNS if name in fields}
    columns |= {name: check(fields[name]) for name, check in TOPICS.items() if name in fields}
    if are_rules_changed(fields):
        columns["rules"] = changed_rules(stored_rules, fields)
    _check_words({name: columns[name] for name in WORDS if name in columns}, columns.get("rules"))
    return columns


def check_source_topic(number: int | None) -> MessageId | None:
    """The topic of that number; 0 and None are all.

    Raises:
        InvalidInput: no topic can have the number.
    """
    return _topic(number, "--from-topic")


def check_dest_topic(number: int | None) -> MessageId | None:
    """The topic of that number; None for the general one too, where what is sent to no topic stands anyway.

    Raises:
        InvalidInput: no topic can have the number.
    """
    topic = _topic(number, "--topic")
    return None if topic == GENERAL else topic


def _topic(number: int | None, option: str) -> MessageId | None:
    if number is not None and not 0 <= number <= LARGEST:
        raise InvalidInput(f"{option} is {number}: give a topic's number, the last one in a link to it; 0 for none")
    return MessageId(number) if number else None


def _check_words(words: Mapping[str, Any], rules: object) -> None:
    for name, text in words.items():
        if len(text or "") > LONGEST:
            raise InvalidInput(f"{name} has {len(text or '')} characters: it may have {LONGEST}")
    Rules.parse(**words, ruleset=parse_ruleset(rules or {}))


CHECKS: Mapping[str, Callable[[Any], object]] = {
    "interval_second": check_interval,
    "forward_history_count": check_history_count,
    "time_zone": check_zone,
}
TOPICS: Mapping[str, Callable[[int | None], MessageId | None]] = {
    "source_topic_id": check_source_topic,
    "dest_topic_id": check_dest_topic,
}
