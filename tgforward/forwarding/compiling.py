"""From what is written down in a config to what is applied: patterns are numbered, steps become actions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from tgforward.forwarding.actions import (
    REMOVE_LINKS,
    REMOVE_MENTIONS,
    Action,
    Allow,
    Cut,
    ReplaceMatches,
    ReplaceWords,
    Skip,
    SkipOutside,
    SkipWords,
)
from tgforward.forwarding.conditions import CompiledConditions, compile_conditions
from tgforward.forwarding.framing import Frame
from tgforward.forwarding.hours import Hours
from tgforward.forwarding.markup import Markup
from tgforward.forwarding.patterns import Pattern, Regex
from tgforward.forwarding.replacing import Replacement
from tgforward.forwarding.steps import Conditions, Duplicates, HoursWindow, Line, Outside, Replace, Step
from tgforward.forwarding.words import WordList, fold, parse_words


class Compiler:
    """Takes in a config's rules in the order in which they are applied."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._numbers: dict[Pattern, int] = {}
        self._headers: list[Markup] = []
        self._footers: list[Markup] = []
        self.actions: list[Action] = []
        self.hours: Hours | None = None
        self.duplicate_days: int | None = None
        self.duplicate_step: int | None = None

    @property
    def patterns(self) -> list[Pattern]:
        """By number."""
        return list(self._numbers)

    def add_words(self, *, skip_word: str | None, remove_word: str | None, cut_word: str | None) -> None:
        """The three columns of words."""
        if words := parse_words(skip_word):
            numbers = {self._number(Pattern(word)): word for word in words}
            self.actions.append(SkipWords(numbers, frozenset(numbers)))
        if words := parse_words(remove_word):
            self.actions.append(self._replace_words(dict.fromkeys(words, ""), has_case=False))
        if words := parse_words(cut_word):
            self.actions.append(Cut(WordList.compile(words), self._needs(words)))

    def add_steps(self, steps: Sequence[Step]) -> None:
        """The steps of a rule set, which counts them from 1."""
        for number, step in enumerate(steps, start=1):
            self._add(number, step)

    def frame(self, add_text: str | None) -> Frame:
        """The headers and footers that were taken in, with `add_text` as the last line.

        Raises:
            InvalidInput: `add_text` uses a name that is not known.
        """
        last = [Markup.parse(add_text.rstrip(), field="add_text")] if add_text and not add_text.isspace() else []
        return Frame(tuple(self._headers), (*self._footers, *last))

    def _add(self, number: int, step: Step) -> None:
        (key,) = step.keys
        adding: dict[str, Callable[[int, Any], None]] = {
            "allow": self._add_allow,
            "skip": self._add_skip,
            "replace": self._add_replace,
            "remove_links": lambda _, __: self.actions.append(REMOVE_LINKS),
            "remove_mentions": lambda _, __: self.actions.append(REMOVE_MENTIONS),
            "header": lambda _, line: self._headers.append(_markup(line)),
            "footer": lambda _, line: self._footers.append(_markup(line)),
            "hours": self._add_hours,
            "duplicates": self._add_duplicates,
        }
        adding[key](number, step.content)

    def _add_allow(self, number: int, conditions: Sequence[Conditions]) -> None:
        self.actions.append(Allow(number, self._compiled(conditions)))

    def _add_skip(self, number: int, conditions: Sequence[Conditions]) -> None:
        compiled = self._compiled(conditions)
        self.actions.append(Skip(number, compiled, _union(condition.needs for condition in compiled)))

    def _add_replace(self, _: int, step: Replace) -> None:
        if step.words is not None:
            self.actions.append(self._replace_words(step.words, has_case=step.case))
            return
        assert step.regex is not None, "the step is checked"
        pattern = Pattern(step.regex, is_regex=True, has_case=step.case)
        regex = Regex(pattern)
        replacement = Replacement.parse(step.with_ or "", groups=regex.groups, names=regex.names)
        self.actions.append(ReplaceMatches(regex, replacement, frozenset({self._number(pattern)})))

    def _add_hours(self, number: int, window: HoursWindow) -> None:
        hours = Hours(window.from_, window.to, self._zone)
        match window.outside:
            case Outside.WAIT:
                self.hours = hours
            case Outside.SKIP:
                self.actions.append(SkipOutside(number, hours))

    def _add_duplicates(self, number: int, step: Duplicates) -> None:
        self.duplicate_days, self.duplicate_step = step.days, number

    def _compiled(self, conditions: Sequence[Conditions]) -> list[CompiledConditions]:
        return [compile_conditions(condition, self._number) for condition in conditions]

    def _replace_words(self, texts: Mapping[str, str], *, has_case: bool) -> ReplaceWords:
        words = WordList.compile(tuple(texts), has_case=has_case)
        by_spelling = {word if has_case else fold(word): text for word, text in texts.items()}
        return ReplaceWords(words, by_spelling, self._needs(texts, has_case=has_case))

    def _needs(self, words: Iterable[str], *, has_case: bool = False) -> frozenset[int]:
        return frozenset(self._number(Pattern(word, has_case=has_case)) for word in words)

    def _number(self, pattern: Pattern) -> int:
        return self._numbers.setdefault(pattern, len(self._numbers))


def _markup(line: Line) -> Markup:
    return Markup.parse(line.text, line.format)


def _union(needs: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    # One that may act without any pattern makes all of them look.
    all_needs = list(needs)
    known = [numbers for numbers in all_needs if numbers is not None]
    return frozenset().union(*known) if len(known) == len(all_needs) else None
