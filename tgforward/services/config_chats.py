"""The chats of a config: named by a person, looked at through its account, and told apart from each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.db.session import Session
from tgforward.errors import InvalidInput
from tgforward.forwarding.links import parse_chat_reference
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.services.config_fields import GENERAL, check_dest_topic
from tgforward.services.deps import Deps
from tgforward.services.inspection import Inspection, inspect
from tgforward.services.peers import store_peer
from tgforward.telegram.peers import Peer
from tgforward.types import AccountId, ChatId, MessageId


@dataclass(frozen=True, slots=True)
class NamedDest:
    """A dest as a person names it."""

    chat: str
    topic_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A chat, or one topic of it."""

    chat_id: ChatId
    topic_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Chats:
    """The chats of a config as its account sees them; None for what was not asked for."""

    source: Peer | None = None
    dest: Peer | None = None
    further: tuple[Peer, ...] = ()
    send_as: Peer | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner of the config should know of them."""
        if self.source is not None and self.source.protected:
            return (f"{self.source.title} forbids forwarding: every message will be skipped as protected",)
        return ()


def parse_dest(text: str) -> NamedDest:
    """`CHAT` or `CHAT/TOPIC`; a link to a topic is the same.

    Raises:
        InvalidInput: it names no chat.
    """
    chat, _, number = text.strip().rpartition("/")
    if chat and re.fullmatch(r"[1-9][0-9]{0,8}", number) and _names_chat(chat):
        return NamedDest(chat, check_dest_topic(int(number)))
    parse_chat_reference(text)
    return NamedDest(text)


def named_dest(text: str, topic: int | None) -> NamedDest:
    """`CHAT` with the topic of that number, or `CHAT/TOPIC`.

    Raises:
        InvalidInput: it names no chat, no topic, or two topics.
    """
    found = parse_dest(text)
    if topic is None:
        return found
    if found.topic_id is not None:
        raise InvalidInput(f"topic {found.topic_id} stands behind the chat, and --topic is {topic}: give one of them")
    return NamedDest(found.chat, check_dest_topic(topic))


def sender_in(rules: object) -> str | None:
    """The chat in whose name a rule set has messages sent, as its id; None for the account's own."""
    send_as = parse_ruleset(rules or {}).send.send_as
    return None if send_as is None else str(send_as)


async def look_at(
    deps: Deps,
    account_id: AccountId,
    *,
    source: str | None = None,
    source_topic: MessageId | None = None,
    dest: NamedDest | None = None,
    further: Sequence[NamedDest] = (),
    send_as: str | None = None,
) -> Chats:
    """The chats, after checking that the account can read the source and write to all others, in the given name.

    Raises:
        TelegramError: a chat or topic is unknown, or the account lacks the right; the sentence says which.
    """
    found = Inspection(None, None)
    if source is not None or dest is not None:
        found = await _look(deps, account_id, dest, send_as, source=source, source_topic=source_topic)
    others = [await _look(deps, account_id, named, send_as) for named in further]
    senders = [item.send_as for item in (found, *others) if item.send_as is not None]
    peers = [item.dest for item in others if item.dest is not None]
    return Chats(found.source, found.dest, tuple(peers), senders[0] if senders else None)


async def store_chats(session: Session, account_id: AccountId, chats: Chats) -> None:
    """Keep what was learned of them: their access hashes are what later runs name them by."""
    for peer in (chats.source, chats.dest, *chats.further, chats.send_as):
        if peer is not None:
            await store_peer(session, account_id, peer)


def check_route(source: Spot, dests: Sequence[Spot]) -> None:
    """Whether messages can go this way without coming back, and to each dest once.

    Raises:
        InvalidInput: a dest is the source, or stands there twice.
    """
    if any(_overlap(source, dest) for dest in dests):
        raise InvalidInput("source and dest are the same chat: it would forward its own messages for ever")
    if len({(dest.chat_id, dest.topic_id or GENERAL) for dest in dests}) < len(dests):
        raise InvalidInput("the same dest is named twice: every message would come twice there")


def _overlap(source: Spot, dest: Spot) -> bool:
    if source.chat_id != dest.chat_id:
        return False
    return source.topic_id is None or source.topic_id == (dest.topic_id or GENERAL)


def _names_chat(text: str) -> bool:
    try:
        parse_chat_reference(text)
    except InvalidInput:
        return False
    return True


async def _look(
    deps: Deps,
    account_id: AccountId,
    dest: NamedDest | None,
    send_as: str | None,
    *,
    source: str | None = None,
    source_topic: MessageId | None = None,
) -> Inspection:
    if dest is None:
        return await inspect(deps, account_id, source, None, source_topic=source_topic)
    topics = {"source_topic": source_topic, "dest_topic": dest.topic_id}
    return await inspect(deps, account_id, source, dest.chat, send_as=send_as, **topics)
