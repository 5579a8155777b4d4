"""Entries of a file brought into the shape in which stored configs are compared."""

from collections.abc import Callable
from typing import TypeVar

from tgforward.errors import InvalidInput
from tgforward.forwarding.identity import DESTS
from tgforward.services.bulk.document import Document, Entry, Fault, FaultyFile
from tgforward.services.bulk.known import Known
from tgforward.services.bulk.shape import DEFAULTS, Shape, write_dests
from tgforward.services.spots import Spot, check_route
from tgforward.types import ChatId

T = TypeVar("T")


def shape_entries(document: Document, known: Known) -> list[Shape]:
    """The shape of each entry.

    Raises:
        FaultyFile: an account, user or chat is not known, or a route leads back; every fault is named.
    """
    shaping = _Shaping(known)
    shapes = [shaping.shape(entry) for entry in document.entries]
    if shaping.faults:
        raise FaultyFile(document.called, shaping.faults)
    return shapes


class _Shaping:
    def __init__(self, known: Known) -> None:
        self.faults: list[Fault] = []
        self._known = known

    def shape(self, entry: Entry) -> Shape:
        before, values = len(self.faults), entry.values
        account = self._try(entry, "account", lambda: self._known.account(values))
        self._try(entry, "user", lambda: self._known.user(values.get("user")))
        if len(self.faults) > before and account is None:
            return values
        source = self._try(entry, "source", lambda: self._known.chat(account, values["source"]))
        spots = self._try(entry, "dests", lambda: self._spots(entry, account))
        if source is None or spots is None:
            return values
        self._try(entry, "dests", lambda: _check(Spot(source, values.get("source_topic")), spots))
        dests = write_dests(spots[0], spots[1:])
        return {**DEFAULTS, **values, "account": account, "source": int(source), "dests": dests}

    def _spots(self, entry: Entry, account: str | None) -> list[Spot]:
        return [Spot(ChatId(self._known.chat(account, dest.chat)), dest.topic_id) for dest in entry.dests]

    def _try(self, entry: Entry, key: str, look: Callable[[], T]) -> T | None:
        try:
            return look()
        except InvalidInput as error:
            self.faults.append(entry.fault(key, str(error)))
            return None


def _check(source: Spot, dests: list[Spot]) -> None:
    check_route(source, dests)
    if len(dests) > DESTS:
        raise InvalidInput(f"a config may have {DESTS} dests, not {len(dests)}")
