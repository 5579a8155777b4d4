"""What has to change for a document to be true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tgforward.db.bulk_configs import load_versions
from tgforward.db.bulk_dests import load_highest_numbers
from tgforward.db.session import Session, reading
from tgforward.forwarding.identity import DESTS
from tgforward.services.bulk.document import Document, Fault, FaultyFile
from tgforward.services.bulk.export import load_shapes
from tgforward.services.bulk.known import load_known
from tgforward.services.bulk.matching import match
from tgforward.services.bulk.shape import Shape
from tgforward.services.bulk.shaping import shape_entries
from tgforward.services.database import Stored
from tgforward.types import AccountId, ConfigId


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored config and what the document makes of it."""

    id: ConfigId
    line: int
    """Where the document has it."""
    old: Shape
    new: Shape

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """The old and new value of each key that changes."""
        keys = dict.fromkeys([*self.new, *self.old])
        both = {key: (self.old.get(key), self.new.get(key)) for key in keys}
        return {key: (old, new) for key, (old, new) in both.items() if old != new}

    @property
    def further(self) -> tuple[list[int | str], list[int | str]]:
        """The further dests that are to go, and those that are to come."""
        old, new = self.old["dests"][1:], self.new["dests"][1:]
        return [dest for dest in old if dest not in new], [dest for dest in new if dest not in old]


@dataclass(frozen=True, slots=True)
class Difference:
    """What applying a document would do."""

    added: Sequence[Shape] = ()
    edits: Sequence[Edit] = ()
    removed: Mapping[ConfigId, Shape] = field(default_factory=dict)
    accounts: Mapping[str, AccountId] = field(default_factory=dict)
    """The numbers of all accounts."""
    versions: Mapping[ConfigId, int] = field(default_factory=dict, compare=False)
    """Those of all configs, as they were when it was found out."""

    def __bool__(self) -> bool:
        """Whether it would do anything."""
        return bool(self.added or self.edits or self.removed)


async def compare(deps: Stored, document: Document, *, prune: bool = False) -> Difference:
    """What would have to change for the document to be true; only with `prune` are others removed.

    Names of chats are looked up among those that the account knows: Telegram is not asked.

    Raises:
        FaultyFile: what an entry speaks of is not known, or it cannot be stored; every fault is named.
    """
    async with reading(deps.session_factory) as session:
        return await _load_difference(session, document, prune=prune)


async def _load_difference(session: Session, document: Document, *, prune: bool) -> Difference:
    versions = await load_versions(session)  # before the rest: what is edited in between is found to have changed
    known, stored = await load_known(session, document), await load_shapes(session)
    shapes = shape_entries(document, known)
    numbers = match(shapes, stored)
    added = [shape for shape, number in zip(shapes, numbers, strict=True) if number is None]
    edits = [
        Edit(number, entry.line, stored[number], shape)
        for entry, shape, number in zip(document.entries, shapes, numbers, strict=True)
        if number is not None and shape != stored[number]
    ]
    await _refuse_too_many(session, document, edits)
    kept = set(numbers)
    removed = {number: shape for number, shape in stored.items() if prune and number not in kept}
    accounts = {name: account.id for name, account in known.accounts.items()}
    return Difference(added, edits, removed, accounts, versions)


async def _refuse_too_many(session: Session, document: Document, edits: Sequence[Edit]) -> None:
    new = {edit.id: len(edit.further[1]) for edit in edits if edit.further[1]}
    highest = await load_highest_numbers(session, new)
    text = f"config {{}} would have had more than {DESTS - 1} further dests, removed ones included: make another config"
    faults = [
        Fault(edit.line, text.format(edit.id))
        for edit in edits
        if edit.id in new and highest.get(edit.id, 0) + new[edit.id] >= DESTS
    ]
    if faults:
        raise FaultyFile(document.called, faults)
