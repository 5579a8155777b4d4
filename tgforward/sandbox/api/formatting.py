"""Text that a client sends: mentions become real, the edges are trimmed, what is too long is refused."""

from collections.abc import Sequence

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_user
from tgforward.sandbox.world.text import accept_text

Formatted = tuple[str, tuple[Tl, ...]]


def accept_message(call: Call, text: str, entities: Sequence[Tl] | None) -> Formatted:
    """The text of a message without media, as it will be stored.

    Raises:
        Refusal: it is too long, or an entity is wrong.
    """
    limit = call.world.limits.text
    return accept_text(text, _named(call, entities), limit=limit, too_long="MESSAGE_TOO_LONG")


def accept_caption(call: Call, text: str, entities: Sequence[Tl] | None) -> Formatted:
    """The caption of media, as it will be stored.

    Raises:
        Refusal: as `accept_message`.
    """
    limit = call.world.limits.caption_of(is_premium=call.account.is_premium)
    return accept_text(text, _named(call, entities), limit=limit, too_long="MEDIA_CAPTION_TOO_LONG")


def _named(call: Call, entities: Sequence[Tl] | None) -> list[Tl]:
    return [_mention(call, one) if _is_input(one) else one for one in entities or ()]


def _is_input(entity: Tl) -> bool:
    return isinstance(entity, types.InputMessageEntityMentionName)


def _mention(call: Call, entity: Tl) -> Tl:
    user = find_user(call.world, call.account, entity.user_id)
    return types.MessageEntityMentionName(entity.offset, entity.length, user.id)
