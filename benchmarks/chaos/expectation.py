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
    """Of any version: it may be forwarded before or after it was edited."""
    last: tuple[frozenset[str], ...] = ()
    """Of the last version, which must stand in the end."""
    answers: Key | None = None
    is_deleted: bool = False
    """Whether it arrives depends on what came first."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that one config must deliver, in order, to its dests taken together."""

    wiring: Wiring
    units: tuple[Expected, ...]


def expect(wiring: Wiring, history: Sequence[Posted], live: Iterable[Posted], media: Mapping[int, int]) -> Order:
    """The order of one config; both kinds of posts are those of its source, `media` the media of its message ids."""
    live = list(live)
    by_id = {posted.ids[0]: keys_of(posted, media)[0] for posted in (*history, *live)}
    units = [_expected(posted, wiring.rule, media, by_id) for posted in (*_window(history, wiring.history), *live)]
    return Order(wiring, tuple(unit for unit in units if unit is not None))


def _expected(posted: Posted, rule: Rule, media: Mapping[int, int], by_id: Mapping[int, Key]) -> Expected | None:
    versions = [texts for post in posted.versions if (texts := _texts(post, rule)) is not None]
    if not versions:
        return None
    return Expected(
        keys=keys_of(posted, media),
        texts=tuple(frozenset().union(*texts) for texts in zip(*versions, strict=True)),
        last=versions[-1],
        answers=None if posted.answers is None else by_id[posted.answers],
        is_deleted=posted.is_deleted,
    )


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


def keys_of(posted: Posted, media: Mapping[int, int]) -> tuple[Key, ...]:
    """By which its members are known again; `media` are the media of the source's message ids."""
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
