"""Conditions made ready: each is asked of one message and answers why it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tgforward.forwarding.draft import Draft
from tgforward.forwarding.entities import spans_of
from tgforward.forwarding.message import EntityKind, MediaKind, SourceMessage
from tgforward.forwarding.patterns import Pattern
from tgforward.forwarding.steps import Conditions, MessageKind, SizeRange
from tgforward.forwarding.words import fold

LINKS = frozenset({EntityKind.URL, EntityKind.TEXT_LINK})

Number = Callable[[Pattern], int]
"""Takes a pattern in and tells its number, by which a draft says that it occurs."""
Test = Callable[[Draft, int], str | None]
"""Of a draft's member: what holds, in words that may be shown, or None."""
ChatNames = Sequence[int | str]


@dataclass(frozen=True, slots=True)
class CompiledConditions:
    """All tests must hold of one and the same member."""

    tests: tuple[Test, ...]
    needs: frozenset[int] | None
    """Patterns of which one must occur at least; None if it may hold without any."""

    def why(self, draft: Draft) -> str | None:
        """What holds of some member; None if of none all tests do."""
        if self.needs is not None and self.needs.isdisjoint(draft.found):
            return None
        for position in range(len(draft.unit)):
            if (why := self._why(draft, position)) is not None:
                return why
        return None

    def _why(self, draft: Draft, position: int) -> str | None:
        reasons = []
        for test in self.tests:
            if (reason := test(draft, position)) is None:
                return None
            reasons.append(reason)
        return " and ".join(reasons)


def compile_conditions(written: Conditions, number: Number) -> CompiledConditions:
    """The conditions with their patterns numbered."""
    words = {number(Pattern(word, has_case=written.case)): f"words {word!r}" for word in written.words or ()}
    regexes = {
        number(Pattern(regex, is_regex=True, has_case=written.case)): f"regex {regex!r}"
        for regex in written.regex or ()
    }
    texts = [patterns for patterns in (words, regexes) if patterns]
    # The texts come first: they are known already.
    tests = (*map(_occurs, texts), *_tests(written))
    return CompiledConditions(tests, frozenset(texts[0]) if texts else None)


def _tests(written: Conditions) -> list[Test]:
    tests: list[Test] = []
    if written.sender is not None:
        tests.append(_is_from(written.sender))
    if written.kind is not None:
        tests.append(_is_kind(frozenset(written.kind)))
    if written.size is not None:
        tests.append(_has_size(written.size))
    if written.has_link is not None:
        tests.append(_has_link(wanted=written.has_link))
    if written.forwarded is not None:
        names = written.forwarded
        tests.append(_is_forward(wanted=names) if isinstance(names, bool) else _is_forward_of(names))
    return tests


def _occurs(patterns: dict[int, str]) -> Test:
    def test(draft: Draft, position: int) -> str | None:
        found = draft.patterns[position]
        return next((shown for number, shown in patterns.items() if number in found), None) if found else None

    return test


def _is_from(names: ChatNames) -> Test:
    is_named = _naming(names)

    def test(draft: Draft, position: int) -> str | None:
        message = draft.unit[position]
        name = is_named(message.sender_id, message.sender, message.sender_username)
        return name and f"sender {name}"

    return test


def _is_kind(kinds: frozenset[MessageKind]) -> Test:
    def test(draft: Draft, position: int) -> str | None:
        kind = next((kind for kind in _kinds(draft.unit[position]) if kind in kinds), None)
        return kind and f"kind {kind}"

    return test


def _has_size(size: SizeRange) -> Test:
    low, high = size.min or 0, size.max

    def test(draft: Draft, position: int) -> str | None:
        bytes_ = draft.unit[position].size_bytes
        holds = bytes_ is not None and low <= bytes_ and (high is None or bytes_ <= high)
        return "size" if holds else None

    return test


def _has_link(*, wanted: bool) -> Test:
    shown = "has_link" if wanted else "has_link false"

    def test(draft: Draft, position: int) -> str | None:
        return shown if bool(spans_of(draft.contents[position], LINKS)) is wanted else None

    return test


def _is_forward(*, wanted: bool) -> Test:
    shown = "forwarded" if wanted else "forwarded false"

    def test(draft: Draft, position: int) -> str | None:
        return shown if (draft.unit[position].origin is not None) is wanted else None

    return test


def _is_forward_of(names: ChatNames) -> Test:
    is_named = _naming(names)

    def test(draft: Draft, position: int) -> str | None:
        message = draft.unit[position]
        name = is_named(message.origin_id, message.origin or "", None)
        return name and f"forwarded {name}"

    return test


def _kinds(message: SourceMessage) -> tuple[MessageKind, ...]:
    match message.media:
        case None:
            return (MessageKind.TEXT,)
        case MediaKind.WEB_PAGE:
            return MessageKind.TEXT, MessageKind.WEB_PAGE
        case media:
            return (MessageKind(media.value),)


def _naming(names: ChatNames) -> Callable[[int | None, str, str | None], str | None]:
    """Tells which of the names, if any, means a chat with this id, name and username."""
    shown = {fold(str(name)): str(name) for name in names}

    def is_named(chat: int | None, name: str, username: str | None) -> str | None:
        keys = (str(chat or ""), fold(name), f"@{fold(username)}" if username else "")
        return next((shown[key] for key in keys if key in shown), None)

    return is_named
