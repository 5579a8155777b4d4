"""The ten rules, and for each what a message must hold so that it alone matches."""

import random
from dataclasses import dataclass, replace
from typing import Any

from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind, SourceMessage

STEPS: tuple[dict[str, Any], ...] = (
    {"skip": {"words": ["casino", "giveaway", "sponsored post"]}},
    {"skip": {"regex": r"win (a|up to) \d+ ?(usd|eur|btc)"}},
    {"skip": {"kind": ["poll", "dice"]}},
    {"skip": {"size": {"min": "500 MB"}}},
    {"replace": {"words": {"acme corp": "Example Ltd"}}},
    {"replace": {"words": {"[ad]": "", "(promo)": ""}}},
    {"replace": {"regex": r"order no\. (\d+)", "with": r"order #\1"}},
    {"replace": {"regex": r"(\d+) ?kilometers", "with": r"\1 km"}},
    {"remove_mentions": True},
    {"skip": {"words": "embargoed", "case": True}},
)
MATCHES: tuple[str | None, ...] = (
    *("sponsored post", "win up to 500 USD", None, None),
    *("ACME Corp", "[ad]", "order no. 4711", "12 kilometers", "@somebody", "embargoed"),
)
"""What a text must hold for each rule; None: what the message is decides."""
EDITING = (4, 5, 6, 7, 8)
"""Those that change a text; the others drop the message."""


@dataclass(frozen=True, slots=True)
class Target:
    """Makes messages match one rule."""

    rule: int

    def __call__(self, source: SourceMessage, dice: random.Random) -> SourceMessage:
        """The message with what the rule looks for, in the middle of its text and of its formatting."""
        phrase = MATCHES[self.rule]
        if phrase is not None:
            return replace(source, content=_with_phrase(source.content, phrase, dice))
        if self.rule == 2:
            return replace(source, media=MediaKind.POLL, grouped_id=None)
        return replace(source, media=MediaKind.VIDEO, size_bytes=600 << 20)


def _with_phrase(content: FormattedText, phrase: str, dice: random.Random) -> FormattedText:
    """The phrase in place of a blank, so that formatting around it goes on."""
    blanks = [index for index, letter in enumerate(content.text) if letter == " "]
    index = dice.choice(blanks)
    offset, growth = utf16_length(content.text[:index]), len(phrase) + 1
    entities = [_moved(entity, offset, growth) for entity in content.entities]
    if phrase.startswith("@"):
        entities.append(Entity(offset + 1, len(phrase), EntityKind.MENTION))
    text = f"{content.text[:index]} {phrase}{content.text[index:]}"
    return FormattedText(text, tuple(sorted(entities)))


def _moved(entity: Entity, offset: int, growth: int) -> Entity:
    if entity.end <= offset:
        return entity
    if entity.offset > offset:
        return replace(entity, offset=entity.offset + growth)
    return replace(entity, length=entity.length + growth)
