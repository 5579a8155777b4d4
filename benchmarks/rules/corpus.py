"""Messages as channels post them, from a seed: news, prices, links, captions, albums, four scripts, emoji."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.rules.steps import Target
from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind, SourceMessage
from tgforward.types import ChatId, MessageId

CHAT = ChatId(-1001234567890)
PAGE = 100  # as Telegram serves them
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SCRIPTS = (
    "the market price of oil rose by after central bank said today that new rules for trade will come into force next "
    "month while shares in Asia fell sharply and analysts expect more volatility update breaking report city council "
    "weather football match result minister president company launches product users can now download version",
    "сегодня правительство сообщило новых мерах поддержки рынок вырос на фоне новостей из столицы",
    "今天 市场 上涨 消息 公司 发布 新版本 用户 下载 天气 更新",
    "اليوم أعلنت الشركة عن إطلاق منتج جديد في السوق",
)
_EMOJI = ["\U0001f600", "\U0001f525", "\u2757\ufe0f", "\U0001f4c8", "\U0001f1e9\U0001f1ea"]
_KINDS = (EntityKind.BOLD, EntityKind.ITALIC, EntityKind.TEXT_LINK, EntityKind.CODE, EntityKind.UNDERLINE)


def make_pages(count: int, targets: Sequence[Target], *, seed: int) -> list[list[SourceMessage]]:
    """So many messages in pages; each matches the next of the targets, or no rule if there are none."""
    dice = random.Random(seed)
    messages = [_message(number, dice) for number in range(1, count + 1)]
    if targets:
        # Each message for itself: an album is dropped, and sent anew, as a whole.
        lone = (replace(message, grouped_id=None) for message in messages)
        messages = [targets[number % len(targets)](message, dice) for number, message in enumerate(lone)]
    return [messages[start : start + PAGE] for start in range(0, count, PAGE)]


def _message(number: int, dice: random.Random) -> SourceMessage:
    # Three of ten messages are captions, and every tenth ten begin with an album of three.
    is_album = number // 10 % 10 == 0 and number % 10 < 3
    has_media = is_album or dice.random() < 0.25
    return SourceMessage(
        chat_id=CHAT,
        id=MessageId(number),
        date=_START + timedelta(seconds=30 * number),
        content=_content(dice),
        media=MediaKind.PHOTO if has_media else None,
        media_id=dice.getrandbits(62) if has_media else None,
        grouped_id=number // 10 if is_album else None,
        sender="Somebody",
        sender_id=dice.randrange(10**9),
    )


def _content(dice: random.Random) -> FormattedText:
    words = dice.choices(_SCRIPTS, weights=(7, 1, 1, 1))[0].split()
    chosen = dice.choices(words, k=min(3 + int(dice.expovariate(1 / 30)), 140))
    if dice.random() < 0.3:
        chosen.insert(dice.randrange(len(chosen)), dice.choice(_EMOJI))
    if dice.random() < 0.3:
        chosen.append(f"https://example.com/{dice.getrandbits(40):x}")
    return FormattedText(" ".join(chosen), tuple(_entities(chosen, dice)))


def _entities(words: Sequence[str], dice: random.Random) -> list[Entity]:
    """A link where one is, and in every other message formatting of up to four runs of words."""
    lengths = [utf16_length(word) for word in words]
    offsets = [sum(lengths[:position]) + position for position in range(len(words))]
    found = [Entity(offsets[-1], lengths[-1], EntityKind.URL)] if words[-1].startswith("https:") else []
    runs = dice.randrange(1, 5) if dice.random() < 0.5 else 0
    last = len(words) - len(found)
    for run in range(runs):
        first, end = last * run // runs, last * (run + 1) // runs
        if end > first:
            kind = dice.choice(_KINDS)
            length = offsets[end - 1] + lengths[end - 1] - offsets[first]
            link = "https://example.org" if kind is EntityKind.TEXT_LINK else ""
            found.append(Entity(offsets[first], length, kind, link))
    return sorted(found)
