"""Steps made ready: each looks at a draft, and changes it or drops it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tgforward.forwarding.conditions import LINKS, CompiledConditions
from tgforward.forwarding.draft import Draft
from tgforward.forwarding.entities import Change, change_spans, cut_at, remove_spans, spans_of, without_kinds
from tgforward.forwarding.hours import Hours
from tgforward.forwarding.message import EntityKind, FormattedText
from tgforward.forwarding.patterns import Regex
from tgforward.forwarding.replacing import Replacement
from tgforward.forwarding.skips import SkipReason
from tgforward.forwarding.verdict import Dropped
from tgforward.forwarding.words import WordList, fold

LONGEST_RESULT = 100_000  # characters; ten pieces hold 40,960, and steps that multiply must not fill the memory


class Action(Protocol):
    """One step; it can do nothing where none of the patterns in `needs` occurs, None: it looks at everything."""

    @property
    def needs(self) -> frozenset[int] | None:
        """Numbers of patterns."""

    def act(self, draft: Draft) -> Dropped | None:
        """Change the draft, or say why its messages are dropped."""


@dataclass(frozen=True, slots=True)
class SkipWords:
    """Drops what holds one of the config's `skip_word`, by its number."""

    words: Mapping[int, str]
    needs: frozenset[int] | None

    def act(self, draft: Draft) -> Dropped | None:
        """Dropped with the word."""
        word = next((word for found in draft.patterns for number, word in self.words.items() if number in found), None)
        return None if word is None else Dropped(SkipReason.SKIP_WORD, word)


@dataclass(frozen=True, slots=True)
class Skip:
    """Drops what meets one of the conditions."""

    number: int
    conditions: Sequence[CompiledConditions]
    needs: frozenset[int] | None

    def act(self, draft: Draft) -> Dropped | None:
        """Dropped with what held; one member is enough."""
        for condition in self.conditions:
            if (why := condition.why(draft)) is not None:
                return Dropped(SkipReason.RULE, f"step {self.number}: skip {why}")
        return None


@dataclass(frozen=True, slots=True)
class Allow:
    """Drops what meets none of the conditions."""

    number: int
    conditions: Sequence[CompiledConditions]
    needs: frozenset[int] | None = None

    def act(self, draft: Draft) -> Dropped | None:
        """Dropped unless a condition holds; one member is enough."""
        if any(condition.why(draft) is not None for condition in self.conditions):
            return None
        return Dropped(SkipReason.RULE, f"step {self.number}: allow does not hold")


@dataclass(frozen=True, slots=True)
class ReplaceWords:
    """Puts another text, which may be empty, in place of each word."""

    words: WordList
    texts: Mapping[str, str]
    needs: frozenset[int] | None

    def act(self, draft: Draft) -> None:
        """Every occurrence; at one position the longest word wins."""
        draft.edit(self._change, self.needs)

    def _change(self, content: FormattedText) -> FormattedText:
        text = content.text
        spelled = text if self.words.has_case else fold(text)
        return _changed(content, [Change(s, e, self.texts[spelled[s:e]]) for s, e in self.words.spans(text)])


@dataclass(frozen=True, slots=True)
class ReplaceMatches:
    """Puts another text in place of each match of a regular expression."""

    regex: Regex
    replacement: Replacement
    needs: frozenset[int] | None

    def act(self, draft: Draft) -> None:
        """Every match from left to right."""
        draft.edit(self._change, self.needs)

    def _change(self, content: FormattedText) -> FormattedText:
        text, length = content.text, len(content.text)
        changes = []
        for spans in self.regex.matches(text):
            (start, end), new = spans[0], self.replacement.expand(text, spans)
            length += len(new) - (end - start)
            if length > LONGEST_RESULT:
                break
            changes.append(Change(start, end, new))
        return _changed(content, changes)


@dataclass(frozen=True, slots=True)
class Cut:
    """Ends a text before the first of the words."""

    words: WordList
    needs: frozenset[int] | None

    def act(self, draft: Draft) -> None:
        """The word and all behind it goes."""
        draft.edit(self._change, self.needs)

    def _change(self, content: FormattedText) -> FormattedText:
        position = self.words.first_position(content.text)
        return content if position is None else cut_at(content, position)


@dataclass(frozen=True, slots=True)
class RemoveEntities:
    """Removes what is formatted as one of `removed`, text and all, and only the formatting of the kinds `unlinked`."""

    removed: frozenset[EntityKind]
    unlinked: frozenset[EntityKind]
    needs: frozenset[int] | None = None

    def act(self, draft: Draft) -> None:
        """A text link keeps its text."""
        kinds = self.removed | self.unlinked
        if any(entity.kind in kinds for content in draft.contents for entity in content.entities):
            draft.edit(self._change)

    def _change(self, content: FormattedText) -> FormattedText:
        content = without_kinds(content, self.unlinked)
        spans = spans_of(content, self.removed)
        return remove_spans(content, spans) if spans else content


REMOVE_LINKS = RemoveEntities(frozenset({EntityKind.URL}), LINKS - {EntityKind.URL})
REMOVE_MENTIONS = RemoveEntities(frozenset({EntityKind.MENTION}), frozenset({EntityKind.MENTION_NAME}))


@dataclass(frozen=True, slots=True)
class SkipOutside:
    """Drops what was written outside of the hours."""

    number: int
    hours: Hours
    needs: frozenset[int] | None = None

    def act(self, draft: Draft) -> Dropped | None:
        """By the date of the message, an album's first: the same whenever it is planned."""
        if self.hours.are_open_at(draft.unit[0].date):
            return None
        return Dropped(SkipReason.HOURS, f"step {self.number}: outside of {self.hours}")


def _changed(content: FormattedText, changes: Sequence[Change]) -> FormattedText:
    """The very same object if nothing changes."""
    text = content.text
    if all(text[change.start : change.end] == change.text for change in changes):
        return content
    return change_spans(content, changes)
