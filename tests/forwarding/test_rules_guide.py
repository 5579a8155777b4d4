"""docs/how-to/rules.md can be pasted."""

import re
from typing import Any

import pytest
import yaml

from tests.compose import ROOT
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.forwarding.steps import Conditions, MessageKind, Step

GUIDE = (ROOT / "docs/how-to/rules.md").read_text()
DOCUMENTS: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_snippet_is_a_rule_set(document: dict[str, Any]) -> None:
    """What the guide shows is taken as it is."""
    Rules.parse(ruleset=parse_ruleset(document))


def test_every_step_and_condition_is_shown() -> None:
    """The guide leaves out no key of a step, no condition and no kind."""
    shown = {key for document in DOCUMENTS for step in document.get("steps", ()) for key in step}
    assert shown == set(Step.model_fields)
    assert {name for name in (*Conditions.model_fields, *MessageKind) if f"`{name}`" not in GUIDE} <= {"case"}
