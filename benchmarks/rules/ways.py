"""Ways of doing the work of the ten rules; each tells how many messages it dropped and how many it changed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telethon.extensions import markdown
from telethon.tl import types

from benchmarks.rules.corpus import CHAT
from benchmarks.rules.steps import STEPS
from tgforward.forwarding.albums import group_albums
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, SourceMessage
from tgforward.forwarding.plan import make_plan
from tgforward.forwarding.rules import Dropped, Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.forwarding.template import TemplateContext
from tgforward.types import ConfigId

Pages = Sequence[Sequence[SourceMessage]]


@dataclass(slots=True)
class Tally:
    """What became of the messages."""

    dropped: int = 0
    changed: int = 0


Work = Callable[[], Tally]


def planning(pages: Pages) -> Work:
    """Ours: whole plans, with albums, identities and deliveries; every format is kept."""
    rules, context = _rules(), _CONTEXT

    def work() -> Tally:
        tally = Tally()
        for page in pages:
            plan = make_plan(page, rules, config_id=ConfigId(1), epoch=0, context=context)
            tally.dropped += len(plan.skipped)
            tally.changed += sum(d.content is not None and not piece_of(d.part) for d in plan.deliveries)
        return tally

    return work


def our_rules(pages: Pages) -> Work:
    """The rules alone, without a plan: what the other ways do."""
    rules, context = _rules(), _CONTEXT
    units = [unit for page in pages for unit in group_albums(page)]

    def work() -> Tally:
        tally = Tally()
        for unit in units:
            match rules.apply(unit, context):
                case Dropped():
                    tally.dropped += len(unit)
                case kept:
                    tally.changed += sum(content is not None for content in kept.contents)
        return tally

    return work


def markdown_again(pages: Pages) -> Work:
    """As tgcf publishes it: the text becomes markdown with its entities, each rule works on that, it is parsed anew."""
    prepared = [(message, _telethon(message.content)) for page in pages for message in page]

    def work() -> Tally:
        tally = Tally()
        for message, entities in prepared:
            before = markdown.unparse(message.content.text, entities)
            after = _by_patterns(message, before)
            if after is None:
                tally.dropped += 1
                continue
            markdown.parse(after)
            tally.changed += after != before
        return tally

    return work


def patterns_in_a_loop(pages: Pages) -> Work:
    """Naively: one pattern of `re` after the other, and formatting is forgotten."""
    messages = [message for page in pages for message in page]

    def work() -> Tally:
        tally = Tally()
        for message in messages:
            text = _by_patterns(message, message.content.text)
            tally.dropped += text is None
            tally.changed += text is not None and text != message.content.text
        return tally

    return work


def _rules() -> Rules:
    return Rules.parse(ruleset=parse_ruleset({"steps": list(STEPS)}))


def _by_patterns(message: SourceMessage, text: str) -> str | None:
    if message.media in _KINDS or (message.size_bytes or 0) >= 500 << 20:
        return None
    for pattern in _FORBIDDEN:
        if pattern.search(text):
            return None
    for pattern, new in _REPLACED:
        text = pattern.sub(new, text)
    return text


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)


def _literally(new: str) -> str:
    return new.replace("\\", r"\\")


def _replacements() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for step in STEPS:
        match step:
            case {"replace": {"words": words}}:
                found += [(_any_of([old]), _literally(new)) for old, new in words.items()]
            case {"replace": {"regex": regex, "with": new}}:
                found.append((re.compile(regex, re.IGNORECASE), new))
            case {"remove_mentions": True}:
                found.append((re.compile(r"@\w+"), ""))
    return found


def _skips() -> list[re.Pattern[str]]:
    found = []
    for step in STEPS:
        match step:
            case {"skip": {"words": str(word)}}:
                found.append(re.compile(re.escape(word)))
            case {"skip": {"words": words}}:
                found.append(_any_of(words))
            case {"skip": {"regex": regex}}:
                found.append(re.compile(regex, re.IGNORECASE))
    return found


_CONTEXT = TemplateContext(source_title="News", chat_id=CHAT)
_FORBIDDEN = _skips()
_REPLACED = _replacements()
_KINDS = frozenset({"poll", "dice"})
_TELETHON: dict[EntityKind, Callable[[Entity], Any]] = {
    EntityKind.BOLD: lambda e: types.MessageEntityBold(e.offset, e.length),
    EntityKind.ITALIC: lambda e: types.MessageEntityItalic(e.offset, e.length),
    EntityKind.CODE: lambda e: types.MessageEntityCode(e.offset, e.length),
    EntityKind.UNDERLINE: lambda e: types.MessageEntityUnderline(e.offset, e.length),
    EntityKind.URL: lambda e: types.MessageEntityUrl(e.offset, e.length),
    EntityKind.MENTION: lambda e: types.MessageEntityMention(e.offset, e.length),
    EntityKind.TEXT_LINK: lambda e: types.MessageEntityTextUrl(e.offset, e.length, e.argument),
}


def _telethon(content: FormattedText) -> list[Any]:
    return [_TELETHON[entity.kind](entity) for entity in content.entities]
