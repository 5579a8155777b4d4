"""Formatting entities between Telegram's classes and the domain's, both ways."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from telethon.tl import types

from tgforward.forwarding.message import Entity, EntityKind

COLLAPSED = "collapsed"

_PLAIN = MappingProxyType(
    {
        EntityKind.BOLD: types.MessageEntityBold,
        EntityKind.ITALIC: types.MessageEntityItalic,
        EntityKind.UNDERLINE: types.MessageEntityUnderline,
        EntityKind.STRIKE: types.MessageEntityStrike,
        EntityKind.SPOILER: types.MessageEntitySpoiler,
        EntityKind.CODE: types.MessageEntityCode,
        EntityKind.MENTION: types.MessageEntityMention,
        EntityKind.HASHTAG: types.MessageEntityHashtag,
        EntityKind.CASHTAG: types.MessageEntityCashtag,
        EntityKind.BOT_COMMAND: types.MessageEntityBotCommand,
        EntityKind.URL: types.MessageEntityUrl,
        EntityKind.EMAIL: types.MessageEntityEmail,
        EntityKind.PHONE: types.MessageEntityPhone,
        EntityKind.BANK_CARD: types.MessageEntityBankCard,
    }
)
_KINDS = MappingProxyType({cls: kind for kind, cls in _PLAIN.items()})


def from_telegram(entities: Iterable[Any] | None) -> tuple[Entity, ...]:
    """The domain's entities, in their order."""
    return tuple(_from_one(entity) for entity in entities or ())


def to_telegram(entities: Iterable[Entity], users: Mapping[int, Any] = MappingProxyType({})) -> list[Any]:
    """Telegram's entities; mentions of people who are not among `users`, and unknown kinds, are left out."""
    converted = (_to_one(entity, users) for entity in entities)
    return [entity for entity in converted if entity is not None]


def _from_one(entity: Any) -> Entity:
    kind, argument = _kind_and_argument(entity)
    return Entity(entity.offset, entity.length, kind, argument)


def _kind_and_argument(entity: Any) -> tuple[EntityKind, str]:
    match entity:
        case types.MessageEntityTextUrl():
            return EntityKind.TEXT_LINK, entity.url
        case types.MessageEntityPre():
            return EntityKind.PRE, entity.language or ""
        case types.MessageEntityMentionName():
            return EntityKind.MENTION_NAME, str(entity.user_id)
        case types.MessageEntityCustomEmoji():
            return EntityKind.CUSTOM_EMOJI, str(entity.document_id)
        case types.MessageEntityBlockquote():
            return EntityKind.BLOCKQUOTE, COLLAPSED if entity.collapsed else ""
        case _:
            return _KINDS.get(type(entity), EntityKind.UNKNOWN), ""


def _to_one(entity: Entity, users: Mapping[int, Any]) -> Any:
    span, argument = (entity.offset, entity.length), entity.argument
    match entity.kind:
        case EntityKind.TEXT_LINK:
            return types.MessageEntityTextUrl(*span, argument)
        case EntityKind.PRE:
            return types.MessageEntityPre(*span, argument)
        case EntityKind.MENTION_NAME:
            user = users.get(int(argument))
            return user and types.InputMessageEntityMentionName(*span, user)
        case EntityKind.CUSTOM_EMOJI:
            return types.MessageEntityCustomEmoji(*span, int(argument))
        case EntityKind.BLOCKQUOTE:
            return types.MessageEntityBlockquote(*span, collapsed=argument == COLLAPSED or None)
        case EntityKind.UNKNOWN:
            return None
        case kind:
            return _PLAIN[kind](*span)
