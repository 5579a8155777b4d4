"""The template of `add_text`, headers and footers: `${name}` is filled in for each message, `$${` is a literal `${`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from tgforward.errors import InvalidInput
from tgforward.forwarding.config import DEFAULT_ZONE
from tgforward.forwarding.links import message_link, source_link
from tgforward.forwarding.message import SourceMessage
from tgforward.types import ChatId, MessageId

PARAMETERS = frozenset({"id", "source", "dest", "interval_second", "forward_history_count"})
"""The config's own columns that a template may name."""

_TOKEN = re.compile(r"\$\$\{|\$\{(?P<name>[^}]*)\}|\$\{")
_EPOCH = datetime.fromtimestamp(0, UTC)
_NO_MESSAGE = MessageId(0)


@dataclass(frozen=True, slots=True)
class TemplateContext:
    """What the names stand for: the source and config, the same for a whole run, and one message of it."""

    source_title: str
    chat_id: ChatId
    source_username: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))
    message_id: MessageId = _NO_MESSAGE
    date: datetime = _EPOCH
    sender: str = ""

    def at(self, message: SourceMessage) -> Self:
        """The same source and config with this message."""
        return replace(self, message_id=message.id, date=message.date, sender=message.sender)


_VALUES: Mapping[str, Callable[[TemplateContext], str]] = {
    "source_title": lambda context: context.source_title,
    "source_link": lambda context: source_link(context.chat_id, context.source_username),
    "message_link": lambda context: message_link(context.chat_id, context.source_username, context.message_id),
    "date": lambda context: context.date.astimezone(context.zone).strftime("%Y-%m-%d"),
    "time": lambda context: context.date.astimezone(context.zone).strftime("%H:%M"),
    "sender": lambda context: context.sender,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: literal text, a name, literal text, and so on."""

    _pieces: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, *, parameters: frozenset[str] = PARAMETERS, field: str = "add_text") -> Self:
        """The template in `text`; `field` is its name in errors.

        Raises:
            InvalidInput: it uses a name that is not known, or `${` is not closed.
        """
        known = parameters | _VALUES.keys()
        pieces, literal, position = [], "", 0
        for token in _TOKEN.finditer(text):
            literal += text[position : token.start()]
            position = token.end()
            if token[0] == "$${":
                literal += "${"
            else:
                pieces += [literal, _known(token["name"], known, field)]
                literal = ""
        return cls((*pieces, literal + text[position:]))

    @property
    def names(self) -> tuple[str, ...]:
        """The names it uses, in order."""
        return self._pieces[1::2]

    def render(self, context: TemplateContext) -> str:
        """The text with every name filled in."""
        pieces = list(self._pieces)
        pieces[1::2] = (_value(name, context) for name in self.names)
        return "".join(pieces)


def _known(name: str | None, known: frozenset[str], field: str) -> str:
    if name is None:
        raise InvalidInput(f"{field} has a ${{ without its }}: close it, or write $${{ for a literal ${{")
    if name not in known:
        raise InvalidInput(f"{field} uses ${{{name}}}, which is not known: use one of {', '.join(sorted(known))}")
    return name


def _value(name: str, context: TemplateContext) -> str:
    built_in = _VALUES.get(name)
    return context.parameters[name] if built_in is None else built_in(context)
