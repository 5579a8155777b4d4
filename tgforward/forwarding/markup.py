"""Formatted lines of a person's own: a small subset of HTML with the names of a template in it."""

from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Self

from tgforward.errors import InvalidInput
from tgforward.forwarding.entities import trim, utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText
from tgforward.forwarding.template import Template, TemplateContext

TAGS = {
    "b": EntityKind.BOLD,
    "i": EntityKind.ITALIC,
    "u": EntityKind.UNDERLINE,
    "s": EntityKind.STRIKE,
    "code": EntityKind.CODE,
    "pre": EntityKind.PRE,
    "a": EntityKind.TEXT_LINK,
    "blockquote": EntityKind.BLOCKQUOTE,
    "tg-spoiler": EntityKind.SPOILER,
}
_ATTRIBUTES = {"a": "href", "blockquote": "expandable"}
_Attributes = list[tuple[str, str | None]]


class TextFormat(StrEnum):
    """How a line is written down."""

    PLAIN = "plain"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class _Tag:
    """Formatting from one run of text up to, not including, another."""

    first: int
    end: int
    kind: EntityKind
    argument: Template


@dataclass(frozen=True, slots=True)
class Markup:
    """Runs of text and what formats them; a value that is filled in is never taken for a tag."""

    _runs: tuple[Template, ...]
    _tags: tuple[_Tag, ...] = ()

    @classmethod
    def parse(cls, text: str, text_format: TextFormat = TextFormat.PLAIN, *, field: str = "it") -> Self:
        """The line in `text`; `field` is its name in errors.

        Raises:
            InvalidInput: a tag or a name is not known, or not closed.
        """
        if text_format is TextFormat.PLAIN:
            return cls((Template.parse(text, field=field),))
        parser = _Parser(field)
        parser.feed(text)
        runs, tags = parser.finish()
        return cls(tuple(Template.parse(run, field=field) for run in runs), tags)

    def render(self, context: TemplateContext) -> FormattedText:
        """The line for one message, without white space at its edges; a link without an address is plain text."""
        texts = [run.render(context) for run in self._runs]
        if not self._tags:
            return FormattedText("".join(texts).strip())
        offsets = [0]
        for text in texts:
            offsets.append(offsets[-1] + utf16_length(text))
        entities = []
        for tag in self._tags:
            offset, length = offsets[tag.first], offsets[tag.end] - offsets[tag.first]
            argument = tag.argument.render(context)
            if length and (argument or tag.kind is not EntityKind.TEXT_LINK):
                entities.append(Entity(offset, length, tag.kind, argument))
        return trim(FormattedText("".join(texts), tuple(entities)))


class _Parser(HTMLParser):
    def __init__(self, field: str) -> None:
        super().__init__(convert_charrefs=True)
        self._field = field
        self._runs: list[str] = []
        self._tags: list[_Tag] = []
        self._open: list[tuple[str, int, Template]] = []

    def handle_data(self, data: str) -> None:
        self._runs.append(data)

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        if tag not in TAGS:
            known = " ".join(f"<{name}>" for name in TAGS)
            raise InvalidInput(f"{self._field} uses <{tag}>, which is not known: use {known}, or &lt; for a literal <")
        self._open.append((tag, len(self._runs), self._argument(tag, attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise InvalidInput(f"{self._field} closes <{tag}>, which is not the last one that was opened")
        name, first, argument = self._open.pop()
        self._tags.append(_Tag(first, len(self._runs), TAGS[name], argument))

    def handle_comment(self, data: str) -> None:
        self._refuse(data)

    def handle_decl(self, decl: str) -> None:
        self._refuse(decl)

    def handle_pi(self, data: str) -> None:
        self._refuse(data)

    def unknown_decl(self, data: str) -> None:
        self._refuse(data)

    def finish(self) -> tuple[list[str], tuple[_Tag, ...]]:
        """What was read, once all of it was fed; outer tags stand before those inside them."""
        self.close()
        if self._open:
            raise InvalidInput(f"{self._field} does not close <{self._open[-1][0]}>: add </{self._open[-1][0]}>")
        return self._runs, tuple(sorted(self._tags, key=lambda tag: (tag.first, -tag.end)))

    def _argument(self, tag: str, attributes: _Attributes) -> Template:
        values = dict(attributes)
        allowed = _ATTRIBUTES.get(tag)
        if unknown := values.keys() - {allowed}:
            raise InvalidInput(f"{self._field} gives <{tag}> {min(unknown)!r}: {_advice(allowed)}")
        if tag == "a" and not values.get("href"):
            raise InvalidInput(f'{self._field} has <a> without a link: write <a href="https://...">')
        if tag == "blockquote":
            return Template.parse("collapsed" if values else "")
        return Template.parse(values.get("href") or "", field=self._field)

    def _refuse(self, declaration: str) -> None:
        raise InvalidInput(f"{self._field} has a comment or declaration, {declaration[:30]!r}: remove it")


def _advice(allowed: str | None) -> str:
    return "it takes no attribute" if allowed is None else f"its only attribute is {allowed}"
