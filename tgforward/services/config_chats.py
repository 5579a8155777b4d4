"""The chats of a config, looked at through its account."""

from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.db.session import Session
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.services.deps import Deps
from tgforward.services.inspection import Inspection, inspect
from tgforward.services.peers import store_peer
from tgforward.services.spots import NamedDest
from tgforward.telegram.peers import Peer
from tgforward.types import AccountId, MessageId


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
