"""The steps of a rule set as a person writes them down: each an object with one key."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tgforward.forwarding.markup import Markup, TextFormat
from tgforward.forwarding.message import MediaKind
from tgforward.forwarding.patterns import Pattern, Regex
from tgforward.forwarding.replacing import Replacement
from tgforward.forwarding.scalars import (
    LONGEST_TEXT,
    Bytes,
    ChatName,
    ClockTime,
    RegexText,
    ReplacementText,
    Word,
    check,
)

_MOST_ITEMS = 500


class MessageKind(StrEnum):
    """What a message is; `text` is one without media, with or without a web preview."""

    TEXT = "text"
    PHOTO = MediaKind.PHOTO
    DOCUMENT = MediaKind.DOCUMENT
    VIDEO = MediaKind.VIDEO
    ANIMATION = MediaKind.ANIMATION
    AUDIO = MediaKind.AUDIO
    VOICE = MediaKind.VOICE
    VIDEO_NOTE = MediaKind.VIDEO_NOTE
    STICKER = MediaKind.STICKER
    WEB_PAGE = MediaKind.WEB_PAGE
    POLL = MediaKind.POLL
    CONTACT = MediaKind.CONTACT
    LOCATION = MediaKind.LOCATION
    VENUE = MediaKind.VENUE
    DICE = MediaKind.DICE
    OTHER = MediaKind.OTHER


class Outside(StrEnum):
    """What becomes of a message outside of the hours."""

    WAIT = "wait"
    SKIP = "skip"


class Section(BaseModel):
    """A part of the document: it cannot change, and a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _origins(value: object) -> object:
    return value if isinstance(value, bool) or value is None else _listed(value)


def _described(value: object) -> object:
    """A line that is written as a mere text."""
    return {"text": value} if isinstance(value, str) else value


ONE_OR_MORE = (BeforeValidator(_listed), Field(min_length=1, max_length=_MOST_ITEMS))


class SizeRange(Section):
    """From `min` to `max` bytes, both included."""

    min: Bytes | None = None
    max: Bytes | None = None

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("neither min nor max is given: give one of them or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min is {self.min} and max is {self.max}: no size is between them")
        return self


class Conditions(Section):
    """What a message must be like: every key must hold, of a list any item is enough."""

    words: Annotated[tuple[Word, ...], *ONE_OR_MORE] | None = None
    regex: Annotated[tuple[RegexText, ...], *ONE_OR_MORE] | None = None
    case: bool = False
    sender: Annotated[tuple[ChatName, ...], *ONE_OR_MORE] | None = None
    kind: Annotated[tuple[MessageKind, ...], *ONE_OR_MORE] | None = None
    size: SizeRange | None = None
    has_link: bool | None = None
    forwarded: Annotated[tuple[ChatName, ...] | bool | None, BeforeValidator(_origins)] = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        asked = type(self).model_fields.keys() - {"case"}
        if all(getattr(self, name) is None for name in asked):
            raise ValueError(f"it has no condition: give one or more of {', '.join(sorted(asked))}")
        if self.forwarded == ():
            raise ValueError("forwarded is an empty list: give true, false, or ids and titles")
        if isinstance(self.forwarded, tuple) and any(str(name).startswith("@") for name in self.forwarded):
            # Telegram's forward header holds the origin's id and title.
            raise ValueError("forwarded takes ids and titles: give the id or the title instead of an @name")
        return self


class Replace(Section):
    r"""Other texts for words, or for a regular expression whose groups are `\1` or `\g<name>`."""

    words: Annotated[dict[Word, ReplacementText], Field(min_length=1, max_length=_MOST_ITEMS)] | None = None
    regex: RegexText | None = None
    with_: ReplacementText | None = Field(default=None, alias="with")
    case: bool = False

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if (self.words is None) == (self.regex is None):
            raise ValueError("give either words or regex")
        if (self.regex is None) != (self.with_ is None):
            raise ValueError("regex and with belong together: give both, or words alone")
        if self.regex is not None and self.with_ is not None:
            regex, text = Regex(Pattern(self.regex, is_regex=True)), self.with_
            check(lambda: Replacement.parse(text, groups=regex.groups, names=regex.names))
        return self


class Line(Section):
    """Text above or below that of the message."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    format: TextFormat = TextFormat.PLAIN

    @model_validator(mode="after")
    def _is_markup(self) -> Self:
        check(lambda: Markup.parse(self.text, self.format))
        return self


class HoursWindow(Section):
    """The time of the day in which messages go, in the config's zone; `to` is the first minute outside."""

    from_: Annotated[ClockTime, Field(alias="from")]
    to: ClockTime
    outside: Outside = Outside.WAIT

    @model_validator(mode="after")
    def _is_window(self) -> Self:
        if self.from_ == self.to:
            raise ValueError("from and to are the same: leave the step out to forward all day")
        return self


class Duplicates(Section):
    """For how many days the same content is not forwarded again."""

    days: Annotated[int, Field(ge=1, le=30)] = 7


class Step(Section):
    """One step: exactly one of these keys."""

    allow: Annotated[tuple[Conditions, ...], *ONE_OR_MORE] | None = None
    skip: Annotated[tuple[Conditions, ...], *ONE_OR_MORE] | None = None
    replace: Replace | None = None
    remove_links: Literal[True] | None = None
    remove_mentions: Literal[True] | None = None
    header: Annotated[Line, BeforeValidator(_described)] | None = None
    footer: Annotated[Line, BeforeValidator(_described)] | None = None
    hours: HoursWindow | None = None
    duplicates: Duplicates | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.keys) != 1:
            given = " and ".join(self.keys) or "nothing"
            raise ValueError(f"it has {given}: a step has one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that were given; one, once the step is checked."""
        return tuple(name for name, value in self if value is not None)

    @property
    def content(self) -> Any:
        """What stands under its key."""
        return getattr(self, self.keys[0])
