"""A message or album on its way through the steps."""

from collections.abc import Callable, Iterator, Sequence

from tgforward.forwarding.entities import trim
from tgforward.forwarding.message import FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.patterns import NOTHING, Finder


class Draft:
    """The texts as the steps have left them, and which of the rules' patterns occur in each."""

    __slots__ = ("_finder", "contents", "found", "patterns", "unit")

    patterns: list[frozenset[int]]
    """By member: the numbers of the patterns that occur in its text."""
    found: frozenset[int]
    """Those of any member."""

    def __init__(self, unit: Sequence[SourceMessage], finder: Finder) -> None:
        self.unit = unit
        self.contents = [message.content for message in unit]
        self._finder = finder
        self._look()

    def edit(self, change: Callable[[FormattedText], FormattedText], needs: frozenset[int] | None = None) -> None:
        """Change the text of each member that can be sent anew and, where `needs` is given, holds one of them."""
        is_changed = False
        for position in self.editable():
            if needs is not None and needs.isdisjoint(self.patterns[position]):
                continue
            before = self.contents[position]
            after = change(before)
            if after is not before:
                self.contents[position] = trim(after)
                is_changed = True
        if is_changed:
            self._look()

    def editable(self) -> Iterator[int]:
        """The positions of the members that can be sent with a text of ours."""
        for position, message in enumerate(self.unit):
            if message.media is None or not message.media.is_forward_only:
                yield position

    @property
    def is_nothing(self) -> bool:
        """Whether a member would be empty; a link preview is no media that stands without text."""
        return any(
            not content.text.strip() and message.media in (None, MediaKind.WEB_PAGE)
            for message, content in zip(self.unit, self.contents, strict=True)
        )

    def _look(self) -> None:
        find = self._finder.find
        self.patterns = [find(content.text) for content in self.contents]
        self.found = self.patterns[0] if len(self.patterns) == 1 else NOTHING.union(*self.patterns)
