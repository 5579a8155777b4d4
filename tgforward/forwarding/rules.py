"""The four text rules of a config, applied to one message or to one album as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tgforward.forwarding.entities import append_line, cut_at, remove_spans, trim, utf16_length
from tgforward.forwarding.message import FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.skips import SkipReason
from tgforward.forwarding.template import Template, TemplateContext
from tgforward.forwarding.words import WordList, fold, parse_words


@dataclass(frozen=True, slots=True)
class TextLimits:
    """UTF-16 code units that the account may send; the defaults are those of an account without premium."""

    text: int = 4096
    caption: int = 1024

    def of(self, message: SourceMessage) -> int:
        """The limit for this message's text."""
        return self.caption if message.media is not None and message.media.has_caption else self.text


DEFAULT_LIMITS = TextLimits()


@dataclass(frozen=True, slots=True)
class Kept:
    """The messages go on; for each its new text, or None if the rules left it as it was."""

    contents: tuple[FormattedText | None, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The messages are not forwarded; `detail` is the word or the limit."""

    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """A config's text rules, compiled once."""

    skip: WordList
    remove: WordList
    cut: WordList
    add: Template | None

    @classmethod
    def parse(
        cls,
        *,
        remove_word: str | None = None,
        cut_word: str | None = None,
        skip_word: str | None = None,
        add_text: str | None = None,
    ) -> Self:
        """The rules as they stand in a config.

        Raises:
            InvalidInput: `add_text` uses a name that is not known.
        """
        return cls(
            skip=WordList.compile(parse_words(skip_word)),
            remove=WordList.compile(parse_words(remove_word)),
            cut=WordList.compile(parse_words(cut_word)),
            add=Template.parse(add_text.rstrip()) if add_text and not add_text.isspace() else None,
        )

    @property
    def are_empty(self) -> bool:
        """Whether no message can be changed or dropped."""
        return not (self.skip.words or self.remove.words or self.cut.words or self.add)

    def apply(
        self, unit: Sequence[SourceMessage], context: TemplateContext, limits: TextLimits = DEFAULT_LIMITS
    ) -> Kept | Dropped:
        """What becomes of one message or album: skip, remove, cut, add, in this order."""
        if self.are_empty:
            return Kept((None,) * len(unit))
        folded = [fold(message.content.text) for message in unit]
        if (word := self._skip_word(folded)) is not None:
            return Dropped(SkipReason.SKIP_WORD, word)
        contents = [self._edited(message, text) for message, text in zip(unit, folded, strict=True)]
        if any(_is_nothing(message, content) for message, content in zip(unit, contents, strict=True)):
            return Dropped(SkipReason.EMPTY)
        if self.add is not None:
            _add_line(unit, contents, self.add, context, limits)
        return _settled(unit, contents, limits)

    def _skip_word(self, folded: Sequence[str]) -> str | None:
        if not self.skip.words:
            return None
        return next((word for text in folded if (word := self.skip.first_in(text)) is not None), None)

    def _edited(self, message: SourceMessage, folded: str) -> FormattedText:
        """The content after remove and cut; the very same object if neither found anything."""
        content = message.content
        if not _is_editable(message):
            return content
        if spans := self.remove.spans(folded):
            content = remove_spans(content, spans)
            folded = fold(content.text)
        if (position := self.cut.first_position(folded)) is not None:
            content = cut_at(content, position)
        return content if content is message.content else trim(content)


def _is_editable(message: SourceMessage) -> bool:
    """Whether the message can be sent with a text of ours."""
    return message.media is None or not message.media.is_forward_only


def _is_nothing(message: SourceMessage, content: FormattedText) -> bool:
    """Whether nothing would be left to send; a link preview is no media that stands without text."""
    return message.media in (None, MediaKind.WEB_PAGE) and not content.text.strip()


def _add_line(
    unit: Sequence[SourceMessage],
    contents: list[FormattedText],
    template: Template,
    context: TemplateContext,
    limits: TextLimits,
) -> None:
    """Put the rendered template below the text that an album shows: the first one there is, else the first member's.

    It is left out where it does not fit: an original may be longer than what this account may send.
    """
    editable = [position for position, message in enumerate(unit) if _is_editable(message)]
    if not editable:
        return
    position = next((position for position in editable if contents[position].text), editable[0])
    line = template.render(context.at(unit[position])).rstrip()
    if not line:
        return
    longer = trim(append_line(contents[position], FormattedText(line)))
    if utf16_length(longer.text) <= limits.of(unit[position]):
        contents[position] = longer


def _settled(unit: Sequence[SourceMessage], contents: Sequence[FormattedText], limits: TextLimits) -> Kept | Dropped:
    changed = tuple(
        None if content is message.content or content == message.content else content
        for message, content in zip(unit, contents, strict=True)
    )
    for message, content in zip(unit, changed, strict=True):
        if content is not None and utf16_length(content.text) > limits.of(message):
            return Dropped(SkipReason.TOO_LONG, f"more than {limits.of(message)} characters")
    return Kept(changed)
