"""The document of rules: what it may say, and the sentence where it is wrong."""

from typing import Any

import pytest

from tgforward.errors import InvalidInput
from tgforward.forwarding.ruleset import EditMode, RuleSet, dump_ruleset, parse_ruleset
from tgforward.forwarding.steps import Conditions


def steps(*given: object) -> dict[str, Any]:
    return {"steps": list(given)}


@pytest.mark.parametrize(
    ("document", "dumped"),
    [
        ({}, {}),
        ({"version": 1, "steps": [], "send": {"mode": "copy"}, "follow": {}}, {}),
        (steps({"skip": {"words": "a"}}), steps({"skip": [{"words": ["a"]}]})),
        (steps({"allow": [{"words": [2025]}]}), steps({"allow": [{"words": ["2025"]}]})),
        (steps({"skip": {"size": {"min": "1.5 KB"}}}), steps({"skip": [{"size": {"min": 1536}}]})),
        (steps({"skip": {"sender": [5, "@b"]}}), steps({"skip": [{"sender": [5, "@b"]}]})),
        (steps({"skip": {"forwarded": False}}), steps({"skip": [{"forwarded": False}]})),
        (steps({"skip": {"forwarded": "News"}}), steps({"skip": [{"forwarded": ["News"]}]})),
        (steps({"replace": {"regex": "a", "with": ""}}), steps({"replace": {"regex": "a", "with": ""}})),
        (steps({"footer": "x"}), steps({"footer": {"text": "x"}})),
        (steps({"duplicates": {"days": 7}}), steps({"duplicates": {}})),
        (
            steps({"hours": {"from": "08:00", "to": "22:30", "outside": "wait"}}),
            steps({"hours": {"from": "08:00", "to": "22:30"}}),
        ),
        ({"send": {"mode": "forward", "send_as": -1001}}, {"send": {"mode": "forward", "send_as": -1001}}),
    ],
)
def test_a_document_is_dumped_without_defaults(document: dict[str, Any], dumped: dict[str, Any]) -> None:
    """What is dumped is parsed to the same rule set."""
    assert dump_ruleset(parse_ruleset(document)) == dumped
    assert parse_ruleset(dumped) == parse_ruleset(document)


@pytest.mark.parametrize(
    ("document", "edits"),
    [
        ({}, EditMode.UPDATE),
        ({"send": {"mode": "forward"}}, EditMode.IGNORE),
        ({"send": {"mode": "forward"}, "follow": {"edits": "append"}}, EditMode.APPEND),
        ({"follow": {"edits": "ignore"}}, EditMode.IGNORE),
    ],
)
def test_edits_are_followed_where_telegram_lets_us(document: dict[str, Any], edits: EditMode) -> None:
    """Unless the document says otherwise, copies are updated and forwarded messages are not."""
    assert parse_ruleset(document).edits is edits


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("x", "rules, 'x' is no object: give one with keys such as version, steps, send, follow"),
        ({"version": 2}, "rules, version: 2 is not known: use one of 1"),
        ({"stpes": []}, "rules, stpes: this key is not known: use one of version, steps, send, follow"),
        (steps({"skp": {}}), "rules, step 1, skp: this key is not known: use one of allow, skip, replace, "),
        (steps({"footer": "a"}, {}), "rules, step 2: it has nothing: a step has one of allow, skip, "),
        (steps({"skip": {"words": "a"}, "footer": "b"}), "rules, step 1: it has skip and footer: a step has one of "),
        (steps({"skip": {"wrds": "x"}}), "rules, step 1, skip, wrds: this key is not known: use one of words, regex, "),
        (steps({"skip": {"case": True}}), "rules, step 1, skip: it has no condition: give one or more of forwarded, "),
        (steps({"skip": {"kind": "foto"}}), "rules, step 1, skip, kind: 'foto' is not known: use one of 'text', "),
        (steps({"skip": {"words": []}}), "rules, step 1, skip, words: [] is not allowed: "),
        (steps({"skip": {"words": "a" * 2001}}), "rules, step 1, skip, words: 'aaaa"),
        (steps({"skip": {"sender": True}}), "rules, step 1, skip, sender: True is not allowed: "),
        (
            steps({"footer": "a"}, {"skip": {"regex": ["a", "b("]}}),
            "rules, step 2, skip, regex: 'b(' is no regular expression of RE2: missing ): b(",
        ),
        (steps({"skip": {"regex": r"(a)\1"}}), "rules, step 1, skip, regex: '(a)\\\\1' is no regular "),
        (steps({"skip": {"regex": "a)(b"}}), "rules, step 1, skip, regex: 'a)(b' is no regular expression of RE"),
        (steps({"skip": {"regex": r"(\pL{100}){9}"}}), "rules, step 1, skip, regex: "),
        (steps({"skip": {"regex": "a" * 1001}}), "rules, step 1, skip, regex: 'aaa"),
        (steps({"skip": {"size": {"min": "1 XB"}}}), "rules, step 1, skip, size, min: '1 XB' is no size: give bytes, "),
        (steps({"skip": {"size": {}}}), "rules, step 1, skip, size: neither min nor max is given"),
        (steps({"skip": {"size": {"min": 2, "max": 1}}}), "rules, step 1, skip, size: min is 2 and max is 1"),
        (steps({"skip": {"forwarded": ["@a"]}}), "rules, step 1, skip: forwarded takes ids and titles"),
        (steps({"skip": {"forwarded": []}}), "rules, step 1, skip: forwarded is an empty list"),
        (steps({"replace": {"words": {"a": "b"}, "regex": "c"}}), "rules, step 1, replace: give either words or regex"),
        (steps({"replace": {"regex": "a"}}), "rules, step 1, replace: regex and with belong together"),
        (steps({"replace": {"regex": "(a)", "with": r"\2"}}), r"rules, step 1, replace: \2 names no group"),
        (steps({"replace": {"regex": "(a)", "with": r"\g<n>"}}), r"rules, step 1, replace: \g<n> names no group"),
        (steps({"replace": {"regex": "(a)", "with": "a\\"}}), "rules, step 1, replace: \\ is not known: use \\1 or "),
        (steps({"remove_links": False}), "rules, step 1, remove_links: False is not known: use one of True"),
        (steps({"footer": "${who}"}), "rules, step 1, footer: it uses ${who}, which is not known: use one of "),
        (steps({"header": {"text": "<b>", "format": "html"}}), "rules, step 1, header: it does not close <b>: "),
        (steps({"header": {"text": "a", "format": "htm"}}), "rules, step 1, header, format: 'htm' is not known: "),
        (steps({"hours": {"from": 480, "to": "9:00"}}), "rules, step 1, hours, from: 480 is no time of the day: "),
        (steps({"hours": {"from": "08:00"}}), "rules, step 1, hours, to: this key is missing: give it"),
        (steps({"hours": {"from": "08:00", "to": "08:00"}}), "rules, step 1, hours: from and to are the same"),
        (steps({"duplicates": {"days": 31}}), "rules, step 1, duplicates, days: 31 is not allowed: "),
        (steps({"duplicates": {}}, {"duplicates": {}}), "rules, duplicates stands in steps 1 and 2: give it once"),
        (steps(*[{"remove_links": True}] * 101), "rules, steps: "),
        ({"send": {"mode": "x"}}, "rules, send, mode: 'x' is not known: use one of 'copy' or 'forward'"),
        ({"send": {"delay_s": 604801}}, "rules, send, delay_s: 604801 is not allowed: input should be "),
        (
            {"send": {"mode": "forward"}, "follow": {"edits": "update"}},
            "rules, mode forward and edits update exclude each other, since Telegram lets nobody edit a forwarded ",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(document: object, sentence: str) -> None:
    """The sentence tells the step, the key, and what is allowed there."""
    with pytest.raises(InvalidInput) as caught:
        parse_ruleset(document)
    assert str(caught.value).startswith(sentence)


def test_a_rule_set_cannot_change() -> None:
    """It may be shared between runs, and serve as a default."""
    with pytest.raises(ValueError, match="frozen"):
        RuleSet().version = 1
    assert Conditions.model_config["extra"] == "forbid"
