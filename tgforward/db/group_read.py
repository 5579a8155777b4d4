"""What the tasks of a process want to know within a few milliseconds is one session, and a few queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tgforward.db.configs import load_configs, load_versions
from tgforward.db.deliveries import list_begun
from tgforward.db.dests import list_dests
from tgforward.db.gather import Gatherer
from tgforward.db.models import Delivery, ForwardDest, TelegramPeer, TGForwardConfig, User
from tgforward.db.peers import load_known
from tgforward.db.session import SessionFactory, reading
from tgforward.db.users import load_users
from tgforward.types import AccountId, ChatId, ConfigId

MOST = 200  # a question's worth of rows takes 5 ms to become objects


class StoredConfig(NamedTuple):
    """A config with everything that decides how it runs."""

    config: TGForwardConfig
    user: User | None
    dests: Sequence[ForwardDest]
    """Its further ones, by number; parked ones included, removed ones not."""


class PeersWanted(NamedTuple):
    """Some chats as an account sees them."""

    account_id: AccountId
    chat_ids: frozenset[ChatId]


Peers = Mapping[ChatId, TelegramPeer]


@dataclass(slots=True)
class GroupReader:
    """Answers many tasks with the same queries. Each answer is as new as the question."""

    factory: SessionFactory
    _configs: Gatherer[ConfigId, StoredConfig | None] = field(init=False)
    _versions: Gatherer[ConfigId, int | None] = field(init=False)
    _begun: Gatherer[ConfigId, Sequence[Delivery]] = field(init=False)
    _peers: Gatherer[PeersWanted, Peers] = field(init=False)

    def __post_init__(self) -> None:
        self._configs = Gatherer(self._load_configs, most=MOST)
        self._versions = Gatherer(self._load_versions, most=MOST)
        self._begun = Gatherer(self._load_begun, most=MOST)
        self._peers = Gatherer(self._load_peers, most=MOST, weigh=lambda wanted: len(wanted.chat_ids))

    async def config(self, config_id: ConfigId) -> StoredConfig | None:
        """A config as it is stored now, or None if there is none. Errors as of `reading`, here and below."""
        return await self._configs.ask(config_id)

    async def version(self, config_id: ConfigId) -> int | None:
        """A config's version, which rises with everything that a person changes about it; None if there is none."""
        return await self._versions.ask(config_id)

    async def begun(self, config_id: ConfigId) -> Sequence[Delivery]:
        """Deliveries of a config that are reserved and not settled, in the order in which they were reserved."""
        return await self._begun.ask(config_id)

    async def peers(self, account_id: AccountId, chat_ids: Collection[ChatId]) -> Peers:
        """Chats as an account knows them; those are left out that it has not resolved yet."""
        return await self._peers.ask(PeersWanted(account_id, frozenset(chat_ids)))

    async def _load_configs(self, config_ids: Sequence[ConfigId]) -> list[StoredConfig | Exception | None]:
        async with reading(self.factory) as session:
            configs = await load_configs(session, set(config_ids))
            users = await load_users(session, {row.user_id for row in configs.values() if row.user_id is not None})
            dests = await list_dests(session, configs)
        stored = {
            number: StoredConfig(row, users.get(row.user_id or ""), dests.get(number, []))
            for number, row in configs.items()
        }
        return [stored.get(config_id) for config_id in config_ids]

    async def _load_versions(self, config_ids: Sequence[ConfigId]) -> list[int | Exception | None]:
        async with reading(self.factory) as session:
            versions = await load_versions(session, set(config_ids))
        return [versions.get(config_id) for config_id in config_ids]

    async def _load_begun(self, config_ids: Sequence[ConfigId]) -> list[Sequence[Delivery] | Exception]:
        async with reading(self.factory) as session:
            begun = await list_begun(session, set(config_ids))
        return [begun.get(config_id, []) for config_id in config_ids]

    async def _load_peers(self, wanted: Sequence[PeersWanted]) -> list[Peers | Exception]:
        async with reading(self.factory) as session:
            known = await load_known(session, {(item.account_id, chat) for item in wanted for chat in item.chat_ids})
        return [
            {chat: known[item.account_id, chat] for chat in item.chat_ids if (item.account_id, chat) in known}
            for item in wanted
        ]
