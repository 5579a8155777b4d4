"""A config's rule set as a person changes it: all of it, or single options of sending and following."""

from collections.abc import Mapping
from typing import Any

from tgforward.forwarding.ruleset import dump_ruleset, parse_ruleset

PARTS = ("send", "follow")


def changed_rules(stored: object, changes: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rule set to store: `rules` replaces all of it, `send` and `follow` what they name; None: every default.

    Raises:
        InvalidInput: a step or option is wrong, or two do not go together.
    """
    document = dump_ruleset(parse_ruleset(changes.get("rules", stored) or {}))
    for part in PARTS:
        document[part] = {**document.get(part, {}), **changes.get(part, {})}
    return dump_ruleset(parse_ruleset(document)) or None


def are_rules_changed(changes: Mapping[str, Any]) -> bool:
    """Whether any of these changes concerns the rule set."""
    return not changes.keys().isdisjoint(("rules", *PARTS))
