"""Chats that accounts have not met yet, asked of Telegram before a document is compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tgforward.db.peers import load_known as load_met
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput, PermanentError
from tgforward.services.bulk.document import Document, Entry, Fault, FaultyFile
from tgforward.services.bulk.known import Known, load_known
from tgforward.services.config_chats import Chats, look_at, store_chats
from tgforward.services.deps import Deps
from tgforward.services.spots import NamedDest
from tgforward.telegram.peers import Peer
from tgforward.types import AccountId, ChatId


async def look_up(deps: Deps, document: Document) -> Document:
    """The document with ids for all chats that Telegram was asked for; they are remembered, their rights are checked.

    Raises:
        FaultyFile: chats that the account cannot see, read or write to; each is named with its line.
        TelegramError: Telegram orders a wait, or does not answer.
    """
    async with reading(deps.session_factory) as session:
        looking = _Looking(deps, await load_known(session, document))
    entries = [await looking.entry(entry) for entry in document.entries]
    if looking.faults:
        raise FaultyFile(document.called, looking.faults)
    return replace(document, entries=entries)


@dataclass(slots=True)
class _Looking:
    """Every chat is looked at once for each account and each use."""

    deps: Deps
    known: Known
    faults: list[Fault] = field(default_factory=list)
    _found: dict[tuple[AccountId, NamedDest, bool], str | PermanentError] = field(default_factory=dict)

    async def entry(self, entry: Entry) -> Entry:
        """The same with ids; one whose account is not known is left to those who compare."""
        try:
            name = self.known.account(entry.values)
        except InvalidInput:
            return entry
        if name is None:
            return entry
        account_id = self.known.accounts[name].id
        source = await self._chat(entry, "source", account_id, NamedDest(entry.values["source"]))
        dests: Sequence[NamedDest] = [await self._chat(entry, "dests", account_id, dest) for dest in entry.dests]
        return replace(entry, values={**entry.values, "source": source.chat}, dests=dests)

    async def _chat(self, entry: Entry, key: str, account_id: AccountId, named: NamedDest) -> NamedDest:
        what = (account_id, named, key == "source")
        if what not in self._found:
            self._found[what] = await self._ask(*what)
        found = self._found[what]
        if isinstance(found, PermanentError):
            self.faults.append(entry.fault(key, str(found)))
            return named
        return replace(named, chat=found)

    async def _ask(self, account_id: AccountId, named: NamedDest, is_source: bool) -> str | PermanentError:
        if await self._is_met(account_id, named):
            return named.chat
        try:
            if is_source:
                chats = await look_at(self.deps, account_id, source=named.chat)
            else:
                chats = await look_at(self.deps, account_id, dest=named)
        except PermanentError as error:
            return error
        await in_transaction(self.deps.session_factory, lambda session: store_chats(session, account_id, chats))
        return str(_only(chats).chat_id)

    async def _is_met(self, account_id: AccountId, named: NamedDest) -> bool:
        account = next(row.name for row in self.known.accounts.values() if row.id == account_id)
        try:
            chat_id = self.known.chat(account, named.chat)
        except InvalidInput:
            return False
        async with reading(self.deps.session_factory) as session:
            return await _is_stored(session, account_id, chat_id)


async def _is_stored(session: Session, account_id: AccountId, chat_id: ChatId) -> bool:
    return bool(await load_met(session, [(account_id, chat_id)]))


def _only(chats: Chats) -> Peer:
    peer = chats.source or chats.dest
    assert peer is not None, "one was asked for"
    return peer
