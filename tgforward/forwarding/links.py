"""Links to chats and messages, and what a person may type to name a chat.

Source: core.telegram.org/api/links
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tgforward.errors import InvalidInput
from tgforward.types import ChatId, MessageId

CHANNEL_MARK = 1_000_000_000_000
"""A marked channel id is minus this number minus the bare id, hence the look of `-100…`."""

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")
_INVITE = re.compile(r"[A-Za-z0-9_-]{5,64}")
_LINK = re.compile(r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/(.*)", re.IGNORECASE)
_HELP = "give an id such as -1001234567890, a name such as @channel or a link such as https://t.me/channel"


@dataclass(frozen=True, slots=True)
class ById:
    """A chat named by its marked id."""

    chat_id: ChatId


@dataclass(frozen=True, slots=True)
class ByUsername:
    """A public chat, user or bot; the name is without `@` and spelled as typed."""

    username: str


@dataclass(frozen=True, slots=True)
class ByInvite:
    """A chat behind an invite link; whoever knows the hash may join."""

    hash: str = field(repr=False)


ChatReference = ById | ByUsername | ByInvite


def parse_chat_reference(text: str) -> ChatReference:
    """The chat that a person means by an id, `@name`, `name`, or a `t.me` or `tg:` link, also one to a message.

    Raises:
        InvalidInput: it is none of these.
    """
    typed = text.strip()
    if re.fullmatch(r"-?[1-9][0-9]{0,17}", typed):
        return ById(ChatId(int(typed)))
    if link := _LINK.fullmatch(typed):
        reference = _parse_path(link[1])
    elif typed.lower().startswith("tg:"):
        reference = _parse_tg(typed)
    else:
        reference = _username(typed.removeprefix("@"))
    if reference is None:
        # A mistyped phone number or invite link must not end in a log: the text is not repeated.
        raise InvalidInput(f"that does not name a chat: {_HELP}")
    return reference


def bare_channel_id(chat: ChatId) -> int | None:
    """The number inside Telegram of a channel or supergroup; None for a user or basic group."""
    return -chat - CHANNEL_MARK if chat < -CHANNEL_MARK else None


def source_link(chat: ChatId, username: str | None) -> str:
    """A link that opens the chat; empty where there is none (basic groups, users without a name)."""
    if username:
        return f"https://t.me/{username}"
    # Telegram's apps open a private channel only by a link to one of its messages.
    return message_link(chat, None, MessageId(1))


def message_link(chat: ChatId, username: str | None, message: MessageId) -> str:
    """A link that opens the message; empty where there is none (basic groups, users)."""
    bare = bare_channel_id(chat)
    if bare is None:
        return ""
    return f"https://t.me/{username or f'c/{bare}'}/{message}"


def _parse_path(path: str) -> ChatReference | None:
    parts = [part for part in re.split(r"[?#]", path)[0].split("/") if part]
    match parts:
        case ["joinchat", *codes]:
            return _invite("".join(codes))
        case [code] if code.startswith("+"):
            # `+` and digits alone is a phone number.
            return None if code[1:].isdigit() else _invite(code[1:])
        case ["c", bare, *numbers] if _are_numbers([bare, *numbers]):
            return _channel(bare)
        case ["s", name, *numbers] | [name, *numbers] if _are_numbers(numbers):
            return _username(name)
        case _:
            return None


def _parse_tg(link: str) -> ChatReference | None:
    url = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    match (url.netloc or url.path).strip("/").lower():
        case "resolve":
            return _username(query.get("domain", ""))
        case "join":
            return _invite(query.get("invite", ""))
        case "privatepost":
            return _channel(query.get("channel", ""))
        case _:
            return None


def _username(name: str) -> ByUsername | None:
    return ByUsername(name) if _USERNAME.fullmatch(name) else None


def _invite(code: str) -> ByInvite | None:
    return ByInvite(code) if _INVITE.fullmatch(code) else None


def _channel(bare: str) -> ById | None:
    return ById(ChatId(-CHANNEL_MARK - int(bare))) if re.fullmatch(r"[1-9][0-9]{0,15}", bare) else None


def _are_numbers(parts: list[str]) -> bool:
    return all(part.isascii() and part.isdigit() for part in parts)
