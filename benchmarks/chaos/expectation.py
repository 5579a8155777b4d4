"""What each config must deliver, worked out from what was posted: plain code that shares nothing with the product."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.chaos.posts import CUT, REMOVED, SKIPPED, Post, Posted, marker_of
from benchmarks.chaos.scene import SIGNATURES, Rule, Wiring

Key = str
"""By which a message is known again: its marker, or its media, which stays the same when it is sent by reference."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One message or album that must arrive; each member with the texts that are right for it."""

    keys: tuple[Key, ...]
    texts: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that one config must deliver, in order, to its dests taken together."""

    wiring: Wiring
    units: tuple[Expected, ...]


def expect(wiring: Wiring, history: Sequence[Posted], live: Iterable[Posted], media: Mapping[int, int]) -> Order:
    """The order of one config; both kinds of posts are those of its source, `media` the media of its message ids."""
    units = []
    for posted in (*_window(history, wiring.history), *live):
        texts = _texts(posted.post, wiring.rule)
        if texts is not None:
            units.append(Expected(_keys(posted, media), texts))
    return Order(wiring, tuple(units))


def whole_posts(history: Sequence[Posted], wanted: int) -> int:
    """The most messages, at most `wanted`, that end the history and cut no album (-1 stands for all)."""
    count = 0
    for posted in reversed(history):
        if wanted < 0 or count + len(posted.ids) > wanted:
            break
        count += len(posted.ids)
    return -1 if wanted < 0 else count


def media_key(media_id: int) -> Key:
    """The key of a message with media."""
    return f"media {media_id}"


def _window(history: Sequence[Posted], wanted: int) -> Sequence[Posted]:
    if wanted < 0:
        return history
    left, first = whole_posts(history, wanted), len(history)
    while left > 0:
        first -= 1
        left -= len(history[first].ids)
    return history[first:]


def _keys(posted: Posted, media: Mapping[int, int]) -> tuple[Key, ...]:
    if posted.post.is_media:
        return tuple(media_key(media[message_id]) for message_id in posted.ids)
    return (marker_of(posted.post.texts[0]),)


def _texts(post: Post, rule: Rule) -> tuple[frozenset[str], ...] | None:
    """What may arrive of each member; None if the post must not arrive."""
    if rule.skips and any(SKIPPED in text for text in post.texts):
        return None
    texts = [_clean(text, rule) for text in post.texts]
    right = [frozenset({text}) for text in texts]
    if rule.signs:
        shown = next((place for place, text in enumerate(texts) if text), 0)
        right[shown] = frozenset(f"{texts[shown]}\n{line}".lstrip() for line in SIGNATURES)
    return tuple(right)


def _clean(text: str, rule: Rule) -> str:
    if rule.removes:
        text = text.replace(REMOVED, "")
    if rule.cuts:
        text = text.split(CUT)[0].rstrip()
    return text
