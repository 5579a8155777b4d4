"""Rights in chats, as clients see them."""

from telethon.tl import types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.chats import Chat, ChatKind, Member


def admin_rights(*, can_post: bool, can_edit: bool) -> Tl:
    """The rights of an admin."""
    return types.ChatAdminRights(
        change_info=True,
        post_messages=can_post,
        edit_messages=can_edit,
        delete_messages=True,
        ban_users=True,
        invite_users=True,
        pin_messages=True,
        other=True,
    )


def banned_rights() -> Tl:
    """The rights that a restricted member has lost."""
    return types.ChatBannedRights(until_date=None, send_messages=True, send_media=True, send_plain=True)


def admin_rights_of(chat: Chat, member: Member | None) -> Tl | None:
    """The member's rights as the chat's entity tells them; None for who is no admin."""
    if member is None or not member.is_admin:
        return None
    is_broadcast = chat.kind is ChatKind.BROADCAST
    return admin_rights(can_post=is_broadcast and member.can_post, can_edit=is_broadcast and member.can_edit)


def default_rights_of(chat: Chat) -> Tl | None:
    """What plain members may not do; None where they may do nothing anyhow."""
    if chat.kind is ChatKind.BROADCAST:
        return None
    closed = chat.is_read_only
    return types.ChatBannedRights(until_date=None, send_messages=closed, send_media=closed, send_plain=closed)
