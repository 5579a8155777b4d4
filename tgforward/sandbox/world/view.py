"""The world as one account sees it, in TL objects; remembers the users and chats that an answer must bring along."""

from typing import TYPE_CHECKING

from telethon.tl import types

from tgforward.sandbox.tl import Raw, Tl
from tgforward.sandbox.world.access import access_hash, may_read
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat, ChatKind
from tgforward.sandbox.world.media import Media
from tgforward.sandbox.world.messages import Origin, StoredMessage
from tgforward.sandbox.world.rights import admin_rights_of, banned_rights, default_rights_of

if TYPE_CHECKING:
    from tgforward.sandbox.world.world import World


class View:
    """Renders for `viewer`; everything rendered leaves its users and chats in `users` and `chats`."""

    def __init__(self, world: "World", viewer: Account) -> None:
        self._world = world
        self._viewer = viewer
        self._users: dict[int, Account] = {}
        self._chats: dict[int, Chat] = {}

    @property
    def users(self) -> list[Tl]:
        """The users to send along."""
        return [self.user(account) for account in self._users.values()]

    @property
    def chats(self) -> list[Tl]:
        """The groups and channels to send along."""
        return [self.chat(chat) for chat in self._chats.values()]

    def peer(self, target: Chat | Account) -> Tl:
        """The peer by which messages and updates name a chat."""
        if isinstance(target, Account):
            self._users[target.id] = target
            return types.PeerUser(target.id)
        if target.kind is ChatKind.PRIVATE:
            return self.peer(self._partner(target))
        self._chats[target.key] = target
        return types.PeerChannel(target.id) if target.is_channel else types.PeerChat(target.id)

    def user(self, account: Account) -> Tl:
        """A user as a client stores it; the phone number only of the viewer itself."""
        is_self = account is self._viewer
        return types.User(
            id=account.id,
            is_self=is_self,
            bot=account.is_bot,
            bot_info_version=1 if account.is_bot else None,
            premium=account.is_premium,
            access_hash=access_hash(self._world.seed, self._viewer, account),
            first_name=account.name,
            username=account.username,
            phone=account.phone if is_self and account.phone else None,
        )

    def chat(self, chat: Chat) -> Tl:
        """A group or channel as a client stores it."""
        return self._channel(chat) if chat.is_channel else self._group(chat)

    def message(self, message: StoredMessage) -> Tl:
        """A message, from bytes where it was rendered before."""
        peer = self.peer(message.chat)
        self._bring_along(message)
        is_own = message.sender is self._viewer
        epoch = message.media.epoch if isinstance(message.media, Media) else 0
        # Outside of channels everybody has other numbers: of the message, and of the one that it answers.
        key = (epoch, is_own, 0 if message.chat.is_channel else self._viewer.id)
        rendered = message.rendered.get(key)
        if rendered is None:
            rendered = message.rendered[key] = Raw(self._render(message, peer, is_own=is_own))
        return rendered

    def id_of(self, message: StoredMessage) -> int:
        """The message's number as the viewer sees it."""
        return message.id_for(self._viewer)

    def _bring_along(self, message: StoredMessage) -> None:
        """Notes everybody whom the message names."""
        draft = message.draft
        if draft.send_as is not None:
            self.peer(draft.send_as)
        elif message.sender is not None and message.chat.kind is not ChatKind.BROADCAST:
            self.peer(message.sender)
        origin = draft.origin
        if origin is not None and (origin.chat or origin.account) is not None:
            self.peer(origin.chat or origin.account)  # type: ignore[arg-type]  # one of them is set
        for entity in message.entities:
            if isinstance(entity, types.MessageEntityMentionName) and entity.user_id in self._world.accounts:
                self.peer(self._world.accounts[entity.user_id])

    def _render(self, message: StoredMessage, peer: Tl, *, is_own: bool) -> Tl:
        draft, chat = message.draft, message.chat
        is_post = chat.kind is ChatKind.BROADCAST
        base = {
            "id": self.id_of(message),
            "peer_id": peer,
            "from_id": None if is_post else _author(message),
            "date": message.date,
            "out": is_own,
            "post": is_post,
            "silent": draft.is_silent,
            "reply_to": self._reply_header(message),
        }
        if draft.action is not None:
            return types.MessageService(action=draft.action, **base)
        return types.Message(
            message=message.text,
            entities=list(message.entities) or None,
            media=self._media(message),
            grouped_id=message.grouped_id,
            noforwards=draft.is_protected,
            fwd_from=None if draft.origin is None else _forward_header(draft.origin),
            views=1 if is_post else None,
            forwards=0 if is_post else None,
            edit_date=message.edited_at,
            edit_hide=message.is_touched,
            pinned=message.is_pinned,
            invert_media=draft.is_inverted,
            reply_markup=draft.buttons,
            **base,
        )

    def _media(self, message: StoredMessage) -> Tl:
        if isinstance(message.media, Media):
            return message.media.to_tl(
                self._world.dc_id,
                chat_key=message.chat.key,
                message_id=message.id,
                has_spoiler=message.has_spoiler,
                ttl_s=message.draft.ttl_s,
            )
        return message.media

    def _reply_header(self, message: StoredMessage) -> Tl | None:
        draft = message.draft
        replied = None if draft.replied is None else self.id_of(draft.replied)
        if draft.topic_id is not None:
            return types.MessageReplyHeader(
                forum_topic=True,
                reply_to_msg_id=replied or draft.topic_id,
                reply_to_top_id=draft.topic_id if replied not in (None, draft.topic_id) else None,
            )
        return None if replied is None else types.MessageReplyHeader(reply_to_msg_id=replied)

    def _partner(self, chat: Chat) -> Account:
        others = [account for account in chat.accounts() if account is not self._viewer]
        return others[0] if others else self._viewer

    def _group(self, chat: Chat) -> Tl:
        member = chat.member(self._viewer)
        if member is None:
            return types.ChatForbidden(chat.id, chat.title)
        moved = chat.migrated_to
        return types.Chat(
            id=chat.id,
            title=chat.title,
            photo=types.ChatPhotoEmpty(),
            participants_count=len(chat.members),
            date=chat.created_at,
            version=1,
            creator=member.is_creator,
            deactivated=moved is not None,
            noforwards=chat.is_protected,
            migrated_to=None
            if moved is None
            else types.InputChannel(moved.id, access_hash(self._world.seed, self._viewer, moved)),
            admin_rights=admin_rights_of(chat, member),
            default_banned_rights=default_rights_of(chat),
        )

    def _channel(self, chat: Chat) -> Tl:
        is_broadcast = chat.kind is ChatKind.BROADCAST
        hash_ = access_hash(self._world.seed, self._viewer, chat)
        if not may_read(self._viewer, chat):
            return types.ChannelForbidden(chat.id, hash_, chat.title, is_broadcast, not is_broadcast)
        member = chat.member(self._viewer)
        return types.Channel(
            id=chat.id,
            title=chat.title,
            photo=types.ChatPhotoEmpty(),
            date=chat.created_at if member is None else member.joined_at,
            creator=member is not None and member.is_creator,
            left=member is None,
            broadcast=is_broadcast,
            megagroup=not is_broadcast,
            slowmode_enabled=chat.slow_mode_s > 0,
            noforwards=chat.is_protected,
            forum=chat.is_forum,
            access_hash=hash_,
            username=chat.username,
            admin_rights=admin_rights_of(chat, member),
            banned_rights=banned_rights() if member is not None and member.is_restricted else None,
            default_banned_rights=default_rights_of(chat),
            participants_count=len(chat.members),
        )


def _forward_header(origin: Origin) -> Tl:
    if origin.chat is not None:
        return types.MessageFwdHeader(
            date=origin.date, from_id=types.PeerChannel(origin.chat.id), channel_post=origin.message_id
        )
    user = None if origin.account is None else types.PeerUser(origin.account.id)
    return types.MessageFwdHeader(date=origin.date, from_id=user)


def _author(message: StoredMessage) -> Tl | None:
    if message.draft.send_as is not None:
        return types.PeerChannel(message.draft.send_as.id)
    return None if message.sender is None else types.PeerUser(message.sender.id)
