"""A document of configs made true: what was shown is applied, all or nothing."""

from collections.abc import Mapping
from typing import Any

from tgforward.db.audit import record_changes
from tgforward.db.bulk_configs import add_configs, are_unchanged, edit_configs, remove_configs
from tgforward.db.bulk_dests import add_dests
from tgforward.db.dests import unpark_dests
from tgforward.db.models import ConfigState
from tgforward.db.named_lock import one_at_a_time
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import Conflict
from tgforward.services.bulk.dest_edits import edit_dests
from tgforward.services.bulk.difference import Difference, compare
from tgforward.services.bulk.document import Document
from tgforward.services.bulk.rows import changed_columns, columns_of, further_places
from tgforward.services.database import Stored
from tgforward.types import ConfigId

CHANGED = "what is stored has changed meanwhile: look at the difference again"


async def apply_document(
    deps: Stored, document: Document, shown: Difference, *, actor: str, prune: bool = False
) -> None:
    """Does what `compare` has shown, in one transaction; who removes configs forgets them in Redis afterwards.

    Documents are applied one at a time: two that add the same would add it twice.

    Raises:
        Conflict: what is stored has changed meanwhile, so that something else would have to be done.
        FaultyFile: what an entry speaks of is gone; nothing was changed.
    """
    async with one_at_a_time(deps.session_factory.kw["bind"], "apply"):
        found = await compare(deps, document, prune=prune)
        if found != shown:
            raise Conflict(CHANGED)
        await in_transaction(deps.session_factory, lambda session: _store(session, found, actor))


async def _store(session: Session, found: Difference, actor: str) -> None:
    concerned = [*(edit.id for edit in found.edits), *found.removed]
    versions = {number: found.versions[number] for number in concerned}
    highest = max(found.versions, default=ConfigId(0))
    if not await are_unchanged(session, versions, highest=highest):  # or the answer to a first commit was lost
        raise Conflict(CHANGED)
    await _add(session, found, actor)
    await _edit(session, found, actor)
    await remove_configs(session, found.removed)
    await _record(session, actor, "config.remove", {number: {} for number in found.removed})


async def _add(session: Session, shown: Difference, actor: str) -> None:
    rows = [columns_of(shape, shown.accounts) for shape in shown.added]
    places = [further_places(shape) for shape in shown.added]
    numbers = await add_configs(session, rows)
    made = list(zip(numbers, rows, places, strict=True))
    await add_dests(session, [(number, n, *place) for number, _, some in made for n, place in enumerate(some, start=1)])
    await _record(session, actor, "config.add", {number: _said(row) | {"also": some} for number, row, some in made})


async def _edit(session: Session, shown: Difference, actor: str) -> None:
    changes = {edit.id: changed_columns(edit, shown.accounts) for edit in shown.edits}
    await edit_configs(session, changes)
    await edit_dests(session, shown.edits)
    await unpark_dests(session, [number for number, new in changes.items() if new.get("state") is ConfigState.ACTIVE])
    also = {edit.id: {"also": further_places(edit.new)} for edit in shown.edits if any(edit.further)}
    await _record(
        session, actor, "config.edit", {number: new | also.get(number, {}) for number, new in changes.items()}
    )


async def _record(session: Session, actor: str, action: str, details: Mapping[ConfigId, Mapping[str, Any]]) -> None:
    by_target = {str(number): detail for number, detail in details.items()}
    await record_changes(session, actor=actor, action=action, details=by_target)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
